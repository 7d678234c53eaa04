"""Why this score: a quarter's sheet with everything behind each line, for the screen and for one printed page.

The household's own page and a supervisor's page show the same. Source: design/6-experience.md, Why this score.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.timezone import localdate

from governance import stories
from governance.households import Row, Sheet
from governance.models import Rule, Rulebook
from governance.rulebook_changes import said
from governance.stories import Step, Story

LINES_OF_A_PAGE = 6


@dataclass(frozen=True)
class Signed:
    """Signatures of one office under one thing on one day: how many people gave them."""

    step: Step
    people: int


@dataclass(frozen=True)
class Line:
    """One line: the sheet's row, the rule with its terms in words, and what stands behind it if told."""

    row: Row
    rule: Rule
    terms: str
    story: Story | None

    @property
    def open_until(self) -> datetime | None:
        """Until when it can be objected to within its notice; None where nobody tells."""
        return self.row.fact.open_until if self.row.fact else None

    @property
    def signed(self) -> list[Signed]:
        """Who signed the month it was posted with."""
        return _together(self.story.signed) if self.story else []


@dataclass(frozen=True)
class Why:
    """A quarter explained: its lines, who signed its card, and the rulebook versions its lines were made under."""

    sheet: Sheet
    lines: list[Line]
    signed: list[Signed]
    books: list[Rulebook]

    @property
    def is_long(self) -> bool:
        """More than a page takes in ordinary type."""
        return len(self.lines) > LINES_OF_A_PAGE


def why(sheet: Sheet) -> Why:
    """Everything behind a sheet; a constant number of queries, however many lines."""
    rules = _rules({row.entry.rule_id for row in sheet.rows})
    told = stories.told({row.entry.source for row in sheet.rows})
    lines = [
        Line(row, (rule := rules[row.entry.rule_id]), said(rule), told.get(row.entry.source))
        for row in sheet.rows
    ]
    books = {rule.rulebook.pk: rule.rulebook for rule in rules.values()}
    signed = stories.signed_cards([sheet.card]).get(sheet.card.pk, []) if sheet.card else []
    return Why(sheet, lines, _together(signed), sorted(books.values(), key=lambda book: book.version))


def _together(steps: Iterable[Step]) -> list[Signed]:
    """Nobody is named, so equal signatures are one line with how many they are."""
    found: dict[tuple, list[Step]] = {}
    for step in steps:
        found.setdefault((step.who, step.what, localdate(step.at)), []).append(step)
    return [Signed(same[0], len(same)) for same in found.values()]


def _rules(ids: Iterable[int]) -> dict[int, Rule]:
    rows = Rule.objects.filter(pk__in=ids).select_related("rulebook").prefetch_related("steps")
    return {row.pk: row for row in rows}
