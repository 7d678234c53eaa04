"""What a rater's month looks like on a page: lines in their groups, facts, what happened last month.

Read only; the number of queries is the same for any number of households.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from django.db.models import Sum

from governance.events import why_of
from governance.models import Event
from governance.points import format_total
from workflows import evidence
from workflows.models import Observation, Sheet, SheetLine

Verdict = SheetLine.Verdict
State = Observation.State
EDITABLE = (Sheet.State.OPEN, Sheet.State.RETURNED)


@dataclass
class Row:
    """One household on the sheet with its facts; `last_month` says what was then."""

    line: SheetLine
    items: list[Observation]
    last_month: str = ""

    @property
    def subject(self):
        """The household."""
        return self.line.subject


@dataclass
class SheetPage:
    """A sheet as its rater sees it."""

    sheet: Sheet
    rows: list[Row] = field(init=False)

    def __post_init__(self):
        items = defaultdict(list)
        for item in items_of(self.sheet):
            items[item.subject_id].append(item)
        before = _last_month(self.sheet)
        lines = self.sheet.lines.select_related("subject__area", "instead_of")
        self.rows = [Row(line, items[line.subject_id], before.get(line.subject_id, "")) for line in lines]

    @property
    def is_open(self) -> bool:
        """May it still be filled in."""
        return self.sheet.state in EDITABLE

    @property
    def todo(self) -> list[Row]:
        """Households still to rate."""
        return [row for row in self.rows if row.line.verdict == Verdict.TODO]

    @property
    def done(self) -> list[Row]:
        """Households rated."""
        return [row for row in self.rows if row.line.verdict != Verdict.TODO]

    @property
    def items(self) -> list[Observation]:
        """All facts on the sheet, household by household."""
        return [item for row in self.rows for item in row.items]

    def handed_over(self):
        """Linked households that somebody else rates this month: kin, the rater's own, or who objected."""
        lines = SheetLine.objects.filter(sheet__round=self.sheet.round_id, instead_of=self.sheet.rater_id)
        own_area = lines.filter(subject__area=self.sheet.area_id).exclude(sheet=self.sheet)
        own_area = own_area.exclude(subject__in=self.sheet.lines.values("subject"))
        return own_area.select_related("subject", "sheet__rater")

    def problems(self) -> list[dict]:
        """What stands in the way of handing in, as rows of components/errors.html."""
        todo = [{"text": f"{row.subject.name}还没评", "href": f"line-{row.line.pk}"} for row in self.todo]
        gaps = [(item, evidence.missing(item)) for item in self.items if item.state == State.DRAFTED]
        return todo + [
            {"text": f"{item.subject.name}：{gap}", "href": f"item-{item.key}"} for item, gap in gaps if gap
        ]

    def next_todo(self, after=None):
        """The next household to rate below `after`, then from the top; None when all are rated."""
        order = [row.subject for row in self.rows]
        start = order.index(after) + 1 if after in order else 0
        todo = {row.subject for row in self.todo} - {after}
        return next((subject for subject in order[start:] + order[:start] if subject in todo), None)


def items_of(sheet: Sheet) -> list[Observation]:
    """The facts of a sheet with what a page shows of them; a leader's words in `.words`."""
    items = list(
        sheet.observations.exclude(state=State.WITHDRAWN)
        .select_related("subject", "rule", "round")
        .prefetch_related("evidence", "rule__steps")
    )
    words = _words_about(items)
    for item in items:
        item.words = words.get(str(item.key), "")
    return items


def _words_about(items: list[Observation]) -> dict[str, str]:
    """Why the leader did not take an item or measured otherwise: {item key: their words}."""
    judged = [str(item.key) for item in items if item.state not in (State.DRAFTED, State.FILED)]
    events = Event.objects.filter(
        about_type=Observation._meta.label_lower, about_id__in=judged,
        name__in=["observation.adjusted", "observation.rejected"],
    )  # fmt: skip
    return {event.about_id: why_of(event) for event in events.select_related("body").order_by("id")}


def _last_month(sheet: Sheet) -> dict[int, str]:
    """{subject id: what the same rater's last sheet of the area said of it}."""
    last = Sheet.objects.filter(
        rater=sheet.rater_id, area=sheet.area_id, round__month__lt=sheet.round.month
    ).order_by("-round__month").first()  # fmt: skip
    if last is None or last.state == Sheet.State.MISSING:
        return {}
    counted = last.observations.exclude(state__in=[State.REJECTED, State.WITHDRAWN])
    sums = dict(counted.order_by().values_list("subject_id").annotate(sum=Sum("raw_tenths")))
    lines = last.lines.values_list("subject_id", flat=True)
    return {pk: _said(sums[pk]) if pk in sums else "上月没变化" for pk in lines}


def _said(tenths: int) -> str:
    return f"上月{'加' if tenths > 0 else '减'}{format_total(abs(tenths))}分" if tenths else "上月不加不减"
