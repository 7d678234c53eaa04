"""Family ties between an account and a household, declared by either side; one input of recusal."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction

from governance import members
from governance.access import check_role, today
from governance.events import record
from governance.models import Kinship, Member, Subject, User
from governance.models.people import Role
from governance.refusals import Conflict, Invalid, Refused
from governance.saving import save


@transaction.atomic
def declare(*, user: User, subject: Subject, relation: str, by: User, at: datetime) -> Kinship:
    """Say that a user is kin of a household: by the user, by a member of the household, or by the clerk.

    From today the user stays out of that household. Raises Refused, Conflict (declared already) or Invalid.
    """
    role = check_declare(user=user, subject=subject, by=by, at=at)
    subject = members.locked(subject)
    if relation not in Kinship.Relation.values:
        raise Invalid(relation="请选一种亲属关系。")
    if Member.objects.filter(user=user, subject=subject, left_on__isnull=True).exists():
        raise Refused("自己家不用申报，系统本来就让您回避。")
    if subject.kinships.filter(user=user, ends__isnull=True).exists():
        raise Conflict("这层亲属关系已经申报过了，不用再办。")
    row = Kinship(
        village=subject.village,
        user=user,
        subject=subject,
        relation=relation,
        declared_by=by,
        starts=today(at),
    )
    save(row, action="kinship.declared", by=by, at=at)
    _record("kinship.declared", row, by=by, at=at, role=role)
    return row


def check_declare(*, user: User, subject: Subject, by: User, at: datetime) -> str:
    """The role in which `by` may declare a tie between a user and a household. Raises Refused."""
    if by == user:
        return "self"
    if Member.objects.filter(user=by, subject=subject, left_on__isnull=True).exists():
        return "resident"
    return check_role(by, Role.CLERK, village=subject.village, at=at)


@transaction.atomic
def end(*, kinship: Kinship, why: str, by: User, at: datetime) -> Kinship:
    """The clerk ends a tie that was declared by mistake; it still holds today. Nobody ends their own.

    Raises Refused, Conflict (ended already) or Invalid (no reason).
    """
    role = check_role(by, Role.CLERK, village=kinship.village, at=at)
    row = Kinship.objects.select_for_update(no_key=True).get(pk=kinship.pk)
    members.check_reason(why)
    if by.pk == row.user_id:
        raise Refused("自己的亲属关系不能自己取消，请别的文书来办。")
    if row.ends:
        raise Conflict(f"这层关系{row.ends.month}月{row.ends.day}日已经取消了。")
    row.ends = max(today(at), row.starts)
    save(row, action="kinship.ended", by=by, at=at)
    _record("kinship.ended", row, by=by, at=at, role=role, why=why)
    return row


def carry_over(old: Subject, news: Iterable[Subject], *, on: date, by: User, at: datetime) -> None:
    """Ties of a closed file stay with it, for its past, and hold for the files that follow it too.

    Who lived there becomes kin of the closed file, so that nobody judges what was once their own home.
    """
    homes = list(news)
    for member in old.members.filter(left_on=on, user__isnull=False).select_related("user"):
        _copy(old, member.user, Kinship.Relation.OTHER, by=by, at=at)
    for tie in old.kinships.filter(ends__isnull=True).select_related("user"):
        for new in homes:
            _copy(new, tie.user, tie.relation, by=by, at=at)


def _copy(subject: Subject, user: User, relation: str, *, by: User, at: datetime) -> None:
    if Member.objects.filter(user=user, subject=subject, left_on__isnull=True).exists():
        return
    if subject.kinships.filter(user=user, ends__isnull=True).exists():
        return
    row = Kinship(
        village=subject.village,
        user=user,
        subject=subject,
        relation=relation,
        declared_by=by,
        starts=today(at),
    )
    save(row, action="kinship.declared", by=by, at=at)


def _record(name: str, row: Kinship, *, by: User, at: datetime, role: str, why: str = "") -> None:
    record(
        name, village=row.village, about=row, by=by, at=at, role=role, why=why,
        detail={"relation": row.relation}, subject_key=row.subject.key,
    )  # fmt: skip
