"""Two people act in one moment, each in a transaction of their own: what they do is taken from the walk's verbs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial

from django.db import OperationalError

from governance import deadlines
from governance.refusals import Refused
from tests.real_transactions import overlapping
from tests.walk.village import CHINESE, Village

_INSTANT = timedelta(microseconds=1)


HELD = 0.03  # seconds that the first act stays uncommitted, beside the second


class _Chosen(BaseException):
    """What a verb was about to do; ends the verb."""


class Crowd(Village):
    """The village of the walk, where an act is chosen first and done later, beside another."""

    def __init__(self):
        super().__init__()
        self.waited: list[str] = []  # pairs of which one gave up its lock: they answer 409

    def act(self, verb: Callable, *, by, **given) -> object:
        """Choose; nothing is done yet."""
        raise _Chosen(verb, {"by": by, **given})

    def choose(self, verbs: list[Callable]) -> Callable[[], object]:
        """Something that somebody could do now."""
        while True:
            try:
                self.dice.choice(verbs)(self)
            except _Chosen as chosen:
                return partial(chosen.args[0], **chosen.args[1])

    def together(self, verbs: list[Callable]) -> None:
        """Two acts, the second while the first is not committed; sometimes it is the same, or the ticker."""
        first = self.choose(verbs)
        second = self.dice.choice([self.choose(verbs)] * 6 + [first, partial(deadlines.fire_due)])
        names = f"{_name(first)} | {_name(second)}"
        print(f"{self.at:%Y-%m-%d %H:%M:%S.%f} {names}")
        for result in overlapping(self._timed(first), self._timed(second), seconds=HELD):
            self._look(result, names)
        self.done += 1

    def _timed(self, act: partial) -> Callable[[], object]:
        self.tried += 1
        self.at += _INSTANT
        return partial(act, at=self.at)

    def _look(self, result: object, names: str) -> None:
        if isinstance(result, ExceptionGroup):
            for each in result.exceptions:
                self._look(each, names)
        elif isinstance(result, OperationalError):
            self.waited.append(f"{names}: {result}")
        elif isinstance(result, Refused):
            assert CHINESE.search(str(result)), f"no sentence: {result!r}"
        elif isinstance(result, Exception):
            raise AssertionError(f"{names}: {result!r}") from result


def _name(act: partial) -> str:
    return f"{act.func.__module__.split('.')[-1]}.{act.func.__name__}"
