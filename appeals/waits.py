"""More time, and time that stands still: one reasoned extension, and waiting for the household (design 2, Policy)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from appeals import clock
from appeals.models import Objection
from appeals.objections import check_open_case, locked, tell
from appeals.who import check_actor
from governance.access import today
from governance.models import User
from governance.policies import value
from governance.refusals import Conflict, Invalid, Refused
from governance.saving import save

State = Objection.State
DECIDING = (State.ACCEPTED, State.REVIEWING)


def most_days(case: Objection, *, at: datetime) -> int:
    """How many working days a case may still be extended by; 0 when it was extended once, or the ceiling is reached."""
    row = clock.running(case)
    if row is None or case.extended_days:
        return 0
    return max(0, value("objection_total_days", case.village, today(at)) - row.workdays)


@transaction.atomic
def extend(*, objection: Objection, days: int, why: str, by: User, at: datetime) -> Objection:
    """Give a case more working days, once, with a reason that the household reads.

    Raises Refused (not one's own, extended before), Conflict (it is not being decided) or Invalid.
    """
    row = locked(objection)
    check_open_case(row, *DECIDING)
    role = check_actor(row, by=by, at=at)
    most = most_days(row, at=at)
    if row.suspended_at or not most:
        raise Refused("这件延长过了，或者到了上限，不能再延长。")
    if not 1 <= days <= most:
        raise Invalid(days=f"最多还能延长{most}个工作日。")
    if not why.strip():
        raise Invalid(why="请写为什么要延长，住户看得到。")
    clock.extend(row, days, at=at)
    row.extended_days = days
    save(row, action="objection.extended", by=by, at=at)
    tell("objection.extended", row, by=by, at=at, role=role, why=why.strip(), detail={"days": days})
    return row


@transaction.atomic
def suspend(*, objection: Objection, why: str, by: User, at: datetime) -> Objection:
    """Let the clock stand while the household is waited for; `why` says what it is asked to bring.

    Once in each instance, and never longer than the policy allows: then it goes on by itself. Raises as `extend`.
    """
    row = locked(objection)
    check_open_case(row, *DECIDING)
    role = check_actor(row, by=by, at=at)
    if row.suspended_at:
        raise Conflict("已经在等住户补材料了。")
    if row.days_left is not None:
        raise Refused("这一回已经等过一次了，不能再等。材料没来，就按手上的来定。")
    if not why.strip():
        raise Invalid(why="请写要住户补什么，住户看得到。")
    clock.suspend(row, at=at)
    save(row, action="objection.suspended", by=by, at=at)
    tell("objection.suspended", row, by=by, at=at, role=role, why=why.strip())
    return row


@transaction.atomic
def resume(*, objection: Objection, by: User, at: datetime) -> Objection:
    """Go on before the wait is over. Raises Refused or Conflict."""
    row = locked(objection)
    role = check_actor(row, by=by, at=at)
    if not row.suspended_at:
        raise Conflict("这件没有在等，已经在办了。")
    return go_on(row, by=by, role=role, at=at)


@transaction.atomic
def resume_overdue(*, objection: Objection, at: datetime) -> Objection:
    """The wait is over: the clock goes on by itself."""
    row = locked(objection)
    return go_on(row, by=None, role="system", at=at) if row.suspended_at else row


def go_on(row: Objection, *, by: User | None, role: str, at: datetime) -> Objection:
    """The clock of a locked case runs on with the days that were left."""
    clock.resume(row, at=at)
    save(row, action="objection.resumed", by=by, at=at)
    tell("objection.resumed", row, by=by, at=at, role=role)
    return row
