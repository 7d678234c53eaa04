from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance import periods
from governance.refusals import Invalid

days = st.dates(date(1950, 1, 1), date(2150, 12, 31))


@given(days)
def test_each_day_lies_within_its_own_quarter(day):
    first, last = periods.quarter_bounds(periods.quarter_of(day))
    assert first <= day <= last


@given(days)
def test_the_next_quarter_starts_the_day_after_this_one_ends(day):
    quarter = periods.quarter_of(day)
    following = periods.next_quarter(quarter)
    assert periods.quarter_bounds(following)[0] == periods.quarter_bounds(quarter)[1] + timedelta(days=1)
    assert periods.previous_quarter(following) == quarter


@given(days)
def test_quarters_sort_as_texts_in_the_order_of_time(day):
    quarter = periods.quarter_of(day)
    assert periods.previous_quarter(quarter) < quarter < periods.next_quarter(quarter)


def test_a_quarter_is_its_three_months():
    assert periods.months_of("2026Q3") == (date(2026, 7, 1), date(2026, 8, 1), date(2026, 9, 1))
    assert periods.quarter_bounds("2024Q1") == (date(2024, 1, 1), date(2024, 3, 31))


def test_december_is_followed_by_january_of_the_next_year():
    assert periods.next_month(date(2026, 12, 31)) == date(2027, 1, 1)
    assert periods.next_quarter("2026Q4") == "2027Q1"
    assert periods.previous_quarter("2027Q1") == "2026Q4"


def test_february_ends_on_the_29th_in_a_leap_year():
    assert periods.month_end(date(2024, 2, 3)) == date(2024, 2, 29)
    assert periods.month_end(date(2026, 2, 3)) == date(2026, 2, 28)


def test_a_month_is_named_by_its_first_day():
    assert periods.month_of(date(2026, 10, 17)) == date(2026, 10, 1)
    assert periods.parse_month("2026-10") == date(2026, 10, 1)


def test_labels_are_what_a_villager_would_say():
    assert periods.month_label(date(2026, 10, 17)) == "2026年10月"
    assert [periods.quarter_label(f"2026Q{n}") for n in range(1, 5)] == [
        "2026年第一季度",
        "2026年第二季度",
        "2026年第三季度",
        "2026年第四季度",
    ]


@pytest.mark.parametrize("text", ["", "2026Q5", "2026q3", "26Q3", "2026Q3 ", "２０２６Q3", "0000Q1"])
def test_a_text_that_is_no_quarter_is_refused_with_an_example(text):
    with pytest.raises(Invalid, match="请写成2026Q3这样"):
        periods.quarter_bounds(text)


@pytest.mark.parametrize("text", ["", "2026-13", "2026-1", "202610", "2026-10-01"])
def test_a_text_that_is_no_month_is_refused_with_an_example(text):
    with pytest.raises(Invalid, match="请写成2026-10这样"):
        periods.parse_month(text)
