"""Who may act where, by date: appointed, ended, succeeded. Ending is a date, never a delete.

The village supervision body takes neither members of the council or the village committee nor their close
relatives (design 2-domain.md; Organic Law of the Villagers Committees, article 32).
"""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q

from governance import links, members
from governance.access import check_role, staff, today
from governance.credentials import create_user
from governance.events import record
from governance.models import Appointment, Area, Division, Kinship, Member, User
from governance.models.people import Role
from governance.refusals import Conflict, Invalid, Refused
from governance.saving import save

IN_VILLAGE = (
    Role.CLERK, Role.RATER, Role.LEADER, Role.COUNCIL, Role.COMMITTEE, Role.SUPERVISION, Role.HELPER,
)  # fmt: skip
WATCHED = (Role.COUNCIL, Role.COMMITTEE)

# hook(appointment, successor, by=…, at=…), run in the transaction that ends an appointment: what the person
# had claimed or was to do passes to the successor, or back to the pool when there is none.
ON_ENDED: list[Callable[..., None]] = []


@transaction.atomic
def create_account(
    *, village: Division, username: str, name: str, password: str, by: User, at: datetime, phone: str = ""
) -> User:
    """The clerk makes an account for somebody who will hold an office. Raises Refused or Invalid."""
    role = check_role(by, Role.CLERK, village=village, at=at)
    if not name.strip():
        raise Invalid(name="要写姓名，签字和公示里用得到。")
    user = create_user(username=username, password=password, name=name, phone=phone, by=by, at=at)
    record("account.created", village=village, about=user, by=by, at=at, role=role)
    return user


@transaction.atomic
def appoint(
    *, user: User, role: str, division: Division, by: User, at: datetime, area: Area | None = None,
    starts: date | None = None,
) -> Appointment:  # fmt: skip
    """Give a role from a day on (today when none is named). A clerk fills the offices of the own village.

    Raises Refused (not allowed to, oneself, supervision and council in one family), Conflict (holds it
    already) or Invalid (area missing or foreign, day in the past).
    """
    acting = check_appoint(role, division, by=by, at=at)
    return _appoint(user, role, division, area, starts or today(at), by=by, at=at, acting=acting)


def check_appoint(role: str, division: Division, *, by: User, at: datetime) -> str:
    """The role in which `by` may fill an office. Raises Refused.

    Offices above the village are filled when the installation is set up, by its operator.
    """
    if by.is_superuser:
        return "operator"
    if role not in IN_VILLAGE or division.level != Division.Level.VILLAGE:
        raise Refused("镇里和县里的职务由系统管理员来设，村里不能设。")
    return check_role(by, Role.CLERK, village=division, at=at)


@transaction.atomic
def end(
    *, appointment: Appointment, why: str, by: User, at: datetime, on: date | None = None,
    successor: User | None = None,
) -> Appointment:  # fmt: skip
    """End an appointment; `on` is its last day, and what was to be done passes on in the same act.

    Without `on` it ends at once: its last day was yesterday, or is today when it only began today.
    A successor is appointed to the same office from the next day. Runs ON_ENDED.
    Raises Refused, Conflict or Invalid.
    """
    acting = check_appoint(appointment.role, appointment.division, by=by, at=at)
    row = (
        Appointment.objects.select_for_update(of=("self",), no_key=True)
        .select_related("user", "division", "area")
        .get(pk=appointment.pk)
    )
    members.check_reason(why)
    _check_end(row, successor, by, at)
    row.ends = _last_day(row, on, at)
    save(row, action="appointment.ended", by=by, at=at)
    _record("appointment.ended", row, by=by, at=at, acting=acting, why=why)
    _pass_on(row, successor, why=why, by=by, at=at, acting=acting)
    return row


@transaction.atomic
def end_many(
    *, appointments: Iterable[Appointment], why: str, by: User, at: datetime, on: date | None = None,
    successors: Mapping[int, User] | None = None,
) -> list[Appointment]:  # fmt: skip
    """End several appointments in one act, all or none, as after an election; successors by its id."""
    given = successors or {}
    return [
        end(appointment=row, why=why, by=by, at=at, on=on, successor=given.get(row.pk))
        for row in sorted(appointments, key=lambda row: row.pk)
    ]


def are_relatives(one: User, other: User, at: datetime) -> bool:
    """Do two people live in one household, or is one kin of the other's household."""
    homes_one, homes_other = _homes(one), _homes(other)
    return bool(homes_one & (homes_other | _kin(other, at)) or homes_other & _kin(one, at))


def _homes(user: User) -> set[int]:
    return set(Member.objects.filter(user=user, left_on__isnull=True).values_list("subject_id", flat=True))


def _kin(user: User, at: datetime) -> set[int]:
    return set(Kinship.objects.on(today(at)).filter(user=user).values_list("subject_id", flat=True))


def _appoint(user, role, division, area, starts, *, by: User, at: datetime, acting: str) -> Appointment:
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    _check_person(user, by)
    _check_place(role, division, area, starts, at)
    _check_free(user, role, division, area, starts)
    _check_supervision(user, role, division, at)
    row = Appointment(user=user, role=role, division=division, area=area, starts=starts)
    save(row, action="appointment.made", by=by, at=at)
    _record("appointment.made", row, by=by, at=at, acting=acting)
    return row


def _check_person(user: User, by: User) -> None:
    if user.pk == by.pk:
        raise Refused("不能自己任命自己，请别的文书来办。")
    if not user.is_active:
        raise Refused("这个账号已经停用，请先换一个账号。")


def _check_place(role: str, division: Division, area: Area | None, starts: date, at: datetime) -> None:
    if (role == Role.LEADER) != (area is not None):
        raise Invalid(area="承包组长要选一个片，别的职务不选片。")
    if area and area.village_id != division.pk:
        raise Invalid(area="这个片不在本村，请重新选。")
    if starts < today(at):
        raise Invalid(starts="只能从今天或以后起任，以前的日子不能补。")


def _check_free(user: User, role: str, division: Division, area: Area | None, starts: date) -> None:
    same = Appointment.objects.filter(user=user, role=role, division=division, area=area)
    if same.filter(Q(ends__isnull=True) | Q(ends__gte=starts)).exists():
        raise Conflict(f"{user}已经是{Role(role).label}了，不用再任命。")


def _check_supervision(user: User, role: str, division: Division, at: datetime) -> None:
    against = {Role.SUPERVISION: WATCHED, **dict.fromkeys(WATCHED, (Role.SUPERVISION,))}.get(role, ())
    for other_role in against:
        for other in staff(other_role, division, at=at):
            if other.pk == user.pk or are_relatives(user, other, at):
                raise Refused(
                    f"村务监督不能由理事会、村两委的人或他们的近亲属担任。{other}是{Role(other_role).label}，请另选一位。"
                )


def _check_end(row: Appointment, successor: User | None, by: User, at: datetime) -> None:
    if row.ends:
        raise Conflict(f"{row.user}的{row.get_role_display()}{row.ends.month}月{row.ends.day}日已经到期了。")
    if successor and successor.pk == row.user_id:
        raise Invalid(successor="接替的人要另选一位。")
    if row.role == Role.CLERK and not successor and not _other_clerks(row):
        raise Refused("村里只有这一位文书。请先任命接替的人，再办离任。")


def _other_clerks(row: Appointment) -> bool:
    """Does somebody else go on as clerk; who ended today does not."""
    clerks = Appointment.objects.filter(role=Role.CLERK, division=row.division, ends__isnull=True)
    return clerks.exclude(user=row.user).filter(user__is_active=True).exists()


def _last_day(row: Appointment, on: date | None, at: datetime) -> date:
    if on is None:
        return max(today(at) - timedelta(days=1), row.starts)
    if not row.starts <= on <= today(at):
        raise Invalid(on="离任的日子要在上任以后、今天以前（含今天）。")
    return on


def _pass_on(
    row: Appointment, successor: User | None, *, why: str, by: User, at: datetime, acting: str
) -> None:
    starts = max(row.ends + timedelta(days=1), today(at))
    if successor:
        with suppress(Conflict):  # the successor holds the office already
            _appoint(successor, row.role, row.division, row.area, starts, by=by, at=at, acting=acting)
    if row.role == Role.RATER:
        links.hand_over(row, successor, starts, why=why, by=by, at=at, role=acting)
    for hook in ON_ENDED:
        hook(row, successor, by=by, at=at)


def _record(name: str, row: Appointment, *, by: User, at: datetime, acting: str, why: str = "") -> None:
    detail = {
        "user": str(row.user.key),
        "role": row.role,
        "area": row.area.name if row.area else "",
        "starts": str(row.starts),
        "ends": str(row.ends or ""),
    }
    record(name, village=row.division, about=row, by=by, at=at, role=acting, why=why, detail=detail)
