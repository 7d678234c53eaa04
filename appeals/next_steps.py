"""What happens next in a case, said to its household: who must act, by when, and what follows when they do not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from appeals.models import Objection

State = Objection.State
HOUSEHOLD, TOWNSHIP = "您", "镇里"


@dataclass(frozen=True)
class Next:
    """Whose turn it is, their last day, and what is to be known about it in one or two sentences."""

    who: str
    due: date
    sentence: str

    @property
    def is_yours(self) -> bool:
        """Is it the household's own turn."""
        return self.who == HOUSEHOLD


def next_of(case: Objection) -> Next | None:
    """The next step of an open case; None when it is over. Reads the case and the line it is about, no more."""
    if case.state not in Objection.OPEN:
        return None
    who = HOUSEHOLD if case.suspended_at or case.state == State.ANSWERED else TOWNSHIP
    return Next(who, case.answer_by, _sentence(case, f"{case.answer_by.month}月{case.answer_by.day}日"))


def counts_meanwhile(case: Objection) -> str:
    """What the household's score does while the case is open."""
    if case.entry is None:
        return "办完以前，分照原来算。"
    return "办完以前，这一条不算分。" if case.entry.raw_tenths < 0 else "办完以前，这一条照样算分。"


def _sentence(case: Objection, day: str) -> str:
    if case.suspended_at:
        return f"镇里等您补材料，请{day}前交。交了就接着办；到日子没交，镇里按手上有的来定。"
    match case.state:
        case State.FILED:
            return f"镇里{day}前告诉您收不收。到日子没说，就算收了。"
        case State.ACCEPTED:
            return f"镇里在查，{day}前定。{_when_late(case)}"
        case State.ANSWERED:
            return f"有结果了，同意就照结果办；不同意，{day}前可以请镇里别的人复核。到日子没说，就照结果办。"
    return f"换了别的人在复核，{day}前定。{_when_late(case)}"


def _when_late(case: Objection) -> str:
    if case.entry and case.entry.raw_tenths < 0:
        return "到日子没定，这条减分就撤销。"
    return "到日子没定，就转给镇里别的人定。" if case.state == State.ACCEPTED else ""
