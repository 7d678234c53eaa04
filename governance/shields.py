"""反报复回避: whose work a household objected to judges no deduction on it for a while (design/1-product.md).

The case is no reproach: pluses stay with them, and the protection stays when the objection is withdrawn,
so that nobody gains by pressing a household to withdraw it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from governance.access import today
from governance.events import record
from governance.models import Division, Shield, Subject, User
from governance.policies import value
from governance.prepared import prepared
from governance.requests import read_once
from governance.saving import create_many

SHIELDED = "这一户对您经手的记分提过异议，减分由别人来看，不是说您有错"


def raise_for(
    *, subject: Subject, users: Iterable[User | None], cause: str, village: Division, by: User | None,
    at: datetime,
) -> list[Shield]:  # fmt: skip
    """Keep users out of new deductions on a subject for `shield_days`; `cause` is "objection:<key>".

    Who stands under the same cause already is left as they are; a None among `users` is nobody. Returns the
    shields made. Effects: one event for all of them. The caller holds the lock of the case, in its transaction.
    """
    named = {user.pk: user for user in users if user is not None}
    known = Shield.objects.filter(subject=subject, cause=cause, user__in=list(named))
    for user in list(known.values_list("user", flat=True)):
        del named[user]
    if not named:
        return []
    starts = today(at)
    ends = starts + timedelta(days=value("shield_days", village, starts))
    rows = [
        Shield(village=village, user=user, subject=subject, cause=cause, starts=starts, ends=ends)
        for _, user in sorted(named.items())
    ]
    made = create_many(rows, action="shield.raised", by=by, at=at)
    record(
        "shield.raised", village=village, about=subject, by=by, at=at, subject_key=subject.key,
        detail={"cause": cause, "until": ends.isoformat(), "users": [str(row.user.key) for row in made]},
    )  # fmt: skip
    return made


def pairs(
    users: Iterable[User | int], subjects: Iterable[Subject | int], *, at: datetime
) -> set[tuple[int, int]]:
    """Who judges no deduction on whom: {(user id, subject id)}; one query however many of either."""
    # As for kin: a person has few shields, a page many subjects.
    who = frozenset(getattr(user, "pk", user) for user in users)
    asked = {getattr(subject, "pk", subject) for subject in subjects}
    return {pair for pair in _standing(who, today(at)) if pair[1] in asked}


def is_shielded(user: User, subject: Subject, *, at: datetime) -> bool:
    """Does a user judge no deduction on one subject now."""
    return bool(pairs([user], [subject], at=at))


@read_once
def _standing(users: frozenset[int], day: date) -> set[tuple[int, int]]:
    return set(_found(tuple(users), day))


@prepared
def _found(users: tuple[int, ...], day: date):
    return Shield.objects.on(day).filter(user__in=users).values_list("user_id", "subject_id")
