"""更正: reverse everything that an unlawful rule or a decision set aside brought, in one signed act.

First a dry run lists what is affected, then somebody else signs that very list. Nothing posted before changes:
the ledger gets reversals, signed scorecards new versions, the board notices of correction.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from appeals.models import Correction, CorrectionLine, Objection, Repair
from appeals.numbers import next_number
from governance import ledger, stories
from governance.access import check_role, staff
from governance.events import record, record_each
from governance.models import Division, Entry, Rule, User, VoidRule
from governance.models.people import Role
from governance.recusal import pairs
from governance.refusals import Conflict, Invalid, Refused
from governance.saving import save, update_many
from workflows import amendments, publications
from workflows.handover import UNPOSTED
from workflows.models import Ballot, Observation, Round, Sheet, SheetLine
from workflows.signatures import resolve_if_covered
from workflows.steps import lock, lock_all

State = Correction.State
DRAFTED = Observation.State.DRAFTED
ROLES = (Role.OFFICER, Role.PANEL)
GROUND_LENGTH, SOURCE_LENGTH = 400, 200
# Called with the entries before they are reversed, to close open cases about them: hook(entries, cause=, by=, at=).
ON_CORRECTED: list[Callable[..., None]] = []


def affected(village: Division, *, rule: Rule | None = None, round: Round | None = None) -> list[Entry]:
    """What still counts of a rule, or of a month's decision with what cases put in its place; by household."""
    standing = Entry.objects.filter(village=village, reverses__isnull=True, reversed_by__isnull=True)
    if rule:
        found = standing.filter(rule=rule)
    else:
        posted = Entry.objects.filter(observation__round=round).values_list("pk", flat=True)
        found = standing.filter(pk__in=_with_successors(village, set(posted)))
    return list(found.select_related("subject__area", "rule").order_by("subject_id", "pk"))


@transaction.atomic
def propose(
    *, village: Division, ground: str, source: str, by: User, at: datetime, rule: Rule | None = None,
    round: Round | None = None,
) -> Correction:  # fmt: skip
    """List what a correction would reverse; nothing is reversed yet. An older list that is out of date is dropped.

    Raises Refused (wrong role, nothing affected), Conflict (the same list waits already) or Invalid.
    """
    role = check_propose(village, by=by, at=at)
    village = lock(village)  # numbers follow one another
    ground, source = ground.strip(), source.strip()
    _check_words(ground, source)
    if (rule is None) == (round is None):
        raise Invalid(target="请选一条细则，或者选一个月。")
    entries = affected(village, rule=rule, round=round)
    if not entries and not (rule and _unposted(rule).exists()):
        raise Refused("没有还算着的记分要改。")
    for old in lock_all(village.corrections.filter(rule=rule, round=round, state=State.PROPOSED)):
        if is_unchanged(old):
            raise Conflict(f"这件事已经列了一份{old.number}，正等人签字，不用再列。")
        _drop(old, role=role, by=by, at=at)
    row = Correction(
        village=village, number=next_number("GZ", village.corrections.all(), at), rule=rule, round=round,
        ground=ground, source=source, proposed_by=by, proposed_at=at,
    )  # fmt: skip
    save(row, action="correction.proposed", by=by, at=at)
    CorrectionLine.objects.bulk_create(
        [CorrectionLine(correction=row, entry=entry) for entry in entries], batch_size=1000
    )
    record(
        "correction.proposed", village=village, about=row, by=by, at=at, role=role, why=ground,
        detail={"entries": len(entries)}, rows=[row],
    )  # fmt: skip
    return row


@transaction.atomic
def drop(*, correction: Correction, by: User, at: datetime) -> Correction:
    """Do not pursue it. Raises Refused or Conflict (signed or dropped already)."""
    row = lock(correction)
    role = check_propose(row.village, by=by, at=at)
    _check_open(row)
    return _drop(row, role=role, by=by, at=at)


@transaction.atomic
def sign(*, correction: Correction, by: User, at: datetime) -> Correction:
    """Reverse everything on the list and tell every household; all or nothing.

    Raises Refused (who may not sign) or Conflict (done already, or the list is out of date: with what changed).
    Effects: reversals, a void rule, unposted items of it withdrawn, cases closed by ON_CORRECTED, scorecards that
    wait for signatures, notices of correction.
    """
    entries = list(_entries(correction))
    rounds = _lock_rounds(correction, entries)
    quarters = sorted({entry.quarter for entry in entries})
    if quarters:
        amendments.lock_settlements(correction.village, quarters[0])
    row = lock(correction)
    role = check_sign(row, by=by, at=at)
    if not is_unchanged(row):
        raise Conflict(f"{out_of_date(row)}请重新列一份，看过再签。")
    unposted = lock_all(_unposted(row.rule)) if row.rule else []
    for hook in ON_CORRECTED:
        hook(entries, cause=cause_of(row), by=by, at=at)
    row.sign()
    row.signed_by, row.signed_at = by, at
    save(row, action="correction.signed", by=by, at=at)
    rows = [row, *_void(row, by=by, at=at)]
    _withdraw(unposted, rounds, by=by, at=at)
    record(
        "correction.signed",
        village=row.village,
        about=row,
        by=by,
        at=at,
        role=role,
        why=row.ground,
        rows=rows,
    )
    posted = _reverse(row, entries, role=role, by=by, at=at)
    if posted:
        amendments.follow_all(
            subjects={entry.subject_id: entry.subject for entry in entries}.values(), quarter=quarters[0],
            cause=cause_of(row), by=by, at=at,
        )  # fmt: skip
    _post_notices(posted, role=role, by=by, at=at)
    return row


def check_propose(village: Division, *, by: User, at: datetime) -> str:
    """The role in which a user lists or drops corrections of a village; raises Refused."""
    return check_role(by, *ROLES, village=village, at=at)


def check_sign(correction: Correction, *, by: User, at: datetime) -> str:
    """The role in which a user may sign; raises Refused with the reason, or Conflict when it is not open."""
    role = check_role(by, *ROLES, Role.SUPERVISOR, village=correction.village, at=at)
    _check_open(correction)
    reason = _why_not(correction, [by], at=at).get(by.pk)
    if reason:
        raise Refused(f"{reason}，要由别人来签。")
    if role == Role.SUPERVISOR and signers(correction, at=at):
        raise Refused("镇里有人能签，不用监督来签。")
    return role


def signers(correction: Correction, *, at: datetime) -> list[User]:
    """Who of the township may sign now; when nobody may, the supervisor does."""
    users = {user.pk: user for role in ROLES for user in staff(role, correction.village, at=at)}
    out = _why_not(correction, users.values(), at=at)
    return [user for user in users.values() if user.pk not in out]


def difference(correction: Correction) -> tuple[int, int]:
    """How many entries are affected now that are not on the list, and how many on it are reversed already."""
    now = {entry.pk for entry in affected(correction.village, rule=correction.rule, round=correction.round)}
    listed = set(correction.lines.values_list("entry_id", flat=True))
    return len(now - listed), len(listed - now)


def is_unchanged(correction: Correction) -> bool:
    """Is the list still what would be listed now."""
    return difference(correction) == (0, 0)


def out_of_date(correction: Correction) -> str:
    """What changed since the list was made, as a sentence; empty when nothing did."""
    new, gone = difference(correction)
    parts = [f"多了{new}条" if new else "", f"有{gone}条已经另外撤了" if gone else ""]
    said = "，".join(part for part in parts if part)
    return f"列好以后又变了：{said}。" if said else ""


def cause_of(correction: Correction) -> str:
    """What its ledger lines name as their source."""
    return f"correction:{correction.key}"


def facts(keys: list[str]) -> dict[str, stories.Fact]:
    """What the household's page says about reversals; one query."""
    rows = Correction.objects.filter(key__in=keys, signed_at__isnull=False)
    return {
        str(row.key): stories.Fact(f"整批更正{row.number}：{row.ground}", row.source, row.signed_at)
        for row in rows
    }


def told(keys: list[str]) -> dict[str, stories.Story]:
    """Who listed and who signed, by role, by key; one query."""
    return {str(row.key): _story(row) for row in Correction.objects.filter(key__in=keys)}


def register() -> None:
    """Let the layer below ask: it does not know this one."""
    stories.FACTS["correction"] = facts
    stories.STORIES["correction"] = told


def _story(row: Correction) -> stories.Story:
    steps = [stories.Step(row.proposed_at, "镇里", "把要改的列了出来", row.ground)]
    if row.signed_at:
        steps.append(stories.Step(row.signed_at, "镇里另一个人", "看过清单，签字更正"))
    return stories.Story(place="", grounds=row.ground, pieces=[], steps=steps)


def _entries(correction: Correction):
    found = Entry.objects.filter(pk__in=correction.lines.values("entry"))
    return found.select_related("subject__area", "subject__village", "rule").order_by("subject_id", "pk")


def _why_not(correction: Correction, users: Iterable[User], *, at) -> dict[int, str]:
    """Why users may not sign: {user id: reason}; a constant number of queries."""
    users = list(users)
    entries = correction.lines.values("entry")
    items = Observation.objects.filter(entry__pk__in=entries)
    touched = {pk for pair in items.values_list("sheet__rater", "confirmed_by") for pk in pair}
    touched |= set(Ballot.objects.filter(observation__in=items).values_list("voter", flat=True))
    homes = set(Entry.objects.filter(pk__in=entries).values_list("subject", flat=True))
    kin = {user for user, _ in pairs(users, homes, at=at)}
    out = {}
    for user in users:
        if user.pk == correction.proposed_by_id:
            out[user.pk] = "清单是您列的"
        elif user.pk in touched:
            out[user.pk] = "清单里有您评过、核过或投过票的"
        elif user.pk in kin:
            out[user.pk] = "清单里有您自己家或亲属"
    return out


def _check_words(ground: str, source: str) -> None:
    if not ground:
        raise Invalid(ground="请写为什么要改，各户都会看到这段话。")
    if len(ground) > GROUND_LENGTH:
        raise Invalid(ground=f"最多写{GROUND_LENGTH}个字。")
    if not source or len(source) > SOURCE_LENGTH:
        raise Invalid(source=f"请写依据，比如哪份文件、哪个决定，最多{SOURCE_LENGTH}个字。")


def _check_open(row: Correction) -> None:
    if row.state != State.PROPOSED:
        raise Conflict(f"这一份已经“{row.get_state_display()}”，不用再办。")


def _drop(row: Correction, *, role, by, at) -> Correction:
    row.drop()
    save(row, action="correction.dropped", by=by, at=at)
    record("correction.dropped", village=row.village, about=row, by=by, at=at, role=role, rows=[row])
    return row


def _unposted(rule: Rule):
    return Observation.objects.filter(rule=rule, state__in=UNPOSTED)


def _lock_rounds(correction: Correction, entries: list[Entry]) -> list[Round]:
    """The months whose decisions are touched or where items wait, in one order."""
    posted = Q(observations__entry__in=entries)
    waiting = Q(observations__in=_unposted(correction.rule)) if correction.rule else Q(pk=correction.round_id)
    ids = Round.objects.filter(posted | waiting).values_list("pk", flat=True)
    return lock_all(Round.objects.filter(pk__in=set(ids)))


def _void(row: Correction, *, by, at) -> list[VoidRule]:
    if row.rule is None or VoidRule.objects.filter(rule=row.rule).exists():
        return []
    void = VoidRule(rule=row.rule, ground=row.ground, source=row.source, at=at)
    save(void, action="rule.void", by=by, at=at)
    return [void]


def _withdraw(rows: list[Observation], rounds: list[Round], *, by, at) -> None:
    """Items under the void rule that are not posted yet; what a month waited for may have been the last."""
    for row in rows:
        row.withdraw()
    update_many(rows, ["state"], action="observation.withdrawn", by=by, at=at)
    drafts = Observation.objects.filter(sheet=OuterRef("sheet"), subject=OuterRef("subject"), state=DRAFTED)
    SheetLine.objects.filter(
        ~Exists(drafts), sheet__in={row.sheet_id for row in rows}, subject__in={row.subject_id for row in rows},
        sheet__state__in=[Sheet.State.OPEN, Sheet.State.RETURNED], verdict=SheetLine.Verdict.OBSERVED,
    ).update(verdict=SheetLine.Verdict.TODO)  # fmt: skip
    for round in rounds if rows else []:
        resolve_if_covered(round, at=at)


def _reverse(row: Correction, entries: list[Entry], *, role, by, at) -> list[Entry]:
    """Each household's lines under its own event, so that forgetting one household leaves the others' whole."""
    lines: dict[UUID, list[Entry]] = defaultdict(list)
    for entry in entries:
        lines[entry.subject.key].append(ledger.reversal(entry, source=cause_of(row)))
    events = record_each(
        "correction.told", lines, village=row.village, about=row, by=by, at=at, role=role, why=row.ground
    )
    return [line for key, own in lines.items() for line in ledger.post(own, event=events[key])]


def _post_notices(posted: list[Entry], *, role, by, at) -> None:
    found = defaultdict(list)
    months = _rounds_of({line.reverses_id for line in posted})
    for line in posted:
        if line.reverses_id in months:
            found[months[line.reverses_id]].append(line)
    for round in Round.objects.filter(pk__in=found).select_related("publication").order_by("pk"):
        publications.correct_month(round=round, entries=found[round.pk], by=by, at=at, role=role)


def _rounds_of(entries: set[int]) -> dict[int, int]:
    """{entry id: id of the month that posted it, or that posted what a case put it in the place of}."""
    source, origin = dict(Entry.objects.filter(pk__in=entries).values_list("pk", "source")), {}
    origin = {pk: pk for pk in entries}
    while keys := {key for key in map(_case_key, source.values()) if key}:
        before = _entries_of_cases(keys)
        origin = {pk: before.get(_case_key(source.get(at, "")), at) for pk, at in origin.items()}
        source = dict(
            Entry.objects.filter(pk__in={before[key] for key in before}).values_list("pk", "source")
        )
    rounds = dict(
        Observation.objects.filter(entry__pk__in=set(origin.values())).values_list("entry__pk", "round_id")
    )
    return {pk: rounds[at] for pk, at in origin.items() if at in rounds}


def _with_successors(village: Division, entries: set[int]) -> set[int]:
    """Entries, and what cases about them put in their place."""
    cases = Entry.objects.filter(village=village, reverses__isnull=True).filter(
        Q(source__startswith="objection:") | Q(source__startswith="repair:")
    )
    sources = dict(cases.values_list("pk", "source"))
    before = _entries_of_cases({_case_key(source) for source in sources.values()})
    found = set(entries)
    while more := {pk for pk, source in sources.items() if before.get(_case_key(source)) in found} - found:
        found |= more
    return found


def _case_key(source: str) -> str:
    """The key in "objection:<key>" or "repair:<key>:half"; empty for any other source."""
    noun, _, rest = source.partition(":")
    return rest.partition(":")[0] if noun in ("objection", "repair") else ""


def _entries_of_cases(keys: set[str]) -> dict[str, int]:
    """{case key: the entry it is about}."""
    found = {}
    for model in (Objection, Repair):
        rows = model.objects.filter(key__in=keys, entry__isnull=False).values_list("key", "entry_id")
        found |= {str(key): entry for key, entry in rows}
    return found
