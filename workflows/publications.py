"""公示: a frozen copy, its number, its window in real days, and the ledger lines it brings into force."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol

from django.db import transaction
from django.db.models import Max, Model, QuerySet
from django.utils import timezone

from governance import deadlines, ledger
from governance.access import check_role
from governance.events import last, record
from governance.models import Division, Entry, Event, Rule, Scorecard, User
from governance.models.people import Role
from governance.periods import month_label, quarter_label
from governance.policies import value
from governance.refusals import Conflict, Invalid
from governance.saving import save, update_many
from governance.verifying import leaves
from transparency import log, signing
from workflows.flows import RoundFlow, SettlementFlow
from workflows.models import Observation, Publication, Round, Settlement, Sheet
from workflows.observations import booked_quarter
from workflows.steps import lock, step


class Also(Protocol):
    """What a layer above posts with a month, in its transaction and under its event."""

    def notice(self) -> dict:
        """Counts for the notice; before `take` what they would be."""

    def take(self, *, by: User, at: datetime) -> tuple[list[Entry], list[Model]]:
        """Lock and settle it; the drafted lines, and the rows the event vouches for."""

    def posted(self, *, by: User, at: datetime) -> None:
        """The lines are in the ledger."""


ALSO_POSTED: list[Callable[[Round], Also]] = []


@transaction.atomic
def publish_round(*, round: Round, by: User, at: datetime) -> Publication:
    """Post a month: ledger lines for every approved item, the frozen notice, its window, one event, one leaf.

    Raises Refused (not the clerk) or Conflict (already posted). Items of a subject that has left meanwhile
    were withdrawn with its consent and are not among the approved.
    """
    round = lock(round)
    with step(round.process, RoundFlow.publish, by=by):
        role = check_role(by, Role.CLERK, village=round.village, at=at)
        items, also = _to_post(round), _also(round)
        taken = [each.take(by=by, at=at) for each in also]
        content = _round_content(round, items, also)
        drafts = [_line(item) for item in items]
        lines = [*drafts, *(line for more, _ in taken for line in more)]
        for item, line in zip(items, drafts, strict=True):
            item.publish()
            item.entry_id = line.key
        update_many(items, ["state", "entry"], action="observation.published", by=by, at=at)
        publication = _new(round.village, content, at=at, round=round)
        round.publish()
        save(round, action="round.published", by=by, at=at)
        event = record(
            "round.published", village=round.village, about=round, by=by, at=at, role=role,
            rows=[round, publication, *lines, *(row for _, rows in taken for row in rows)],
        )  # fmt: skip
        ledger.post(lines, event=event)
        for each in also:
            each.posted(by=by, at=at)
        _stamp(publication)
    return publication


def preview(thing: Round | Settlement) -> dict:
    """What the notice would say if it were posted now. Writes nothing."""
    if isinstance(thing, Round):
        return _round_content(thing, _to_post(thing), _also(thing))
    return _quarter_content(thing)


@transaction.atomic
def publish_settlement(*, settlement: Settlement, by: User, at: datetime) -> Publication:
    """Post a quarter: counts and the names of honoured households that consented, never anybody's score."""
    settlement = lock(settlement)
    with step(settlement.process, SettlementFlow.publish, by=by):
        role = check_role(by, Role.CLERK, village=settlement.village, at=at)
        cards = list(
            Scorecard.objects.filter(village=settlement.village, quarter=settlement.quarter, version=1)
        )
        publication = _new(settlement.village, _quarter_content(settlement), at=at, settlement=settlement)
        for card in cards:
            card.published_at = at
        update_many(cards, ["published_at"], action="scorecard.published", by=by, at=at)
        settlement.publish()
        save(settlement, action="settlement.published", by=by, at=at)
        record(
            "settlement.published", village=settlement.village, about=settlement, by=by, at=at, role=role,
            rows=[settlement, publication],
        )  # fmt: skip
        _stamp(publication)
    return publication


@transaction.atomic
def publish_correction(
    *, about: Publication, content_lines: dict, by: User | None, at: datetime, role: str = "system"
) -> Publication:
    """Post a notice of correction with a number of its own; the notice it corrects stays as it was posted.

    `content_lines` are counts only, of several households or of all: nothing that names or points at one.
    """
    content = {
        "title": f"{about.content['title']}的更正",
        "of": {"title": about.content["title"], "year": about.year, "number": about.number},
        **content_lines,
    }
    publication = _new(about.village, content, at=at, amends=about)
    record(
        "publication.corrected", village=about.village, about=publication, by=by, at=at, role=role,
        rows=[publication],
    )  # fmt: skip
    _stamp(publication)
    return publication


@transaction.atomic
def correct_month(
    *, round: Round, entries: Sequence[Entry], by: User | None, at: datetime, role: str = "system"
) -> Publication | None:
    """Post what became of lines of a posted month: `entries` are the ones just posted, reversals and what counts instead.

    Returns None when there are none.
    """
    if not entries:
        return None
    taken = [entry for entry in entries if entry.reverses_id]
    new = [entry for entry in entries if not entry.reverses_id]
    out, into = (_by_dimension((e.rule, e.raw_tenths) for e in some) for some in (taken, new))
    rows = [
        {
            "dimension": gone["dimension"],
            "label": gone["label"],
            "taken": gone["plus"] + gone["minus"],
            "new": came["plus"] + came["minus"],
            "sum_tenths": gone["sum_tenths"] + came["sum_tenths"],
        }
        for gone, came in zip(out, into, strict=True)
    ]
    return publish_correction(
        about=round.publication, content_lines={"dimensions": rows}, by=by, at=at, role=role
    )


@transaction.atomic
def correct_quarter(
    *, settlement: Settlement, corrected: int, by: User | None, at: datetime, role: str
) -> Publication:
    """Post how many scorecards of a posted quarter were signed anew, and the counts by colour as they are now.

    The counts before are beside them only when more than one household's colour moved: else it would be told
    whose way a single one went.
    """
    from workflows.settlements import counts

    notice = settlement.publication
    before = (notice.corrections.order_by("-published_at", "-id").first() or notice).content["counts"]
    now = counts(settlement.village, settlement.quarter)
    moved = sum(max(now[colour] - before[colour], 0) for colour in now)
    content = {"corrected": corrected, "counts": now} | ({"before": before} if moved > 1 else {})
    return publish_correction(about=notice, content_lines=content, by=by, at=at, role=role)


@transaction.atomic
def hang_up(*, publication: Publication, by: User, at: datetime) -> None:
    """The clerk has printed a notice of correction and put it on the board: it leaves their list.

    Raises Refused (not the clerk) or Conflict (done already).
    """
    publication = lock(publication)
    role = check_role(by, Role.CLERK, village=publication.village, at=at)
    if last(publication, "publication.hung_up"):
        raise Conflict("这张已经贴上公示栏了。")
    record(
        "publication.hung_up", village=publication.village, about=publication, by=by, at=at, role=role,
        rows=[publication],
    )  # fmt: skip


def to_hang_up(where: QuerySet[Division], *, at: datetime) -> list[Publication]:
    """Notices of correction of some villages whose window runs and that nobody has put on the board; two queries."""
    rows = Publication.objects.filter(village__in=where, amends__isnull=False, window_ends__gt=at)
    rows = {str(row.key): row for row in rows.select_related("village").order_by("published_at")}
    done = Event.objects.filter(about_id__in=rows, name="publication.hung_up").values_list(
        "about_id", flat=True
    )
    return [row for key, row in rows.items() if key not in set(done)]


@transaction.atomic
def extend(*, publication: Publication, days: int, why: str, by: User, at: datetime) -> Publication:
    """Keep a notice up longer, with a reason; never shorter."""
    publication = lock(publication)
    role = check_role(by, Role.CLERK, village=publication.village, at=at)
    if publication.window_ends <= at:
        raise Conflict("公示期已经结束了，不能再延长。")
    if not 1 <= days <= 30:
        raise Invalid(days="一次可以延长1到30天。")
    if not why.strip():
        raise Invalid(why="请写为什么延长。")
    publication.window_ends += timedelta(days=days)
    publication.extended_why = why.strip()
    publication.save(update_fields=["window_ends", "extended_why"])
    _set_window(publication)
    record(
        "publication.extended", village=publication.village, about=publication, by=by, at=at, role=role, why=why,
        rows=[publication],
    )  # fmt: skip
    return publication


def register() -> None:
    """Let the verification compare the roots that notices carry."""
    leaves.KEPT.append(_roots)


def _roots(village: Division) -> Iterator[leaves.Kept]:
    for row in Publication.objects.filter(village=village, log_size__gt=0):
        yield leaves.Kept(row._meta.db_table, str(row.key), row.log_size, row.log_root)


def _to_post(round: Round) -> list[Observation]:
    approved = round.observations.filter(state=Observation.State.APPROVED)
    return list(approved.select_related("subject", "rule", "round").order_by("occurred_on", "id"))


def _also(round: Round) -> list[Also]:
    return [begin(round) for begin in ALSO_POSTED]


def _line(item: Observation):
    return ledger.draft(
        subject=item.subject,
        rule=item.rule,
        quarter=booked_quarter(item),
        occurred_on=item.occurred_on,
        raw_tenths=item.raw_tenths,
        quantity_milli=item.quantity_milli,
        source=f"observation:{item.key}",
    )


def _new(village, content, *, at, round=None, settlement=None, amends=None) -> Publication:
    log.lock(village.code)  # two notices at once must not take one number
    year = timezone.localtime(at).year
    newest = village.publications.filter(year=year).aggregate(newest=Max("number"))["newest"] or 0
    days = value("publication_days", village, timezone.localdate(at))
    publication = Publication.objects.create(
        village=village, round=round, settlement=settlement, amends=amends, year=year, number=newest + 1, content=content,
        published_at=at, window_ends=deadlines.end_of(timezone.localdate(at) + timedelta(days=days)),
        log_size=0, log_root="",
    )  # fmt: skip
    _set_window(publication)
    return publication


def _set_window(publication: Publication) -> None:
    """A correction has no step of its own that waits for the window."""
    about = publication.round or publication.settlement
    if about is None:
        return
    kind = "round.window" if publication.round_id else "settlement.window"
    deadlines.set_deadline(kind, about=about, village=publication.village, due=publication.window_ends)


def _stamp(publication: Publication) -> None:
    """Print on the notice what the log looked like once its own leaf was in; that is signed after the commit."""
    size, root = log.head(publication.village.code)
    publication.log_size, publication.log_root = size, root.hex()
    publication.save(update_fields=["log_size", "log_root"])
    sign = partial(signing.sign_village, publication.village.code, publication.published_at, size)
    transaction.on_commit(sign, robust=True)


def _round_content(round: Round, items: list[Observation], also: list[Also]) -> dict:
    counts = [each.notice() for each in also]
    missing = round.sheets.filter(state=Sheet.State.MISSING).select_related("rater", "area")
    return {
        "title": f"{round.village.name}{month_label(round.month)}联户评议公示",
        "subjects": round.sheets.exclude(state=Sheet.State.MISSING)
        .values("lines__subject")
        .distinct()
        .count(),
        "sheets": round.sheets.count(),
        "missing": [f"{sheet.area.name}{sheet.rater.name}" for sheet in missing],
        "rejected": round.observations.filter(state=Observation.State.REJECTED).count(),
        "dimensions": _by_dimension((item.rule, item.raw_tenths) for item in items),
        **{name: n for count in counts for name, n in count.items()},
    }


def _quarter_content(settlement: Settlement) -> dict:
    from workflows.settlements import counts, honoured

    return {
        "title": f"{settlement.village.name}{quarter_label(settlement.quarter)}季亮晒公示",
        "counts": counts(settlement.village, settlement.quarter),
        "before": counts(settlement.village, settlement.previous),
        "dimensions": _quarter_dimensions(settlement),
        "honoured": honoured(settlement),
    }


def _quarter_dimensions(settlement: Settlement) -> list[dict]:
    entries = Entry.objects.filter(
        village=settlement.village, quarter=settlement.quarter, posted_at__lte=settlement.computed_at
    ).select_related("rule")
    held = set(  # a held plus goes on counting
        entries.filter(rule__sign=-1, holds__placed_at__lte=settlement.computed_at)
        .exclude(holds__lifted_at__lte=settlement.computed_at)
        .values_list("pk", flat=True)
    )
    reversed_ = set(entries.filter(reverses__isnull=False).values_list("reverses", flat=True))
    standing = [e for e in entries if e.reverses_id is None and e.pk not in reversed_]
    rows = _by_dimension((e.rule, e.raw_tenths) for e in standing if e.pk not in held)
    waiting = defaultdict(int)
    for entry in standing:
        waiting[entry.rule.dimension] += entry.pk in held
    return [row | {"held": waiting[row["dimension"]]} for row in rows]


def _by_dimension(pairs) -> list[dict]:
    """Counts of plus and minus items and the sum of their points, a row per dimension, in fixed order."""
    found = defaultdict(lambda: [0, 0, 0])
    for rule, tenths in pairs:
        cell = found[rule.dimension]
        cell[0 if rule.sign > 0 else 1] += 1
        cell[2] += tenths
    return [
        {
            "dimension": code,
            "label": label,
            "plus": found[code][0],
            "minus": found[code][1],
            "sum_tenths": found[code][2],
        }
        for code, label in Rule.Dimension.choices
    ]
