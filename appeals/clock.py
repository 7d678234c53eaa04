"""The clock of a case: one deadline per step, a warning a day before, standing still while the household is waited for.

Every number is a policy of the village (governance.policies); every deadline is a row (design/2-domain.md, Policy).
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from appeals.models import Objection
from governance import deadlines
from governance.access import today
from governance.events import record
from governance.models import Deadline, Division
from governance.policies import value
from governance.saving import save

State = Objection.State
# A step, its deadline and the policy that says how many working days it has.
STEPS = {
    State.FILED: ("objection.accept", "objection_accept_days"),
    State.ACCEPTED: ("objection.decide", "objection_decide_days"),
    State.ANSWERED: ("objection.window", "review_window_days"),
    State.REVIEWING: ("objection.review", "review_days"),
}
RISK, RESUME = "objection.risk", "objection.resume"


def first_day(village: Division, *, at: datetime) -> date:
    """The day by which a case filed now is taken up or refused: what `start` will set for it."""
    return deadlines.workdays_after(at, value(STEPS[State.FILED][1], village, today(at))).on


def start(case: Objection, *, at: datetime, days: int | None = None) -> None:
    """Begin the time of the step a case is in; sets `answer_by` on the instance, which the caller saves.

    `days` are working days, by the village's policy when not given. Whoever's time it was before is over.
    """
    stop(case, at=at)
    kind, policy = STEPS[case.state]
    residents = case.state == State.ANSWERED
    days = days or value(policy, case.village, today(at))
    row = deadlines.set_workdays(
        kind, about=case, village=case.village, days=days, at=at, is_residents=residents
    )
    case.answer_by = today(row.due_at)
    if not residents:
        _warn(case, at=at)


def stop(case: Objection, *, at: datetime) -> None:
    """No deadline of a case runs any more."""
    for kind in (*(kind for kind, _ in STEPS.values()), RISK, RESUME):
        deadlines.cancel(kind, about=case, at=at)


def running(case: Objection) -> Deadline | None:
    """The deadline of the step a case is in; None while it stands still or is over."""
    if case.state not in STEPS:
        return None
    rows = Deadline.objects.filter(
        about_type=case._meta.label_lower, about_id=case.pk, kind=STEPS[case.state][0]
    )
    return rows.filter(fired_at__isnull=True, cancelled_at__isnull=True).first()


def extend(case: Objection, days: int, *, at: datetime) -> None:
    """Give the step `days` working days more, counted from where it was counted from."""
    row = running(case)
    due = deadlines.workdays_from(row.starts_on, row.workdays + days)
    deadlines.set_deadline(
        row.kind, about=case, village=case.village, due=deadlines.end_of(due.on), provisional=due.provisional,
        starts_on=row.starts_on, workdays=row.workdays + days,
    )  # fmt: skip
    case.answer_by = due.on
    _warn(case, at=at)


def suspend(case: Objection, *, at: datetime) -> None:
    """Stand still; what is left, a day at least, is kept on the case. It goes on by itself when the wait is over."""
    case.days_left = max(1, _workdays_left(case, at))
    case.suspended_at = at
    stop(case, at=at)
    wait = value("suspension_days", case.village, today(at))
    row = deadlines.set_workdays(
        RESUME, about=case, village=case.village, days=wait, at=at, is_residents=True
    )
    case.answer_by = today(row.due_at)


def resume(case: Objection, *, at: datetime) -> None:
    """Go on with the days that were left."""
    case.suspended_at = None
    start(case, at=at, days=case.days_left)


def moved(case_id: int, day: date, at: datetime) -> None:
    """A new calendar moved the deadline of the step: the case shows the new day."""
    case = Objection.objects.select_for_update(of=("self",), no_key=True).get(pk=case_id)
    case.answer_by = day
    save(case, action="objection.recounted", by=None, at=at, fields=["answer_by"])
    record(
        "objection.recounted", village=case.village, about=case, by=None, at=at, role="system",
        subject_key=case.subject.key,
    )  # fmt: skip


def at_risk_on(day: date) -> date:
    """The last `answer_by` that counts as at risk on a day: the next working day's."""
    return deadlines.workdays_from(day, 1).on


def _warn(case: Objection, *, at: datetime) -> None:
    """Say so as the last working day before begins, when the step has that long."""
    before = deadlines.workday_before(case.answer_by)
    if before > today(at):
        due = deadlines.end_of(before - timedelta(days=1))
        deadlines.set_deadline(RISK, about=case, village=case.village, due=due)


def _workdays_left(case: Objection, at: datetime) -> int:
    """Working days after today up to the day it is due."""
    left = 0
    while deadlines.workdays_from(today(at), left + 1).on <= case.answer_by:
        left += 1
    return left


def register() -> None:
    """Let the layer below say when a new calendar moved a day."""
    for kind in [*(kind for kind, _ in STEPS.values()), RESUME]:
        deadlines.MOVED[kind] = moved
