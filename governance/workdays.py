"""Working days by the official calendar with its swapped weekends (design 2, "Policy").

Rows that an administrator entered (`known`: day → is it worked) go before `chinesecalendar`. The State
Council announces a year in one piece; so a year the library does not know counts as entered once its
National Day is among the rows. Until then its days are plain weekdays, and what is counted from them is
provisional.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import NamedTuple

import chinese_calendar

_ONE_DAY = timedelta(days=1)


class Workday(NamedTuple):
    """Whether a day is worked, and whether that is only a guess."""

    worked: bool
    provisional: bool


class Due(NamedTuple):
    """The last day of a deadline, and whether the calendar may still move it."""

    on: date
    provisional: bool


def is_workday(day: date, known: Mapping[date, bool]) -> Workday:
    """Tell whether people work on `day`."""
    if day in known:
        return Workday(known[day], provisional=False)
    try:
        return Workday(chinese_calendar.is_workday(day), provisional=False)
    except NotImplementedError:  # the library's word for a year without data
        return Workday(day.weekday() < 5, provisional=date(day.year, 10, 1) not in known)


def add_workdays(start: date, count: int, known: Mapping[date, bool]) -> Due:
    """Return the `count`-th working day after `start`, which itself is not counted.

    Provisional when any day passed on the way was a guess. Raises ValueError for a count below 1.
    """
    if count < 1:
        raise ValueError(f"a deadline has at least one working day, not {count}")
    day, guessed = start, False
    while count:
        day += _ONE_DAY
        worked, provisional = is_workday(day, known)
        guessed |= provisional
        count -= worked
    return Due(day, guessed)
