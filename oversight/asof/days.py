"""Which day a page looks back to, and which other day it is held against."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django import forms

from governance.access import today
from governance.deadlines import end_of
from governance.forms.common import day
from governance.models import Division
from governance.periods import previous_quarter, quarter_bounds, quarter_label, quarter_of
from oversight.forms import check_days

QUARTERS = 4


class DaysForm(forms.Form):
    """The day looked at, and the day to compare with, which may be left open."""

    on = day("看哪一天", missing="请写要看哪一天。")
    then = day("和哪一天比", required=False)

    def __init__(self, data, *, at: datetime):
        self.today = today(at)
        super().__init__(data if "on" in data else {**data.dict(), "on": str(self.today)})

    def clean(self):
        """Neither day lies ahead, nor before there was anything."""
        check_days(self, "on", "then", today=self.today)
        for name, value in list(self.cleaned_data.items()):
            if value and value > self.today:
                self.add_error(name, "那一天还没到，请写今天或以前的日子。")


@dataclass(frozen=True)
class Days:
    """The day looked at and the day it is compared with, if any; `at` is now."""

    on: date
    then: date | None
    at: datetime

    @property
    def moment(self) -> datetime:
        """The end of the day looked at; now, when it is today."""
        return moment(self.on, at=self.at)

    @property
    def earlier_first(self) -> tuple[date, date] | None:
        """Both days in order, or None when there is nothing to compare."""
        return (
            (min(self.on, self.then), max(self.on, self.then)) if self.then and self.then != self.on else None
        )

    @property
    def query(self) -> str:
        """The days as they stand in an address."""
        return f"on={self.on}" + (f"&then={self.then}" if self.then else "")


def moment(day: date, *, at: datetime) -> datetime:
    """What "on a day" means: as things stood when it was over, or stand now."""
    return min(end_of(day), at)


def presets(village: Division, *, at: datetime) -> list[tuple[str, date]]:
    """Days one asks for most: the ends of the last quarters, and the assemblies that adopted rulebooks; one query."""
    quarter, found = quarter_of(today(at)), []
    for _ in range(QUARTERS):
        quarter = previous_quarter(quarter)
        found.append((f"{quarter_label(quarter)}末", quarter_bounds(quarter)[1]))
    adopted = village.rulebooks.filter(assembly_on__isnull=False).order_by("-version")[:QUARTERS]
    found += [(f"细则第{book.version}版大会", book.assembly_on) for book in adopted]
    return [("昨天", today(at) - timedelta(days=1)), *found]
