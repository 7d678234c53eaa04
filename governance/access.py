"""Who may act where: roles by appointment, scope by division code, sight by queryset."""

from __future__ import annotations

from datetime import date, datetime
from functools import reduce
from operator import or_

from django.db.models import Exists, Q, QuerySet
from django.utils import timezone

from governance.models import Appointment, Area, Division, Member, Subject, User
from governance.models.people import OF_VILLAGES, Role
from governance.prepared import prepared
from governance.refusals import Refused
from governance.requests import read_once


def today(at: datetime | None = None) -> date:
    """The local calendar day of a moment (now when none is given)."""
    return timezone.localdate(at)


def appointments(user: User, *, at: datetime) -> list[Appointment]:
    """A user's appointments in force at a moment."""
    return _appointments(user.pk, today(at)) if user.is_authenticated and user.is_active else []


@read_once
def _appointments(user: int, day: date) -> list[Appointment]:
    return _posts(user, day)


@prepared
def _posts(user: int, day: date):
    home = Member.objects.filter(user=user, left_on__isnull=True)
    rows = Appointment.objects.on(day).filter(user=user).select_related("division__parent", "area")
    return rows.annotate(has_home=Exists(home))


def roles_of(user: User, *, at: datetime | None = None) -> set[str]:
    """Role names a user holds somewhere now, plus "resident" when bound to a household."""
    found = appointments(user, at=at or timezone.now())
    roles = {appointment.role for appointment in found}
    if found:
        has_home = found[0].has_home
    else:
        has_home = user.is_authenticated and Member.objects.filter(user=user, left_on__isnull=True).exists()
    return roles | {"resident"} if has_home else roles


def covers(appointment: Appointment, village: Division, area: Area | None = None) -> bool:
    """Does an appointment reach a village (and, for a group leader, its own area)."""
    if not village.code.startswith(appointment.division.prefix):
        return False
    return appointment.role != Role.LEADER or area is None or appointment.area_id == area.pk


def holds(user: User, role: str, village: Division, *, at: datetime, area: Area | None = None) -> bool:
    """Does a user hold a role over a village (and area) at a moment."""
    return any(a.role == role and covers(a, village, area) for a in appointments(user, at=at))


def check_role(user: User, *roles: str, village: Division, at: datetime, area: Area | None = None) -> str:
    """The first of `roles` that a user holds over a village; asked again at every act, not at opening.

    Raises Refused naming the role that is needed.
    """
    for role in roles:
        if holds(user, role, village, at=at, area=area):
            return role
    names = "、".join(Role(role).label for role in roles)
    where = f"{village.name}{area.name if area else ''}"
    raise Refused(f"这一步要由{where}的{names}来办。您现在没有这个职务，要是刚换了人，请找文书核对。")


def villages(user: User, *roles: str, at: datetime) -> QuerySet[Division]:
    """Villages where a user holds one of `roles` (any of those that work for a village when none is named)."""
    found = [a for a in appointments(user, at=at) if a.role in (roles or OF_VILLAGES)]
    scope = Q(pk__in=[])
    for appointment in found:
        scope |= Q(code__startswith=appointment.division.prefix)
    return Division.objects.filter(scope, level=Division.Level.VILLAGE)


def village_ids(user: User, *roles: str, at: datetime) -> tuple[int, ...]:
    """As `villages`, by id in order; a query only for a role held above the village."""
    found = [a for a in appointments(user, at=at) if a.role in (roles or OF_VILLAGES)]
    if all(a.division.level == Division.Level.VILLAGE for a in found):
        return tuple(sorted({a.division_id for a in found}))
    return _ids_within(tuple(sorted({a.division.prefix for a in found})))


@read_once
def _ids_within(prefixes: tuple[str, ...]) -> tuple[int, ...]:
    scope = reduce(or_, (Q(code__startswith=prefix) for prefix in prefixes))
    rows = Division.objects.filter(scope, level=Division.Level.VILLAGE)
    return tuple(rows.order_by("pk").values_list("pk", flat=True))


def subjects(user: User, *, at: datetime) -> QuerySet[Subject]:
    """Subjects whose file a user may open: those of villages they work for, areas they lead, links, own home.

    What a user cannot see does not load: a page outside this set is a 404. Source: design/5-trust.md, Access.
    """
    day, scope = today(at), Q(members__user=user, members__left_on__isnull=True)
    scope |= Q(links__in=user.links.on(day).values("pk"))
    for a in appointments(user, at=at):
        if a.role == Role.LEADER:
            scope |= Q(area=a.area)
        elif a.role in {Role.CLERK, Role.COMMITTEE}:
            scope |= Q(village__code__startswith=a.division.prefix)
    return Subject.objects.filter(scope).distinct()


def staff(role: str, village: Division, *, at: datetime, area: Area | None = None) -> list[User]:
    """Active users who hold a role over a village (and area) at a moment, by name."""
    return _users(_appointed((role,), village.code, today(at)), area)


def staff_of(roles: tuple[str, ...], village: Division, *, at: datetime) -> list[list[User]]:
    """As `staff` for each of several roles; one query."""
    rows = _appointed(roles, village.code, today(at))
    return [_users([a for a in rows if a.role == role], None) for role in roles]


def _users(rows: list[Appointment], area: Area | None) -> list[User]:
    near = (a for a in rows if a.role != Role.LEADER or area is None or a.area_id == area.pk)
    return list({a.user_id: a.user for a in near}.values())


@read_once
def _appointed(roles: tuple[str, ...], code: str, day: date) -> list[Appointment]:
    return _in_office((code, code[:9] + "000", code[:6] + "000000"), day, roles=roles)


@prepared
def _in_office(codes: tuple[str, ...], day: date, *, roles: tuple[str, ...]):
    rows = Appointment.objects.on(day).filter(role__in=roles, user__is_active=True, division__code__in=codes)
    return rows.select_related("user").order_by("user__name", "user_id")
