"""Before a day passes whoever still has to act is told, once for each mark; then no more."""

from datetime import date, timedelta

import pytest

from governance import deadlines
from governance.models import Deadline
from notifications import reminders
from notifications.models import Message
from tests import people
from tests.appeals.cases import Case
from tests.months import Month
from tests.people import NOON
from tests.published import posted
from tests.real_transactions import at_once
from workflows import sheets


def due(kind: str):
    return Deadline.objects.get(kind=kind, cancelled_at=None).due_at


def told(kind: str) -> list:
    return sorted(str(m.recipient or m.to) for m in Message.objects.filter(kind=kind))


@pytest.fixture
def november(world) -> Month:
    return Month(world, NOON, date(2026, 11, 1)).open()


class TestSheets:
    def test_raters_with_an_open_sheet_hear_three_days_and_one_day_before(self, world, november):
        last = due("round.sheets")
        assert reminders.remind_due(last - timedelta(days=4)) == 0
        assert reminders.remind_due(last - timedelta(days=3)) > 0
        assert set(told("round.sheets.soon")) == {"周党员", "李党员"}
        before = Message.objects.count()
        assert reminders.remind_due(last - timedelta(days=2)) == 0
        reminders.remind_due(last - timedelta(hours=20))
        assert Message.objects.count() == 2 * before

    def test_who_handed_in_is_left_alone(self, world, november):
        sheet = november.sheet(world.li)
        sheets.nothing(sheet=sheet, by=world.li, at=NOON)
        sheets.file(sheet=sheet, by=world.li, at=NOON)
        reminders.remind_due(due("round.sheets") - timedelta(days=1))
        assert set(told("round.sheets.soon")) == {"周党员"}

    def test_each_is_led_to_their_own_sheet(self, world, november):
        reminders.remind_due(due("round.sheets") - timedelta(days=1))
        message = Message.objects.get(recipient=world.li)
        assert message.path == f"/sheets/{november.sheet(world.li).key}/"
        assert message.is_urgent

    def test_after_an_outage_only_the_nearest_mark_is_said(self, world, november):
        reminders.remind_due(due("round.sheets") - timedelta(hours=2))
        assert Message.objects.filter(recipient=world.li).count() == 1

    def test_what_is_over_is_not_reminded_of(self, world, november):
        last = due("round.sheets")
        deadlines.fire_due(last + timedelta(seconds=1))
        assert reminders.remind_due(last - timedelta(days=1)) == 0

    def test_a_day_that_was_moved_is_reminded_of_anew(self, world, november):
        last = due("round.sheets")
        reminders.remind_due(last - timedelta(days=1))
        deadlines.set_deadline(
            "round.sheets", about=november.round, village=world.village, due=last + timedelta(days=9)
        )
        reminders.remind_due(last + timedelta(days=8))
        assert Message.objects.filter(recipient=world.li).count() == 2


def test_voters_who_have_not_voted_hear_and_kin_do_not(world, november):
    people.kin(world.council[4], world.wang_home)
    november.observe("litter", world.wang_home, "litter")
    november.to_review()
    november.vote(november.items["litter"], "approve", "approve")
    reminders.remind_due(due("round.ballots") - timedelta(hours=5))
    assert "梁理事" not in told("round.ballots.soon")
    assert len(told("round.ballots.soon")) == 2


def test_a_household_hears_before_its_time_for_a_second_review_is_over(world):
    Case(world, posted(world)).file().accept().decide("rejected")
    reminders.remind_due(due("objection.window") - timedelta(days=1))
    assert told("objection.window.soon") == ["王大爷"]
    assert Message.objects.get(kind="objection.window.soon").subject_key == world.wang_home.key


def test_one_deadline_that_fails_does_not_stop_the_others(world, november):
    last = due("round.sheets")
    deadlines.set_deadline("round.ballots", about=world.clerk, village=world.village, due=last)
    with pytest.raises(ExceptionGroup):
        reminders.remind_due(last - timedelta(hours=2))
    assert told("round.sheets.soon")


@pytest.mark.postgres
def test_two_at_once_remind_once(transactional_db):
    world = people.build()
    Month(world, NOON, date(2026, 11, 1)).open()
    at = due("round.sheets") - timedelta(days=1)
    made = at_once([lambda: reminders.remind_due(at) for _ in range(4)])
    assert sum(made) == Message.objects.count() > 0
