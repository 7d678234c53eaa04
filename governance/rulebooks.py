"""评分细则: one version's life from draft to superseded (design/2-domain.md, Rulebook life).

Nothing in force is ever edited: a new version is made from a copy and takes effect at a quarter's start.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from hashlib import sha256

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils import timezone

from governance import deadlines, uploads
from governance.access import check_role, today
from governance.events import record
from governance.models import Division, Rule, Rulebook, RuleStep, User
from governance.models.people import Role
from governance.periods import month_of, quarter_bounds, quarter_label, quarter_of
from governance.policies import value
from governance.refusals import Conflict, Invalid, Refused
from governance.rule_import import Key, build, key_of
from governance.rulebook_import import Report
from governance.rules import SELF_SET_TENTHS, open_findings
from governance.saving import delete_many, save
from transparency.leaf import canonical

State = Rulebook.State
SELF_SET_MOST = 5


@dataclass(frozen=True)
class Imported:
    """What an import did to the draft."""

    rulebook: Rulebook
    added: int
    removed: int
    unchanged: int
    left_out: int


@transaction.atomic
def import_report(
    *,
    village: Division,
    report: Report,
    title: str,
    base_tenths: int,
    by: User | None,
    at: datetime,
    skip_refused: bool = False,
) -> Imported:
    """Put a judged file into the village's draft, all or none; running it again changes nothing.

    Rows known from the draft (by text, points and ordinal) keep what the clerk set or answered. `by` is the
    clerk, or None for an operator's command. Raises Refused when a row is refused and not skipped.
    """
    role = check_role(by, Role.CLERK, village=village, at=at) if by else "operator"
    refused = report.counts["refused"]
    if refused and not skip_refused:
        raise Refused(f"有{refused}行不能记或读不了，一行也没存。请改好或删掉这些行，再传一次。")
    rulebook = _draft_of(village, title, base_tenths, by=by, at=at)
    known: dict[Key, Rule] = {key_of(rule): rule for rule in rulebook.rules.all()}
    wanted = {key_of(rule): (rule, steps) for rule, steps in build(report, rulebook)}
    gone = [rule for key, rule in known.items() if key not in wanted]
    new = [pair for key, pair in wanted.items() if key not in known]
    done = Imported(rulebook, len(new), len(gone), len(wanted) - len(new), refused)
    if new or gone:
        _replace(gone, new, wanted, known, by=by, at=at)
        record(
            "rulebook.imported",
            village=village,
            about=rulebook,
            by=by,
            at=at,
            role=role,
            detail={"added": len(new), "removed": len(gone), "left_out": refused},
        )
    return done


def lacks(rulebook: Rulebook) -> list[str]:
    """What stops a draft from being passed on, as sentences; empty when nothing."""
    rules = list(rulebook.rules.all())
    found = [] if rules else ["细则里一条也没有。"]
    found += [f"细则{rule.number}：{f['sentence']}" for rule in rules for f in open_findings(rule)]
    own = [rule for rule in rules if rule.shape == Rule.Shape.SELF_SET]
    for sign, word in ((1, "加分"), (-1, "减分")):
        if len([rule for rule in own if rule.sign == sign]) > SELF_SET_MOST:
            found.append(f"自设{word}项最多{SELF_SET_MOST}条，请删几条。")
    found += [f"细则{r.number}：自设项每条最多2分。" for r in own if r.points_tenths > SELF_SET_TENTHS]
    return found


@transaction.atomic
def check(*, rulebook: Rulebook, by: User, at: datetime) -> Rulebook:
    """Close the draft: nothing is refused, every warning is answered or mended."""
    row, role = _locked(rulebook, (State.DRAFT,), by=by, at=at)
    found = lacks(row)
    if found:
        raise Refused(f"还有{len(found)}处要补：{found[0]}" + ("等。" if len(found) > 1 else ""))
    row.check_passed()
    return _moved(row, "rulebook.checked", role, by=by, at=at)


@transaction.atomic
def reopen(*, rulebook: Rulebook, why: str, by: User, at: datetime) -> Rulebook:
    """Back to the desk for a change; comments start anew."""
    row, role = _locked(rulebook, (State.CHECKED, State.ANNOUNCED), by=by, at=at)
    row.reopen()
    row.announced_on = None
    return _moved(row, "rulebook.reopened", role, by=by, at=at, why=why)


@transaction.atomic
def announce(*, rulebook: Rulebook, by: User, at: datetime) -> Rulebook:
    """Post the draft for public comment."""
    row, role = _locked(rulebook, (State.CHECKED,), by=by, at=at)
    row.announce()
    row.announced_on = today(at)
    return _moved(row, "rulebook.announced", role, by=by, at=at)


def adoptable_from(rulebook: Rulebook) -> date:
    """The first day on which the assembly may adopt: the announcement has run its days."""
    days = value("announcement_days", rulebook.village, rulebook.announced_on)
    return rulebook.announced_on + timedelta(days=days)


@transaction.atomic
def adopt(
    *,
    rulebook: Rulebook,
    assembly_on: date,
    present: int,
    agreed: int,
    minutes,
    starts_quarter: str,
    by: User,
    at: datetime,
) -> Rulebook:
    """Record the assembly's vote with its minutes; the version takes effect at a quarter's start.

    A village's first rulebook may take effect in the running quarter. Raises Refused, Conflict, or Invalid
    by field.
    """
    row, role = _locked(rulebook, (State.ANNOUNCED,), by=by, at=at)
    _check_assembly(row, assembly_on, present, agreed, at)
    _check_start(row, starts_quarter, at)
    if not minutes:
        raise Invalid(minutes="请传会议记录的照片或PDF。")
    kept = uploads.clean(minutes)
    suffix = "pdf" if kept.media_type == "application/pdf" else "jpg"
    row.minutes_file = default_storage.save(
        f"minutes/{row.village.code}/{row.key}.{suffix}", ContentFile(kept.content)
    )
    row.minutes_sha256 = kept.sha256
    row.assembly_on, row.assembly_present, row.assembly_for = assembly_on, present, agreed
    row.starts_quarter = starts_quarter
    row.adopt()
    _moved(row, "rulebook.adopted", role, by=by, at=at)
    if quarter_bounds(starts_quarter)[0] <= today(at):
        return enter_into_force(rulebook=row, at=at)
    begin = timezone.make_aware(datetime.combine(quarter_bounds(starts_quarter)[0], time.min))
    deadlines.set_deadline("rulebook.starts", about=row, village=row.village, due=begin)
    return row


@transaction.atomic
def enter_into_force(*, rulebook: Rulebook, at: datetime) -> Rulebook:
    """Its first quarter began: it takes the place of the version before."""
    row = Rulebook.objects.select_for_update(of=("self",), no_key=True).get(pk=rulebook.pk)
    if row.state != State.ADOPTED:
        raise Conflict(f"这一版现在是“{row.get_state_display()}”，不能施行。")
    for old in Rulebook.objects.select_for_update(of=("self",), no_key=True).filter(
        village=row.village, state=State.IN_FORCE
    ):
        old.supersede()
        _moved(old, "rulebook.superseded", "system", by=None, at=at)
    row.enter_into_force()
    return _moved(row, "rulebook.in_force", "system", by=None, at=at)


@deadlines.handles("rulebook.starts")
def starts(rulebook_id: int, at: datetime) -> None:
    """The quarter from which an adopted version holds has begun."""
    enter_into_force(rulebook=Rulebook.objects.get(pk=rulebook_id), at=at)


@transaction.atomic
def copy(*, rulebook: Rulebook, by: User, at: datetime) -> Rulebook:
    """A new draft with everything of an earlier version, to be changed and adopted again."""
    role = check_role(by, Role.CLERK, village=rulebook.village, at=at)
    if Rulebook.objects.filter(village=rulebook.village, state=State.DRAFT).exists():
        raise Conflict("已经有一份草稿了，请先把那份办完，或者在那份上改。")
    draft = _draft_of(rulebook.village, rulebook.title, rulebook.base_tenths, by=by, at=at)
    for rule in rulebook.rules.prefetch_related("steps"):
        steps = list(rule.steps.all())
        twin = Rule(
            **{
                f.attname: getattr(rule, f.attname)
                for f in Rule._meta.concrete_fields
                if f.name not in {"id", "key", "rulebook"}
            },
            rulebook=draft,
        )
        _insert(twin, [RuleStep(n=s.n, **_step_values(s)) for s in steps], by=by, at=at)
    record("rulebook.copied", village=draft.village, about=draft, by=by, at=at, role=role)
    return draft


def current(village: Division) -> Rulebook | None:
    """The version in force, or None."""
    return Rulebook.objects.filter(village=village, state=State.IN_FORCE).first()


def _draft_of(village: Division, title: str, base_tenths: int, *, by, at) -> Rulebook:
    draft = (
        Rulebook.objects.select_for_update(of=("self",), no_key=True)
        .filter(village=village, state=State.DRAFT)
        .first()
    )
    if draft is None:
        last = village.rulebooks.aggregate(last=Max("version"))["last"] or 0
        draft = Rulebook(village=village, version=last + 1)
    if (draft.title, draft.base_tenths) != (title, base_tenths) or draft.pk is None:
        draft.title, draft.base_tenths = title, base_tenths
        save(draft, action="rulebook.drafted", by=by, at=at)
    return draft


def _replace(gone, new, wanted, known, *, by, at) -> None:
    delete_many(gone, action="rule.removed", by=by, at=at)
    for rule, fresh in [(known[key], rule) for key, (rule, _) in wanted.items() if key in known]:
        rule.position, rule.number = fresh.position, fresh.number
        save(rule, action="rule.reordered", by=by, at=at)
    for rule, steps in new:
        _insert(rule, steps, by=by, at=at)


def _insert(rule: Rule, steps: list[RuleStep], *, by, at) -> None:
    save(rule, action="rule.added", by=by, at=at)
    for step in steps:
        step.rule = rule
    RuleStep.objects.bulk_create(steps)


def step_digests(rules: QuerySet[Rule]) -> dict[str, str]:
    """What an event says of the bands and levels of rules, which keep no history of their own; two queries."""
    return {
        f"{RuleStep._meta.db_table}:{rule.key}": f"1:{sha256(canonical(steps)).hexdigest()}"
        for rule in rules.prefetch_related("steps")
        if (steps := [{"n": step.n, **_step_values(step)} for step in rule.steps.all()])
    }


def _step_values(step: RuleStep) -> dict:
    return {
        "label": step.label,
        "points_tenths": step.points_tenths,
        "at_milli": step.at_milli,
        "per_milli": step.per_milli,
    }


def _locked(rulebook: Rulebook, states, *, by, at) -> tuple[Rulebook, str]:
    row = (
        Rulebook.objects.select_for_update(of=("self",), no_key=True)
        .select_related("village")
        .get(pk=rulebook.pk)
    )
    role = check_role(by, Role.CLERK, village=row.village, at=at)
    if row.state not in states:
        raise Conflict(f"这一版现在是“{row.get_state_display()}”，这一步办过了。")
    return row, role


def _check_assembly(row: Rulebook, assembly_on: date, present: int, agreed: int, at: datetime) -> None:
    first = adoptable_from(row)
    if assembly_on > today(at):
        raise Invalid(assembly_on="大会还没开，开过了再来记。")
    if assembly_on < first:
        raise Invalid(assembly_on=f"征求意见要满日子，{first.month}月{first.day}日起才能开会通过。")
    if present < 1:
        raise Invalid(present="请写到会多少人。")
    if not present / 2 < agreed <= present:
        raise Invalid(agreed="同意的人要过到会的半数，也不会比到会的多，请核对。")


def _check_start(row: Rulebook, starts_quarter: str, at: datetime) -> None:
    first = quarter_bounds(starts_quarter)[0]
    running = quarter_of(today(at))
    if current(row.village) is None and starts_quarter == running:
        return
    if first <= month_of(today(at)):
        raise Invalid(starts_quarter=f"新细则从季初起施行，最早{quarter_label(running)}的下一季。")


def _moved(row: Rulebook, name: str, role: str, *, by, at, why="") -> Rulebook:
    save(row, action=name, by=by, at=at)
    record(
        name, village=row.village, about=row, by=by, at=at, role=role, why=why, digests=step_digests(row.rules.all())
    )  # fmt: skip
    return row
