"""All that anybody does in a walk, and all that must hold after it."""

from __future__ import annotations

from collections.abc import Callable

from tests.walk import cases, clock, mending, month, people, quarter
from tests.walk.cases_hold import CasesHold
from tests.walk.history_holds import HistoryHolds
from tests.walk.ledger_holds import LedgerHolds
from tests.walk.log_holds import LogHolds
from tests.walk.mending_holds import MendingHolds
from tests.walk.tasks_hold import TasksHold
from tests.walk.village import Village


def _of(*modules) -> list[Callable]:
    return [verb for module in modules for verb, weight in module.VERBS.items() for _ in range(weight)]


ACTS = _of(month, quarter, cases, mending, people)  # each as often as it is likely
PASSING = _of(clock)


class Everything:
    """Log, history, ledger and tasks, whenever something was done or time has passed."""

    def __init__(self, village: Village):
        self.village, self.checked = village, 0
        self.must_hold = [
            LogHolds(village.village), HistoryHolds(), LedgerHolds(village), TasksHold(village),
            CasesHold(village), MendingHolds(village),
        ]  # fmt: skip

    def check(self) -> None:
        """Raises AssertionError with what is wrong."""
        if self.village.done == self.checked:
            return
        self.checked = self.village.done
        for what in self.must_hold:
            what.check()
