"""Drive one objection of 王大爷 through its life by the real services, to any state."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from appeals import decisions, facts, objections
from appeals.against import Against
from appeals.models import Objection
from governance import deadlines
from governance.points import Fact
from tests.months import Month
from tests.people import NOON, World
from tests.published import entry

GROUNDS = "看了照片，问了邻居。"


@dataclass
class Case:
    """One objection and the clock it is told by; each method is one step forward."""

    world: World
    month: Month
    at: datetime = NOON
    row: Objection | None = None

    def file(self, name="litter", text="袋子不是我家的", **changed) -> Case:
        """王大爷 objects online."""
        against = changed.pop("against", None) or Against.line(entry(self.month, name))
        said = {
            "text": text,
            "how": "online",
            "for_member": self.world.head,
            "by": self.world.wang,
            "at": self.at,
        }
        self.row = objections.file(against=against, **{**said, **changed})
        return self

    def accept(self, by=None) -> Case:
        """The officer takes it up."""
        decisions.accept(objection=self.row, by=by or self.world.officer, at=self.at)
        return self.again()

    def decide(self, outcome: str, by=None, **given) -> Case:
        """Whoever acts opens the page and decides."""
        seen = facts.seen(self.again().row, at=self.at)
        decisions.decide(
            objection=self.row, outcome=outcome, grounds=GROUNDS, **{"seen": seen, **given},
            by=by or self.world.officer, at=self.at,
        )  # fmt: skip
        return self.again()

    def ask_review(self, text="还是不对") -> Case:
        """王大爷 asks for a second review."""
        decisions.ask_review(objection=self.row, text=text, by=self.world.wang, at=self.at)
        return self.again()

    def to_review(self) -> Case:
        """Rejected, and a second review asked for."""
        return self.file().accept().decide("rejected").ask_review()

    def wait(self, **later) -> Case:
        """Time passes; what is due fires."""
        self.at += timedelta(**later)
        deadlines.fire_due(self.at)
        return self.again()

    def to_due(self) -> Case:
        """To a second after the step's last day."""
        self.at = max(self.at, deadlines.end_of(self.again().row.answer_by) + timedelta(seconds=1))
        deadlines.fire_due(self.at)
        return self.again()

    def again(self) -> Case:
        """Read the row anew."""
        self.row = Objection.objects.get(pk=self.row.pk)
        return self


def hours(n: int) -> Fact:
    """What was really the case: n hours."""
    return Fact(quantity_milli=n * 1000)
