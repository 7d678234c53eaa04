"""A household's scorecard on a day, explained line by line, and what another day says otherwise.

Only for who opened the file with a reason (oversight.opening). Source: design/1-product.md, limits 1 and 4.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from governance import scorecards
from governance.access import today
from governance.households import Row, Sheet, sheet_as_of
from governance.models import Scorecard, Subject
from governance.periods import previous_quarter, quarter_bounds, quarter_of
from governance.points import format_points, format_total
from governance.refusals import Refused
from governance.subjects import CLOSING
from governance.why import Why, why
from oversight.asof.days import moment
from oversight.asof.differences import Difference, compare, said
from oversight.replays.words import Off, offs

HEADS = ["哪一天", "细则", "事项"]
LABELS = {"counts": "算几分"}


@dataclass(frozen=True)
class Item:
    """One line of a sheet as two days are compared in it."""

    day: date
    number: str
    text: str
    counts: str

    @property
    def called(self) -> str:
        """What it is called where it changed."""
        return f"{said(self.day)}，细则{self.number}{self.text}"

    @property
    def cells(self) -> list[str]:
        """Its texts under HEADS."""
        return [str(self.day), self.number, self.text]


@dataclass(frozen=True)
class Replayed:
    """Does the signed card come out again from ledger and rules; each value that does not."""

    card: Scorecard
    differences: list[Off]


def takes_part(subject: Subject, *, at: datetime) -> bool:
    """May its score be shown to anybody outside: it once agreed and has not withdrawn.

    A file that was closed (moved, split, merged) ended its enrolment by that very act; that is no withdrawal.
    """
    left = subject.enrolled_to
    if subject.enrolled_from is None or left is None or left > today(at):
        return subject.enrolled_from is not None
    ended = subject.history.filter(enrolled_to=left).order_by("history_id").first()
    return ended is not None and ended.history_change_reason in CLOSING


def quarters(subject: Subject, day: date) -> list[str]:
    """The quarters one can ask for on a day, newest first, from the household's enrolment on."""
    first = quarter_of(subject.enrolled_from) if subject.enrolled_from else "9999Q1"
    found, quarter = [], quarter_of(day)
    while quarter >= first:
        found.append(quarter)
        quarter = previous_quarter(quarter)
    return found


def card(subject: Subject, quarter: str, day: date, *, at: datetime) -> Why | None:
    """The sheet of a quarter as it stood on a day; None when it did not take part by then, or no rules held."""
    starts = max(quarter_bounds(quarter)[0], subject.enrolled_from)
    if not takes_part(subject, at=at) or day < starts:
        return None
    try:
        return why(sheet_as_of(subject, quarter, at=moment(day, at=at)))
    except Refused:  # no rulebook was in force
        return None


def difference(before: Why | None, after: Why | None) -> Difference:
    """Lines that came, went, or count otherwise."""
    return compare(*({} if one is None else _items(one.sheet) for one in (before, after)), LABELS)


def replayed(subject: Subject, sheet: Sheet) -> Replayed | None:
    """Recompute the card that the sheet shows; None while nothing is signed."""
    if sheet.card is None:
        return None
    village, found = subject.village_id, sheet.card
    [result] = scorecards.results(
        [subject.pk], village=village, quarter=found.quarter,
        base=scorecards.base_tenths(village, found.quarter), at=found.computed_at,
    ).values()  # fmt: skip
    return Replayed(found, offs(scorecards.differences(found, result)))


def total(one: Why | None) -> str:
    """The total of a sheet in words; empty when there is none."""
    return format_total(one.sheet.score.total_tenths) if one else ""


def lines(one: Why) -> list[list[str]]:
    """A sheet as the lines of a spreadsheet."""
    found = [
        ["哪一天", "细则", "版本", "事项", "怎么算", "证据", "表决", "原分", "算几分", "累计", "怎么来的"]
    ]
    for line in one.lines:
        row, story = line.row, line.story
        found.append([
            str(row.entry.occurred_on), line.rule.number, f"第{line.rule.rulebook.version}版",
            row.fact.text if row.fact else line.rule.text, line.terms, row.fact.evidence if row.fact else "",
            story.votes if story else "", format_points(row.entry.raw_tenths), _counts(row),
            format_total(row.line.running_tenths), row.sentence,
        ])  # fmt: skip
    return found


def _items(sheet: Sheet) -> dict[int, Item]:
    return {
        row.entry.pk: Item(row.entry.occurred_on, row.entry.rule.number, row.entry.rule.text, _counts(row))
        for row in sheet.rows
    }


def _counts(row: Row) -> str:
    if row.is_held:
        return "暂不计"
    return format_points(row.line.effective_tenths) if row.is_counted else "撤销，不算分"
