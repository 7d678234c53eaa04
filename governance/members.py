"""The adults of a household: added, corrected, left, and who is its head. Children are never stored."""

from datetime import date, datetime

from django.db import transaction

from governance import consents
from governance.access import check_role, today
from governance.events import record
from governance.identity import Person, clean
from governance.models import Member, Subject, User
from governance.models.people import Role
from governance.refusals import Conflict, Invalid, Refused
from governance.saving import save


@transaction.atomic
def add(*, subject: Subject, person: Person, by: User, at: datetime) -> Member:
    """Enter an adult of a household; from 14 to 17 too, without a consent of their own.

    Raises Refused (not the clerk, closed file) or Invalid (under 14, ID or phone wrong, already entered).
    """
    role = check_role(by, Role.CLERK, village=subject.village, at=at)
    subject = locked(subject)
    person = clean(person, today(at))
    check_new(subject, person)
    return enter(subject, person, action="member.added", by=by, at=at, role=role)


@transaction.atomic
def correct(*, member: Member, person: Person, by: User, at: datetime) -> Member:
    """Mend what is written about a member; the same person stays the same person.

    Raises Refused or Invalid. Before and after go into the event's private body.
    """
    role = check_role(by, Role.CLERK, village=member.village, at=at)
    subject = locked(member.subject)
    member = _here(member)
    person = clean(person, today(at))
    check_new(subject, person, but=member)
    before = _written(member)
    _write(member, person)
    save(member, action="member.corrected", by=by, at=at)
    _record(
        "member.corrected",
        member,
        by=by,
        at=at,
        role=role,
        detail={"before": before, "after": _written(member)},
    )
    return member


@transaction.atomic
def leave(*, member: Member, on: date, why: str, by: User, at: datetime) -> Member:
    """A member no longer belongs to the household: their account sees it no more.

    Raises Refused (the head: choose another first), Conflict (gone) or Invalid (no reason, wrong day).
    """
    role = check_role(by, Role.CLERK, village=member.village, at=at)
    locked(member.subject)
    member = _here(member)
    check_reason(why)
    check_day(on, at)
    if member.is_head:
        raise Refused("户主不能直接离开。请先换户主；户主去世的，请用“户主去世”来办。")
    go(member, on, action="member.left", by=by, at=at)
    _record("member.left", member, by=by, at=at, role=role, why=why)
    return member


@transaction.atomic
def change_head(*, member: Member, why: str, by: User, at: datetime) -> Member:
    """Make another member the head. Without that member's own consent to scoring, scoring ends today.

    Raises Refused, Conflict (already the head) or Invalid (no reason).
    """
    role = check_role(by, Role.CLERK, village=member.village, at=at)
    subject = locked(member.subject)
    member = _here(member)
    check_reason(why)
    if member.is_head:
        raise Conflict("这一位已经是户主了，不用再换。")
    for old in subject.members.filter(is_head=True, left_on__isnull=True):
        old.is_head = False
        save(old, action="head.changed", by=by, at=at)
    member.is_head = True
    save(member, action="head.changed", by=by, at=at)
    consents.keep_enrolment(subject, since=today(at), action="head.changed", by=by, at=at)
    _record("head.changed", member, by=by, at=at, role=role, why=why)
    return member


@transaction.atomic
def unbind(*, member: Member, why: str, by: User, at: datetime) -> Member:
    """Part a member from an account, after a lost phone or a mix-up; a new slip binds another one.

    Raises Refused, Conflict (no account bound) or Invalid (no reason).
    """
    role = check_role(by, Role.CLERK, village=member.village, at=at)
    locked(member.subject)
    member = _here(member)
    check_reason(why)
    if member.user_id is None:
        raise Conflict("这一位没有绑定账号，不用解绑。")
    member.user = None
    save(member, action="member.unbound", by=by, at=at)
    _record("member.unbound", member, by=by, at=at, role=role, why=why)
    return member


def locked(subject: Subject) -> Subject:
    """The file, locked and still open. Raises Conflict when it was closed meanwhile."""
    subject = Subject.objects.select_for_update(no_key=True).get(pk=subject.pk)
    if subject.closed_on:
        raise Conflict("这份档案已经结了，请到新的档案里办。")
    return subject


def enter(
    subject: Subject, person: Person, *, action: str, by: User, at: datetime, role: str,
    is_head: bool = False, user: User | None = None,
) -> Member:  # fmt: skip
    """Write a new member of a locked file, checked before; `user` is the account they bring along."""
    member = Member(village=subject.village, subject=subject, is_head=is_head, user=user)
    _write(member, person)
    save(member, action=action, by=by, at=at)
    _record(action, member, by=by, at=at, role=role, detail={"after": _written(member)})
    return member


def go(member: Member, on: date, *, action: str, by: User, at: datetime) -> None:
    """Write that a member of a locked file is gone from a day on; their consents end with it."""
    consents.lapse(member, on, action=action, by=by, at=at)
    member.left_on = on
    save(member, action=action, by=by, at=at, fields=["left_on"])


def check_new(subject: Subject, person: Person, but: Member | None = None) -> None:
    """Raises Invalid when somebody in the village has this ID number, or in the household this name."""
    others = Member.objects.filter(village_id=subject.village_id, left_on__isnull=True)
    others = others.exclude(pk=but.pk) if but else others
    if person.id_number and others.filter(id_index=person.id_number).exists():
        raise Invalid(id_number="村里已经有人是这个身份证号，一个人只在一户。请核对，或者先办离开。")
    if others.filter(subject=subject, name_index=person.name).exists():
        raise Invalid(name="这一户已经有这个名字了。真的同名，请在后面加一个字分开。")


def check_reason(why: str) -> None:
    """Raises Invalid without a reason."""
    if not why.strip():
        raise Invalid(why="请写明原因，以后查得到。")


def check_day(on: date, at: datetime) -> None:
    """Raises Invalid for a day that has not come yet."""
    if on > today(at):
        raise Invalid(on="这一天还没到，请写已经发生的日子。")


def person_of(member: Member) -> Person:
    """A member as written, to be entered elsewhere."""
    return Person(member.name, member.phone or "", member.id_number or "")


def _here(member: Member) -> Member:
    member = Member.objects.select_related("village", "subject").get(pk=member.pk)
    if member.left_on:
        raise Conflict(f"这一位{member.left_on.month}月{member.left_on.day}日已经离开这一户了。")
    return member


def _write(member: Member, person: Person) -> None:
    member.name, member.phone, member.id_number = person.name, person.phone or None, person.id_number or None


def _written(member: Member) -> dict[str, str]:
    return {"name": member.name, "phone": member.phone or "", "id_number": member.id_number or ""}


def _record(
    name: str, member: Member, *, by: User, at: datetime, role: str, why: str = "", detail=None
) -> None:
    record(
        name, village=member.village, about=member, by=by, at=at, role=role, why=why, detail=detail,
        subject_key=member.subject.key,
    )  # fmt: skip
