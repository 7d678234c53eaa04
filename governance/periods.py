"""Months and quarters as plain functions; nothing here looks at a clock.

A month is the date of its first day. A quarter is a text such as "2026Q3", the form in which it is
stored, sorted and put into addresses.
"""

import calendar
import re
from datetime import date, timedelta

from governance.refusals import Invalid

_MONTH = re.compile(r"([1-9][0-9]{3})-(0[1-9]|1[0-2])")
_QUARTER = re.compile(r"([1-9][0-9]{3})Q([1-4])")
_ORDINALS = "一二三四"


def parse_month(text: str) -> date:
    """Return the first day of the month written "2026-10"; raise Invalid for anything else."""
    found = _MONTH.fullmatch(text)
    if not found:
        raise Invalid(f"“{text}”不是月份。请写成2026-10这样：四位年份、短横、两位月份。")
    return date(int(found[1]), int(found[2]), 1)


def month_of(day: date) -> date:
    """Return the first day of the month that `day` is in."""
    return date(day.year, day.month, 1)


def month_end(day: date) -> date:
    """Return the last day of the month that `day` is in."""
    return date(day.year, day.month, calendar.monthrange(day.year, day.month)[1])


def next_month(day: date) -> date:
    """Return the first day of the month after the one that `day` is in."""
    return month_end(day) + timedelta(days=1)


def month_label(day: date) -> str:
    """Name the month that `day` is in: 2026年10月."""
    return f"{day.year}年{day.month}月"


def quarter_of(day: date) -> str:
    """Return the quarter that `day` is in: "2026Q3"."""
    return f"{day.year}Q{(day.month + 2) // 3}"


def quarter_bounds(quarter: str) -> tuple[date, date]:
    """Return the first and the last day of a quarter; raise Invalid if it is none."""
    first, _, third = months_of(quarter)
    return first, month_end(third)


def months_of(quarter: str) -> tuple[date, date, date]:
    """Return the first days of a quarter's three months; raise Invalid if it is none."""
    year, number = _parts(quarter)
    return tuple(date(year, month, 1) for month in range(3 * number - 2, 3 * number + 1))


def next_quarter(quarter: str) -> str:
    """Return the quarter after this one; raise Invalid if it is none."""
    return quarter_of(quarter_bounds(quarter)[1] + timedelta(days=1))


def previous_quarter(quarter: str) -> str:
    """Return the quarter before this one; raise Invalid if it is none."""
    return quarter_of(quarter_bounds(quarter)[0] - timedelta(days=1))


def quarter_label(quarter: str) -> str:
    """Name a quarter: 2026年第三季度; raise Invalid if it is none."""
    year, number = _parts(quarter)
    return f"{year}年第{_ORDINALS[number - 1]}季度"


def _parts(quarter: str) -> tuple[int, int]:
    found = _QUARTER.fullmatch(quarter)
    if not found:
        raise Invalid(f"“{quarter}”不是季度。请写成2026Q3这样：四位年份、字母Q、1到4。")
    return int(found[1]), int(found[2])
