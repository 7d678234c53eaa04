"""柳溪村 on a walk: its clock, its people, and the one way in which the walk acts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from random import Random

from django.db.models import Model, QuerySet
from hypothesis import note

from governance import vouching
from governance.models import Member, Subject, User
from governance.models.people import Role
from governance.refusals import Refused
from tests import people
from transparency import log

STARTS = datetime(2026, 9, 21, 0, 30, tzinfo=UTC)  # 08:30 in the village; the quarter ends soon
CHINESE = re.compile(r"[\u4e00-\u9fff].*[。？！]", re.DOTALL)
WRONG, STALE, TWICE = 0.15, 0.1, 0.07  # how often: somebody else acts, on an old page, posts it twice


class Village:
    """The world, the clock in UTC as views give it, and everything a verb needs to pick and act."""

    def __init__(self):
        self.world = people.build()
        vouching.take()  # what the fixtures wrote is no act
        self.village = self.world.village
        self.at = STARTS
        self.dice = Random(0)
        self.operator = people.account("操作员", is_superuser=True)
        self.users = list(User.objects.order_by("pk"))
        self.tried = self.done = 0  # acts, those refused included; acts that were done
        self._first_seen: dict[tuple[type, int], Model] = {}

    def act(self, verb: Callable, *, by: User | None, **given) -> object:
        """Do one act: it succeeds, or it is refused with a sentence and leaves nothing in the log.

        Anything else that is raised ends the walk. Returns what the verb returned, None when refused.
        """
        times = 2 if self.dice.random() < TWICE else 1
        first, *_ = [self._once(verb, by=by, **given) for _ in range(times)]
        return first

    def _once(self, verb, **given):
        self.tried += 1
        self.at += timedelta(microseconds=1)  # no two acts fall on one instant
        before = log.head(self.village.code)
        told = ", ".join(f"{name}={_short(value)}" for name, value in given.items())
        note(f"{self.at:%Y-%m-%d %H:%M} {verb.__module__.split('.')[-1]}.{verb.__name__}({told})")
        try:
            result = verb(**given, at=self.at)
        except Refused as refusal:
            note(f"    {type(refusal).__name__}: {refusal}")
            self._check_refusal(refusal, before)
            return None
        unvouched = vouching.take()
        assert not unvouched, f"written without an event, or after it: {unvouched}"
        self.done += 1
        return result if result is not None else True

    def _check_refusal(self, refusal: Refused, head_before) -> None:
        assert CHINESE.search(str(refusal)), f"no sentence: {refusal!r}"
        assert log.head(self.village.code) == head_before, "a refused act left a leaf"

    def pick(self, rows: QuerySet | Iterable) -> Model | None:
        """One of the rows, sometimes as it was when the walk first saw it; None when there is none."""
        found = list(rows.order_by("pk") if isinstance(rows, QuerySet) else rows)
        if not found:
            return None
        row = self.dice.choice(found)
        first = self._first_seen.setdefault((type(row), row.pk), row)
        return first if self.dice.random() < STALE else row

    def who(self, right: Iterable[User]) -> User:
        """One of those who may; sometimes, or when there is none, anybody."""
        right = sorted(right, key=lambda user: user.pk)
        if not right or self.dice.random() < WRONG:
            return self.dice.choice(self.users)
        return self.dice.choice(right)

    def staff(self, role: Role) -> list[User]:
        """Who holds a role here now."""
        from governance.access import staff

        return staff(role, self.village, at=self.at)

    def words(self) -> str:
        """A reason; sometimes none is given."""
        return self.dice.choice(["看过了，情况是这样。"] * 9 + [" "])

    def homes(self) -> QuerySet[Subject]:
        """The files of the village."""
        return Subject.objects.filter(village=self.village)

    def heads(self) -> QuerySet[Member]:
        """The heads of its households."""
        return Member.objects.filter(village=self.village, is_head=True)


def _short(value) -> str:
    match value:
        case User():
            return value.name
        case Model():
            return f"{type(value).__name__}{value.pk}"
        case list():
            return f"[{', '.join(map(_short, value))}]"
    return str(value)
