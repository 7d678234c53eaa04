"""The dry run of a correction: every household's score and colour, quarter by quarter, before and after.

Read only, nothing is posted. The number of queries grows with the quarters touched, not with the households.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

from appeals.models import Correction
from governance import scorecards
from governance.access import today
from governance.models import Entry, Scorecard, Subject
from governance.periods import quarter_label, quarter_of
from governance.points import format_points, format_total

HEAD = ["片", "门牌", "户名", "哪一季", "撤几条", "撤掉的分", "改前总分", "改前颜色", "改后总分", "改后颜色"]


@dataclass(frozen=True)
class Row:
    """One household in one quarter; amounts in tenths."""

    subject: Subject
    quarter: str
    count: int
    taken_tenths: int
    before: tuple[int, str]
    after: tuple[int, str]

    @property
    def is_recoloured(self) -> bool:
        """Does the colour change."""
        return self.before[1] != self.after[1]

    def cells(self) -> list[str]:
        """The row as texts, in the order of HEAD."""
        score = [_cells(self.before), _cells(self.after)]
        return [
            self.subject.area.name, self.subject.door, self.subject.name, quarter_label(self.quarter),
            str(self.count), format_points(self.taken_tenths), *score[0], *score[1],
        ]  # fmt: skip


@dataclass(frozen=True)
class Preview:
    """Rows by quarter, area and door."""

    rows: list[Row]
    entries: int

    @property
    def homes(self) -> int:
        """How many households."""
        return len({row.subject.pk for row in self.rows})

    @property
    def recoloured(self) -> int:
        """How many scorecards come out in another colour."""
        return sum(row.is_recoloured for row in self.rows)

    def table(self) -> list[list[str]]:
        """All rows as texts under their heads."""
        return [HEAD, *(row.cells() for row in self.rows)]


def preview(correction: Correction, *, at: datetime) -> Preview:
    """What signing the list now would change. Of a signed one, what it changed: as it was a moment before it."""
    entries = list(
        Entry.objects.filter(pk__in=correction.lines.values("entry"))
        .select_related("subject__area")
        .order_by("subject__area__position", "subject__door_order", "subject_id", "pk")
    )
    by_quarter = defaultdict(list)
    for entry in entries:
        for quarter in scorecards.reached(entry.quarter):
            if quarter <= quarter_of(today(at)):
                by_quarter[quarter].append(entry)
    rows = [
        row for quarter in sorted(by_quarter) for row in _rows(correction, quarter, by_quarter[quarter], at)
    ]
    return Preview(rows, len(entries))


def _rows(correction: Correction, quarter: str, entries: list[Entry], at: datetime) -> list[Row]:
    own = defaultdict(list)
    for entry in entries:
        own[entry.subject].append(entry)
    subjects, village = [subject.pk for subject in own], correction.village_id
    base = scorecards.base_tenths(village, quarter)
    given = {"village": village, "quarter": quarter, "base": base}
    if correction.signed_at:
        just_before = correction.signed_at - timedelta(microseconds=1)
        before = scorecards.results(subjects, at=just_before, **given)
        after = scorecards.results(subjects, at=correction.signed_at, **given)
    else:
        also = {subject.pk: [scorecards.undone(entry) for entry in some] for subject, some in own.items()}
        before = scorecards.results(subjects, at=at, **given)
        after = scorecards.results(subjects, at=at, also=also, **given)
    found = []
    for subject, some in own.items():
        here = [entry for entry in some if entry.quarter == quarter]
        pair = before[subject.pk].score, after[subject.pk].score
        if here or pair[0].total_tenths != pair[1].total_tenths:
            taken = -sum(entry.raw_tenths for entry in here)
            found.append(Row(subject, quarter, len(here), taken, *((s.total_tenths, s.colour) for s in pair)))
    return found


def _cells(score: tuple[int, str]) -> list[str]:
    return [format_total(score[0]), Scorecard.Colour(score[1]).label]
