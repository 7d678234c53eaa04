"""The official calendar's own rows: entered by an administrator when a year is announced (design/2-domain.md, Policy)."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple

from django.db import transaction

from governance import deadlines
from governance.models import CalendarDay, Deadline
from governance.refusals import Invalid

_WORDS = {"上班": True, "放假": False}


class Day(NamedTuple):
    """A day on which people work or not, whatever its weekday says."""

    day: date
    is_workday: bool


def read(lines: Iterable[str]) -> list[Day]:
    """Days from CSV lines 日期,上班或放假; raises Invalid naming every line that does not fit."""
    found, wrong = [], []
    for n, row in enumerate(csv.reader(lines), start=1):
        cells = [cell.strip().lstrip("\ufeff") for cell in row]
        if not any(cells) or cells[0] == "日期":
            continue
        try:
            found.append(Day(date.fromisoformat(cells[0]), _WORDS[cells[1]]))
        except (ValueError, KeyError, IndexError):
            wrong.append(f"第{n}行“{','.join(row)}”")
    if wrong:
        raise Invalid(f"{'；'.join(wrong)}：要写成“2027-10-01,放假”或“2027-10-09,上班”这样。一行也没有录。")
    return found


@transaction.atomic
def enter(days: Iterable[Day], *, source: str, at: datetime) -> list[Deadline]:
    """Enter days, or correct them, and count provisional deadlines again; returns the deadlines that moved.

    A year counts as known once its National Day is among the rows (governance.workdays). Raises Invalid without a
    source.
    """
    if not source.strip():
        raise Invalid(source="请写明依据，比如国务院办公厅的哪份通知。")
    for day, is_workday in days:
        CalendarDay.objects.update_or_create(
            day=day, defaults={"is_workday": is_workday, "source": source.strip()}
        )
    return deadlines.recount(at)
