"""Nobody judges their own case or kin (design/1-product.md, limit 7): computed, never declared by hand."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.db.models import Value

from governance.access import today
from governance.models import Kinship, Member, Subject, User
from governance.prepared import prepared
from governance.refusals import Refused
from governance.requests import read_once

OWN = "这是您自己家"
KIN = "这一户是您的亲属"


def pairs(
    users: Iterable[User | int], subjects: Iterable[Subject | int], *, at: datetime
) -> dict[tuple[int, int], str]:
    """Who must stay out of what, and why: {(user id, subject id): reason}; one query however many of either."""
    # A person has few kin, a page many subjects: the database is asked by person only.
    who = frozenset(getattr(user, "pk", user) for user in users)
    asked = {getattr(subject, "pk", subject) for subject in subjects}
    return {pair: why for pair, why in _ties(who, today(at)).items() if pair[1] in asked}


@read_once
def _ties(users: frozenset[int], day: date) -> dict[tuple[int, int], str]:
    # False comes first: of who is both, it is said that it is their own home.
    return {
        (user, subject): OWN if is_own else KIN for user, subject, is_own in sorted(_found(tuple(users), day))
    }


@prepared
def _found(users: tuple[int, ...], day: date):
    own = Member.objects.filter(left_on__isnull=True, user__in=users).values_list("user_id", "subject_id")
    kin = Kinship.objects.on(day).filter(user__in=users).values_list("user_id", "subject_id")
    return kin.annotate(is_own=Value(False)).union(own.annotate(is_own=Value(True)), all=True)


def reasons(user: User, subjects: Iterable[Subject | int], *, at: datetime) -> dict[int, str]:
    """Why a user must stay out of each subject: {subject id: reason}; one query however many subjects."""
    return {subject: why for (_, subject), why in pairs([user], subjects, at=at).items()}


def recused_users(users: Iterable[User], subject: Subject, *, at: datetime) -> set[int]:
    """Ids of those among `users` who must stay out of one subject."""
    return {user for user, _ in pairs(users, [subject], at=at)}


def check_impartial(user: User, subject: Subject, *, at: datetime) -> None:
    """Raises Refused when a user is of the household or its kin; asked at assignment, opening and posting."""
    reason = reasons(user, [subject], at=at).get(subject.pk)
    if reason:
        raise Refused(f"{reason}，按规定要回避，由别人来办，不用您做什么。")
