"""Deadlines fire once, and one that fails does not stop the others."""

from datetime import timedelta

import pytest

from governance import deadlines
from governance.models import Deadline
from tests.people import NOON

SEEN = []


@deadlines.handles("test.noted")
def noted(about_id, at):
    SEEN.append(about_id)


@deadlines.handles("test.broken")
def broken(about_id, at):
    raise ValueError("broken")


@pytest.fixture(autouse=True)
def _nothing_seen():
    SEEN.clear()


def due(kind, about, world, hours=0):
    return deadlines.set_deadline(kind, about=about, village=world.village, due=NOON + timedelta(hours=hours))


def test_what_is_due_fires_once(world):
    due("test.noted", world.village, world)
    deadlines.fire_due(NOON)
    deadlines.fire_due(NOON)
    assert [world.village.pk] == SEEN


def test_what_is_not_due_waits(world):
    due("test.noted", world.village, world, hours=1)
    assert deadlines.fire_due(NOON) == []


def test_what_was_done_in_time_does_not_fire(world):
    due("test.noted", world.village, world)
    deadlines.cancel("test.noted", about=world.village, at=NOON)
    assert deadlines.fire_due(NOON) == []


def test_a_failing_one_stays_open_and_stops_no_other(world):
    due("test.broken", world.village, world)
    due("test.noted", world.east, world, hours=0)
    with pytest.raises(ExceptionGroup, match="1 of 2"):
        deadlines.fire_due(NOON)
    assert [world.east.pk] == SEEN
    assert Deadline.objects.get(kind="test.broken").fired_at is None


def test_moving_a_deadline_opens_it_again(world):
    due("test.noted", world.village, world)
    deadlines.fire_due(NOON)
    due("test.noted", world.village, world, hours=1)
    deadlines.fire_due(NOON + timedelta(hours=1))
    assert len(SEEN) == 2


def test_a_day_s_end_is_local_midnight():
    assert (
        deadlines.end_of(NOON.date()).astimezone(NOON.tzinfo).strftime("%m-%d %H:%M:%S") == "11-16 23:59:59"
    )


def test_working_days_skip_the_weekend_and_entered_holidays(world):
    from governance.models import CalendarDay

    assert deadlines.workdays_after(NOON, 5).on.isoformat() == "2026-11-23"
    CalendarDay.objects.create(day="2026-11-17", is_workday=False, source="县里通知")
    assert deadlines.workdays_after(NOON, 5).on.isoformat() == "2026-11-24"


def test_a_year_no_calendar_knows_is_provisional(world):
    assert deadlines.workdays_after(NOON + timedelta(days=44), 5).provisional


def test_a_failure_is_noted_by_kind_and_place_never_by_its_words(world):
    due("test.broken", world.village, world)
    for _ in range(2):
        with pytest.raises(ExceptionGroup):
            deadlines.fire_due(NOON)
    row = Deadline.objects.get()
    assert (row.failures, row.failed_at) == (2, NOON)
    assert row.error.startswith("ValueError tests/governance/test_deadlines.py:")
    assert "broken" in row.error  # the name of the function
    assert "('broken')" not in row.error


def test_what_failed_is_missed_at_once_and_what_nobody_tried_after_a_while(world):
    due("test.broken", world.village, world)
    due("test.noted", world.east, world)
    assert list(deadlines.missed(NOON)) == []
    with pytest.raises(ExceptionGroup):
        deadlines.fire_due(NOON)
    assert [row.kind for row in deadlines.missed(NOON)] == ["test.broken"]
    Deadline.objects.filter(kind="test.noted").update(fired_at=None)
    assert [row.kind for row in deadlines.missed(NOON + deadlines.GRACE)] == ["test.broken", "test.noted"]


def test_a_deadline_set_anew_forgets_that_it_failed(world):
    due("test.broken", world.village, world)
    with pytest.raises(ExceptionGroup):
        deadlines.fire_due(NOON)
    due("test.broken", world.village, world, hours=1)
    row = Deadline.objects.get()
    assert (row.failures, row.failed_at, row.error) == (0, None, "")


def test_nobody_fires_a_deadline_before_its_time(world):
    row = due("test.noted", world.village, world, hours=1)
    assert deadlines.fire(row, NOON) is False
    assert SEEN == []
