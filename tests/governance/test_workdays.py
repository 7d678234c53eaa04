from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.workdays import Due, add_workdays, is_workday

# As the notice for 2027 might read when an administrator enters it: rest days, and one Sunday worked.
YEAR_2027 = {
    date(2027, 1, 1): False,
    date(2027, 1, 4): False,
    date(2027, 1, 10): True,
    date(2027, 10, 1): False,
}


@pytest.mark.parametrize(
    ("start", "count", "due"),
    [
        # National Day 2024: 1 to 7 October off, Sunday 29 September and Saturday 12 October worked.
        (date(2024, 9, 27), 3, date(2024, 10, 8)),
        (date(2024, 9, 30), 5, date(2024, 10, 12)),
        # National Day and Mid-Autumn 2025: 1 to 8 October off, 28 September and 11 October worked.
        (date(2025, 9, 26), 3, date(2025, 9, 30)),
        (date(2025, 9, 30), 3, date(2025, 10, 11)),
        # National Day 2026: 1 to 7 October off, 20 September and 10 October worked.
        (date(2026, 9, 18), 1, date(2026, 9, 20)),
        (date(2026, 9, 30), 3, date(2026, 10, 10)),
        # Spring Festival 2024: 10 to 17 February off, Sundays 4 and 18 February worked.
        (date(2024, 2, 2), 1, date(2024, 2, 4)),
        (date(2024, 2, 9), 2, date(2024, 2, 19)),
        # Spring Festival 2025: 28 January to 4 February off, 26 January and 8 February worked.
        (date(2025, 1, 24), 3, date(2025, 2, 5)),
        (date(2025, 1, 27), 5, date(2025, 2, 10)),
        # Spring Festival 2026: 15 to 23 February off, Saturdays 14 and 28 February worked.
        (date(2026, 2, 13), 2, date(2026, 2, 24)),
        (date(2026, 2, 27), 1, date(2026, 2, 28)),
        # An ordinary week, counted from the day after.
        (date(2026, 11, 16), 1, date(2026, 11, 17)),
        (date(2026, 11, 16), 5, date(2026, 11, 23)),
    ],
)
def test_deadlines_follow_the_official_calendar(start, count, due):
    assert add_workdays(start, count, {}) == Due(due, provisional=False)


def test_a_deadline_that_reaches_into_an_unknown_year_is_provisional():
    assert add_workdays(date(2026, 12, 30), 1, {}) == Due(date(2026, 12, 31), provisional=False)
    assert add_workdays(date(2026, 12, 31), 2, {}) == Due(date(2027, 1, 4), provisional=True)


def test_once_the_year_is_entered_the_deadline_is_firm():
    assert add_workdays(date(2026, 12, 31), 2, YEAR_2027) == Due(date(2027, 1, 6), provisional=False)
    assert add_workdays(date(2027, 1, 8), 1, YEAR_2027) == Due(date(2027, 1, 10), provisional=False)


def test_a_single_entered_day_does_not_make_its_year_known():
    known = {date(2027, 1, 4): False}
    assert is_workday(date(2027, 1, 4), known) == (False, False)
    assert is_workday(date(2027, 1, 5), known) == (True, True)
    assert add_workdays(date(2026, 12, 31), 2, known) == Due(date(2027, 1, 5), provisional=True)


def test_an_entered_day_goes_before_the_library():
    flood = {date(2026, 11, 17): False, date(2026, 11, 21): True}
    assert add_workdays(date(2026, 11, 16), 1, flood) == Due(date(2026, 11, 18), provisional=False)
    assert add_workdays(date(2026, 11, 20), 1, flood) == Due(date(2026, 11, 21), provisional=False)


@given(st.dates(date(2004, 1, 1), date(2035, 12, 31)), st.integers(1, 25))
def test_exactly_the_counted_working_days_lie_between_start_and_due(start, count):
    due = add_workdays(start, count, YEAR_2027).on
    passed = [start + timedelta(days=n) for n in range(1, (due - start).days + 1)]
    assert sum(is_workday(day, YEAR_2027).worked for day in passed) == count
    assert is_workday(due, YEAR_2027).worked


@pytest.mark.parametrize("count", [0, -1])
def test_a_deadline_of_no_days_is_refused(count):
    with pytest.raises(ValueError, match="at least one working day"):
        add_workdays(date(2026, 11, 16), count, {})
