"""Whose desk a case is on: taking it, passing it on, who stands in during an absence, what happens when an officer goes."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from appeals.models import Delegation, Objection
from appeals.objections import check_open_case, locked, tell
from appeals.who import IN_OFFICE, OFFICE, check_actor, check_somebody_left, not_allowed, reasons, rungs
from governance.access import appointments, check_role, covers, staff, today
from governance.events import record
from governance.models import Appointment, Division, User
from governance.refusals import Conflict, Invalid, Refused
from governance.saving import save
from workflows.steps import lock_all


@transaction.atomic
def claim(*, objection: Objection, by: User, at: datetime) -> Objection:
    """Take a case onto one's own desk. Raises Refused (who touched it, kin) or Conflict (another was first)."""
    row = locked(objection)
    check_open_case(row, *IN_OFFICE)
    if row.officer_id == by.pk:
        raise Conflict("这件您已经领了。")
    role = check_actor(row, by=by, at=at)
    return _give(row, by, "objection.claimed", by=by, role=role, why="", at=at)


@transaction.atomic
def hand_over(*, objection: Objection, to: User, why: str, by: User, at: datetime) -> Objection:
    """Pass a case on one's desk to somebody who may act on it, with a reason.

    Raises Refused (not one's own, or they may not act on it) or Invalid (no reason).
    """
    row = locked(objection)
    check_open_case(row, *IN_OFFICE)
    role = check_actor(row, by=by, at=at)
    if not why.strip():
        raise Invalid(why="请写为什么转交。")
    if to == by:
        raise Invalid(to="不能转交给自己。")
    check_role(to, *rungs(row), village=row.village, at=at)
    if reason := not_allowed(row, to, at=at):
        raise Refused(f"不能转给{to.name}：{reason}。")
    if row.state != Objection.State.REVIEWING:
        check_somebody_left(row, to, at=at)
    return _give(row, to, "objection.handed_over", by=by, role=role, why=why.strip(), at=at)


@transaction.atomic
def delegate(*, to: User, starts: date, ends: date, why: str, by: User, at: datetime) -> Delegation:
    """While away, from `starts` to `ends` (both included), another handles one's cases under their own name.

    Raises Refused (they hold no such office where one holds it) or Invalid (the days, no reason).
    """
    place = _common_place(by, to, at=at)
    if starts < today(at) or ends < starts:
        raise Invalid(ends="请核对日子：从今天或以后起，到的那天不能比从的那天早。")
    if Delegation.objects.filter(user=by, starts__lte=ends, ends__gte=starts).exists():
        raise Conflict("这几天您已经定过由谁代办了。")
    if not why.strip():
        raise Invalid(why="请写为什么，比如出差、休假。")
    row = Delegation.objects.create(user=by, to=to, starts=starts, ends=ends, why=why.strip())
    record(
        "delegation.made", village=place, about=row, by=by, at=at, why=why,
        detail={"to": str(to.key), "from": starts.isoformat(), "until": ends.isoformat()},
    )  # fmt: skip
    return row


@transaction.atomic
def end_delegation(*, delegation: Delegation, by: User, at: datetime) -> None:
    """Back earlier than planned."""
    row = Delegation.objects.select_for_update(no_key=True).get(pk=delegation.pk)
    if row.user_id != by.pk:
        raise Refused("只有本人能收回。")
    if row.ends < today(at):
        raise Conflict("这次代办已经结束了。")
    place = _common_place(by, row.to, at=at, is_over=True)
    record("delegation.ended", village=place, about=row, by=by, at=at)
    row.ends = max(row.starts, today(at))
    row.save(update_fields=["ends"])


def candidates(case: Objection, *, by: User, at: datetime) -> list[User]:
    """To whom a case may be passed on, by name."""
    found = {user.pk: user for role in rungs(case) for user in staff(role, case.village, at=at)}
    out = reasons([case], found.values(), at=at)[case.pk]
    return [user for user in found.values() if user.pk not in out and user != by]


def give_back(appointment: Appointment, successor: User | None, *, by: User, at: datetime) -> None:
    """An officer's appointment ended: what was on their desk goes to the successor who may act, else to the pool."""
    if appointment.role not in OFFICE:
        return
    cases = Objection.objects.filter(
        officer=appointment.user,
        state__in=Objection.OPEN,
        village__code__startswith=appointment.division.prefix,
    )
    for case in lock_all(cases):
        free = successor and not not_allowed(case, successor, at=at)
        _give(case, successor if free else None, "objection.passed_on", by=by, role="", why="", at=at)


def _give(row: Objection, to: User | None, name: str, *, by, role, why, at) -> Objection:
    row.officer = to
    save(row, action=name, by=by, at=at, fields=["officer"])
    tell(name, row, by=by, at=at, role=role, why=why, detail={"to": str(to.key) if to else ""})
    return row


def _common_place(user: User, to: User, *, at: datetime, is_over: bool = False) -> Division:
    """Where both hold the same office; the event is kept in the log of its first village."""
    if to == user:
        raise Invalid(to="不能由自己代办。")
    mine = [a for a in appointments(user, at=at) if a.role in OFFICE]
    theirs = [a for a in appointments(to, at=at) if a.role in OFFICE]
    for a in mine:
        village = Division.objects.filter(
            code__startswith=a.division.prefix, level=Division.Level.VILLAGE
        ).first()
        if village and (is_over or any(covers(b, village) for b in theirs)):
            return village
    raise Refused(f"{to.name}没有和您一样管这些村的职务，不能代办。")
