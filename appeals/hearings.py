"""当面听: calling both sides together, the minutes, or calling it off."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from appeals.models import Hearing, Objection
from appeals.objections import check_open_case, locked, tell
from appeals.waits import DECIDING
from appeals.who import check_actor
from governance.models import User
from governance.refusals import Conflict, Invalid
from governance.saving import save
from workflows.steps import lock


@transaction.atomic
def call(*, objection: Objection, takes_place_at: datetime, place: str, by: User, at: datetime) -> Hearing:
    """Set time and place; the household and who was asked see it. Raises Refused, Conflict or Invalid."""
    row = locked(objection)
    check_open_case(row, *DECIDING)
    role = check_actor(row, by=by, at=at)
    if takes_place_at <= at:
        raise Invalid(takes_place_at="时间要在现在以后。")
    if not place.strip():
        raise Invalid(place="请写在哪里，比如村部会议室。")
    hearing = Hearing(
        village=row.village,
        objection=row,
        takes_place_at=takes_place_at,
        place=place.strip(),
        called_by=by,
        called_at=at,
    )
    save(hearing, action="hearing.called", by=by, at=at)
    tell("hearing.called", row, by=by, at=at, role=role, rows=[hearing])
    return hearing


@transaction.atomic
def hold(*, hearing: Hearing, minutes: str, by: User, at: datetime) -> Hearing:
    """Keep the minutes of a meeting that took place. Raises Refused, Conflict or Invalid."""
    if not minutes.strip():
        raise Invalid(minutes="请写谁到了、各自说了什么。")
    if at < hearing.takes_place_at:
        raise Invalid(minutes="还没到开的时间。")
    return _end(hearing, "hold", minutes.strip(), by=by, at=at)


@transaction.atomic
def cancel(*, hearing: Hearing, why: str, by: User, at: datetime) -> Hearing:
    """Call it off, with a reason both sides read."""
    if not why.strip():
        raise Invalid(why="请写为什么不开了。")
    return _end(hearing, "cancel", None, why=why.strip(), by=by, at=at)


def _end(hearing: Hearing, verb: str, minutes: str | None, *, by, at, why="") -> Hearing:
    row = locked(hearing.objection)
    check_open_case(row, *DECIDING)
    role = check_actor(row, by=by, at=at)
    hearing = lock(hearing)
    if hearing.state != Hearing.State.PLANNED:
        raise Conflict(f"这次当面听已经“{hearing.get_state_display()}”。")
    getattr(hearing, verb)()
    hearing.minutes = minutes
    save(hearing, action=f"hearing.{hearing.state}", by=by, at=at)
    tell(f"hearing.{hearing.state}", row, by=by, at=at, role=role, why=why or minutes, rows=[hearing])
    return hearing
