"""The area side by side as its leader sees it: a row a sheet, a cell a household (mockup g-leader-area).

Read only; the number of queries is the same for any number of sheets and households.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.db.models import Prefetch, QuerySet

from governance import access
from governance.models import User
from governance.models.people import Role
from governance.recusal import reasons
from workflows.models import Observation, Round, Sheet, SheetLine
from workflows.who import NOT_OWN_SHEET, settlers

State = Observation.State
HANDED_IN = (Sheet.State.FILED, Sheet.State.CONFIRMED)


def rounds_for(user: User, *, at: datetime) -> QuerySet[Round]:
    """Months whose sheets a user may have to confirm: those of the villages they lead in, or the panel's."""
    where = access.villages(user, Role.LEADER, Role.PANEL, at=at)
    return Round.objects.filter(village__in=where).select_related("village")


@dataclass
class Cell:
    """One household in a sheet's row: `kind` is plain, todo, open, off or aside."""

    subject: object
    kind: str
    says: str
    items: list[Observation]

    @property
    def first(self) -> Observation | None:
        """The item the cell leads to."""
        return next((item for item in self.items if item.state == State.FILED), None)

    @property
    def tenths(self) -> int:
        """Points of the household's items together; not those that were not taken."""
        return sum(item.raw_tenths for item in self.items if item.state != State.REJECTED)

    @property
    def short(self) -> str:
        """What fits into a cell: the first character of the name."""
        return self.subject.name[:1]


@dataclass
class SheetRow:
    """One sheet with its cells; `refusal` says why the reader does not settle it."""

    sheet: Sheet
    cells: list[Cell]
    refusal: str
    waiting: int
    is_mine: bool

    @property
    def is_own(self) -> bool:
        """Is it the reader's own sheet."""
        return self.refusal == NOT_OWN_SHEET

    @property
    def is_ready(self) -> bool:
        """All items settled: the sheet itself waits for the reader."""
        return self.is_mine and self.sheet.state == Sheet.State.FILED and not self.sheet.filed


@dataclass
class AreaPage:
    """A round's sheets of the reader's areas, and of others where the reader stands in."""

    round: Round
    user: User
    at: datetime

    @cached_property
    def areas(self) -> list:
        """The areas the reader leads here."""
        mine = [a for a in access.appointments(self.user, at=self.at) if a.role == Role.LEADER]
        return [a.area for a in mine if a.area.village_id == self.round.village_id]

    @cached_property
    def rows(self) -> list[SheetRow]:
        """A row for each sheet the reader has to do with, by area."""
        rows = [self._row(sheet) for sheet in self._sheets]
        return [row for row in rows if row.sheet.area in self.areas or row.is_mine or row.waiting]

    @cached_property
    def items(self) -> list[Observation]:
        """The items that wait for the reader, in the order of the rows."""
        return [item for row in self.rows for item in self._mine_of(row.sheet)]

    def seen(self, sheet: Sheet) -> list[Observation]:
        """A sheet's items the reader may look at: not of their own household or kin."""
        return [item for item in sheet.items if item.subject_id not in self.aside]

    def row_of(self, sheet: Sheet) -> SheetRow | None:
        """The row of a sheet, if the reader has to do with it."""
        return next((row for row in self.rows if row.sheet == sheet), None)

    @cached_property
    def _sheets(self) -> list[Sheet]:
        items = Observation.objects.exclude(state__in=[State.WITHDRAWN, State.DRAFTED])
        items = items.select_related("subject__area", "rule").prefetch_related("evidence", "rule__steps")
        lines = SheetLine.objects.select_related("subject")
        sheets = (
            Sheet.objects.filter(round=self.round)
            .select_related("rater", "area", "village", "round")
            .prefetch_related(Prefetch("lines", lines), Prefetch("observations", items, to_attr="items"))
            .order_by("area__position", "pk")
        )
        sheets = list(sheets)
        for sheet in sheets:
            sheet.filed = [item for item in sheet.items if item.state == State.FILED]
        return sheets

    @cached_property
    def _may(self) -> dict:
        asked = [(sheet, None) for sheet in self._sheets]
        asked += [(sheet, item) for sheet in self._sheets for item in sheet.filed]
        return settlers(asked, at=self.at)

    @cached_property
    def aside(self) -> dict[int, str]:
        """Households of the reader or their kin, and why: {subject id: reason}."""
        lines = [line.subject_id for sheet in self._sheets for line in sheet.lines.all()]
        return reasons(self.user, lines, at=self.at)

    @cached_property
    def _handed_over(self) -> dict[tuple[int, int], list[SheetLine]]:
        """(rater, area) -> lines of theirs that stand on somebody else's sheet."""
        found = defaultdict(list)
        for sheet in self._sheets:
            for line in sheet.lines.all():
                if line.instead_of_id:
                    line.sheet = sheet
                    found[line.instead_of_id, line.subject.area_id].append(line)
        return found

    def _mine_of(self, sheet: Sheet) -> list[Observation]:
        return [item for item in sheet.filed if self.user in self._may[sheet.pk, item.pk]]

    def _row(self, sheet: Sheet) -> SheetRow:
        users = self._may[sheet.pk, None]
        own, mine = sheet.rater_id == self.user.pk, self.user in users
        refusal = ""
        if own:
            refusal = NOT_OWN_SHEET
        elif not mine:
            refusal = f"这张单由{'、'.join(user.name for user in users) or '镇评审组'}来核。"
        waiting = len(self._mine_of(sheet))
        return SheetRow(sheet, [] if own else self._cells(sheet), refusal, waiting, mine)

    def _cells(self, sheet: Sheet) -> list[Cell]:
        items = defaultdict(list)
        for item in sheet.items:
            items[item.subject_id].append(item)
        cells = [self._cell(sheet, line, items[line.subject_id]) for line in sheet.lines.all()]
        # A household of which only the deductions went to another is still on this sheet.
        here = {line.subject_id for line in sheet.lines.all()}
        away = self._handed_over[sheet.rater_id, sheet.area_id]
        return cells + [
            Cell(line.subject, "off", f"评议人回避，转给{line.sheet.rater}", [])
            for line in away
            if line.subject_id not in here
        ]

    def _cell(self, sheet: Sheet, line: SheetLine, items: list[Observation]) -> Cell:
        if line.subject_id in self.aside:
            return Cell(line.subject, "aside", f"{self.aside[line.subject_id]}，由别的组长核", [])
        if sheet.state not in HANDED_IN:
            return Cell(line.subject, "open", "还没评", [])
        if any(item in self._mine_of(sheet) for item in items):
            return Cell(line.subject, "todo", "等您核", items)
        if any(item.state == State.FILED for item in items):
            return Cell(line.subject, "aside", "有一条由别人来核", [])
        return Cell(line.subject, "plain", "核过了" if items else "没变化", items)
