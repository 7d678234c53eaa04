"""One observed fact: fact first, points from the rule, never free points (design/3-processes.md, SheetFlow)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction

from governance import points, shields
from governance.access import check_role, today
from governance.events import record
from governance.models import Rule, Rulebook, Subject, User, VoidRule
from governance.models.people import Role
from governance.periods import month_end, month_label, quarter_of
from governance.policies import value
from governance.protected import stopped
from governance.recusal import check_impartial
from governance.refusals import Conflict, Invalid, Refused
from governance.saving import save
from governance.scorecards import as_shape
from workflows import evidence as evidences
from workflows.models import Observation, Sheet, SheetLine
from workflows.signatures import resolve_if_covered
from workflows.standins import Diverted, divert
from workflows.steps import lock
from workflows.who import approvers, check_confirmer

State = Observation.State


@dataclass(frozen=True)
class Fact:
    """What a rater fills in. Quantities in thousandths, amounts in tenths (absolute)."""

    fact: str
    occurred_on: date
    place: str = ""
    quantity_milli: int = 0
    chosen_tenths: int | None = None
    labels: tuple[str, ...] = ()
    grounds: str = ""
    photos: tuple = ()
    witnesses: tuple[str, ...] = field(default=())


def rules_for(subject: Subject, month: date):
    """The rules a subject can be rated under in a month: in force, not found unlawful, and made for its kind."""
    rules = Rule.objects.filter(
        rulebook__village=subject.village_id, rulebook__state=Rulebook.State.IN_FORCE, void__isnull=True
    ).prefetch_related("steps")
    return [rule for rule in rules if subject.kind in (rule.kinds or [Subject.Kind.HOUSEHOLD])]


def check_rater(sheet: Sheet, *, by: User, at: datetime) -> str:
    """The role in which a user fills in a sheet; raises Refused (not theirs, role gone) or Conflict (handed in)."""
    if sheet.rater_id != by.pk:
        raise Refused(f"这张单是{sheet.rater.name}的，只有本人能填。")
    role = check_role(by, Role.RATER, Role.PANEL, village=sheet.village, at=at)
    if sheet.state not in (Sheet.State.OPEN, Sheet.State.RETURNED):
        raise Conflict(f"这张单已经“{sheet.get_state_display()}”，不能再改。要改请找片组长退回。")
    return role


@transaction.atomic
def draft(
    *, sheet: Sheet, subject: Subject, rule: Rule, fact: Fact, by: User, at: datetime
) -> Observation | Diverted:
    """Write down one fact on an open sheet. Raises Refused, Conflict or Invalid (by field).

    Effects: an observation in draft with its evidence, its line marked as observed, and an event that is in
    nobody's file: until the sheet is handed in, a draft is the rater's own note. A deduction on a
    household that has objected to the rater's work is not written down: somebody else looks (Diverted).
    """
    diverted = _goes_to_others(sheet, subject, rule, by=by, at=at)
    sheet = lock(sheet)
    role = check_rater(sheet, by=by, at=at)
    line = _line(sheet, subject)
    subject = line.subject  # as it is now: the household may have left since the page was opened
    check_impartial(by, subject, at=at)
    row = Observation(village=sheet.village, round=sheet.round, sheet=sheet, subject=subject, rule=rule)
    _fill(row, fact, at=at)
    if diverted:
        return divert(line, rule, role=role, by=by, at=at)
    row.filed_tenths, row.filed_quantity_milli = row.raw_tenths, row.quantity_milli
    save(row, action="observation.drafted", by=by, at=at)
    evidences.add(row, fact, by=by, at=at)
    line.verdict = SheetLine.Verdict.OBSERVED
    line.save(update_fields=["verdict"])
    _note("observation.drafted", row, role, by=by, at=at)
    return row


@transaction.atomic
def change(
    *, observation: Observation, rule: Rule, fact: Fact, by: User, at: datetime
) -> Observation | Diverted:
    """Change a draft before handing in; same refusals, and the same way of a deduction, as draft().

    A draft that would become a deduction for others to look at stays as it is.
    """
    diverted = _goes_to_others(observation.sheet, observation.subject, rule, by=by, at=at)
    sheet = lock(observation.sheet)
    role = check_rater(sheet, by=by, at=at)
    row = _expect(observation, State.DRAFTED)
    check_impartial(by, row.subject, at=at)
    row.rule = rule
    _fill(row, fact, at=at)
    if diverted:
        return divert(_line(sheet, row.subject), rule, role=role, by=by, at=at)
    row.filed_tenths, row.filed_quantity_milli = row.raw_tenths, row.quantity_milli
    save(row, action="observation.changed", by=by, at=at)
    evidences.add(row, fact, by=by, at=at)
    _note("observation.changed", row, role, by=by, at=at)
    return row


@transaction.atomic
def drop(*, observation: Observation, by: User, at: datetime) -> None:
    """Take back a draft; its line is to do again when nothing else was observed."""
    sheet = lock(observation.sheet)
    role = check_rater(sheet, by=by, at=at)
    row = _expect(observation, State.DRAFTED)
    row.withdraw()
    save(row, action="observation.withdrawn", by=by, at=at)
    left = sheet.observations.filter(subject=row.subject, state=State.DRAFTED)
    if not left.exists():
        sheet.lines.filter(subject=row.subject).update(verdict=SheetLine.Verdict.TODO)
    _note("observation.withdrawn", row, role, by=by, at=at)


@transaction.atomic
def confirm(*, observation: Observation, by: User, at: datetime) -> Observation:
    """The group leader takes an item as filed; it is then ready for the council."""
    row, role = _for_leader(observation, by=by, at=at)
    return _confirmed(row, "observation.confirmed", role, why="", detail={}, by=by, at=at)


@transaction.atomic
def adjust(*, observation: Observation, fact: Fact, why: str, by: User, at: datetime) -> Observation:
    """The group leader measured another quantity (or level): points follow from the rule; a reason is needed."""
    row, role = _for_leader(observation, by=by, at=at)
    _need_reason(why)
    before = {"quantity_milli": row.quantity_milli, "raw_tenths": row.raw_tenths}
    row.quantity_milli, row.chosen_tenths = fact.quantity_milli, fact.chosen_tenths
    row.labels, row.grounds = list(fact.labels), fact.grounds or row.grounds
    row.raw_tenths = _raw(row)
    after = {"quantity_milli": row.quantity_milli, "raw_tenths": row.raw_tenths}
    return _confirmed(
        row, "observation.adjusted", role, why=why, detail={"before": before, "after": after}, by=by, at=at
    )


@transaction.atomic
def reject(*, observation: Observation, why: str, by: User, at: datetime) -> Observation:
    """The group leader does not take an item; the rater sees the reason.

    It may be the last one that a signed month waited for: then the month goes on.
    """
    round = lock(observation.round)
    row, role = _for_leader(observation, by=by, at=at)
    _need_reason(why)
    row.reject()
    row.confirmed_by = by
    save(row, action="observation.rejected", by=by, at=at)
    _record("observation.rejected", row, role, why=why, by=by, at=at)
    resolve_if_covered(round, at=at)
    return row


def is_large(row: Observation) -> bool:
    """Items that need ballots: a deduction, many points, double audit, or contested (design/2-domain.md)."""
    return (
        row.rule.sign < 0
        or abs(row.raw_tenths) >= value("large_tenths", row.village, row.occurred_on)
        or row.rule.double_audit
        or row.contested
    )


def booked_quarter(row: Observation) -> str:
    """The quarter an item is booked in: that of its round, whatever the fact's own date."""
    return quarter_of(row.round.month)


def _fill(row: Observation, fact: Fact, *, at: datetime) -> None:
    """Set and check a fact on an observation; raises Invalid with a sentence per field."""
    row.fact, row.place, row.grounds = (
        fact.fact.strip(),
        fact.place.strip() or None,
        fact.grounds.strip() or None,
    )
    row.occurred_on, row.quantity_milli = fact.occurred_on, fact.quantity_milli
    row.chosen_tenths, row.labels = fact.chosen_tenths, list(fact.labels)
    if not row.fact:
        raise Invalid(fact="请写看到了什么，只写看见的事，不写评价。")
    stop = stopped(row.fact)
    if stop:
        raise Invalid(stop.sentence, stop=stop.sentence, stop_word=stop.word, stop_source=stop.source)
    _check_day(row, at=at)
    if VoidRule.objects.filter(rule=row.rule).exists():
        raise Invalid(rule="这一条细则查下来不合规定，已经作废，不能再按它记。")
    if row.rule not in rules_for(row.subject, row.round.month):
        raise Invalid(rule="这一条细则现在不用，或者不管这一类，请换一条。")
    if row.rule.shape == Rule.Shape.RANGE and not row.grounds:
        raise Invalid(grounds="幅度内的分要写明为什么定这个数。")
    row.raw_tenths = _raw(row)


def _raw(row: Observation) -> int:
    try:
        return points.propose(
            as_shape(row.rule),
            quantity_milli=row.quantity_milli,
            chosen_tenths=row.chosen_tenths,
            labels=row.labels,
        ).raw_tenths
    except ValueError as error:
        name = {"range": "chosen", "ladder": "labels", "components": "labels"}.get(row.rule.shape, "quantity")
        raise Invalid(**{name: str(error)}) from error


def _check_day(row: Observation, *, at: datetime) -> None:
    if row.occurred_on > today(at):
        raise Invalid(occurred_on="日子还没到，请改成已经发生的那一天。")
    first = _earliest(row.sheet)
    if not first <= row.occurred_on <= month_end(row.round.month):
        month = month_label(row.round.month)
        raise Invalid(occurred_on=f"{month}的单只收{month}的事，请改日子，或者记到那个月的单上。")
    if not row.subject.is_enrolled(row.occurred_on) or not row.subject.is_enrolled(today(at)):
        raise Invalid(occurred_on="这一户那天没有参加评议，不能记。")


def _earliest(sheet: Sheet) -> date:
    """Facts of months whose sheet was missing come in later under their own date (design/2-domain.md)."""
    first = sheet.round.month
    earlier = Sheet.objects.filter(rater=sheet.rater, area=sheet.area, round__month__lt=first)
    for month, state in earlier.order_by("-round__month").values_list("round__month", "state"):
        if state != Sheet.State.MISSING:
            break
        first = month
    return first


def _goes_to_others(sheet: Sheet, subject: Subject, rule: Rule, *, by: User, at: datetime) -> bool:
    """A deduction on a household that objected to this rater's work; locks the month, for others' sheets too."""
    if rule.sign > 0 or not shields.is_shielded(by, subject, at=at):
        return False
    lock(sheet.round)
    return True


def _line(sheet: Sheet, subject: Subject) -> SheetLine:
    line = sheet.lines.select_related("subject").filter(subject=subject).first()
    if line is None:
        raise Refused("这一户不在您这张单上，不能评。")
    return line


def _for_leader(observation: Observation, *, by: User, at: datetime) -> tuple[Observation, str]:
    lock(observation.sheet)
    row = _expect(observation, State.FILED)
    return row, check_confirmer(by, row.sheet, at=at, item=row)


def _confirmed(row, action, role, *, why, detail, by, at) -> Observation:
    row.confirm()
    row.confirmed_by = by
    # A small item nobody of the council may touch is voted on too: the vote goes to the township.
    row.needs_ballot = is_large(row) or not approvers(row, at=at)
    save(row, action=action, by=by, at=at)
    _record(action, row, role, why=why, detail=detail, by=by, at=at)
    return row


def _note(action, row, role, *, by, at):
    """The event of a draft: it names no household, so it is in nobody's file."""
    record(action, village=row.village, about=row, by=by, at=at, role=role)


def _record(action, row, role, *, by, at, why="", detail=None):
    record(
        action,
        village=row.village,
        about=row,
        by=by,
        at=at,
        role=role,
        why=why,
        detail=detail,
        subject_key=row.subject.key,
        rows=[row],
    )


def _expect(observation: Observation, state: str) -> Observation:
    row = lock(observation)
    if row.state != state:
        raise Conflict(f"这一条刚才已经“{row.get_state_display()}”了，您的没有存，请看看最新的情况。")
    return row


def _need_reason(why: str) -> None:
    if not why.strip():
        raise Invalid(why="改了、不收了、退了，都要写理由，评议人看得到。")
