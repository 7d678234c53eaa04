"""What was given up, and what nobody reads on, stands on the operators' page and is tried again with a reason."""

from datetime import timedelta

import pytest
from django.utils import timezone

from governance.events import record
from governance.models import Division, Event
from notifications import relay, sending
from notifications.channels.base import AddressError
from notifications.models import Delivery, Message, Relay
from notifications.stuck import Undelivered, Unread
from oversight.stuck import retrying
from tests.notifications.made import message, out, with_phone
from tests.people import NOON
from workflows.queues import waiting_for

ALL = Division.objects.all()


@pytest.fixture
def given_up(world, senders) -> Delivery:
    told = message(world.village, with_phone(world.wang), home=world.wang_home)
    senders["sms"].fails = [AddressError("13800000001 is no number")]
    sending.send_due(NOON)
    return out(told)


def correct(world, at=NOON):
    record(
        "subject.corrected", village=world.village, about=world.wang_home, by=world.clerk, at=at,
        subject_key=world.wang_home.key,
    )  # fmt: skip


class TestUndelivered:
    def test_it_says_which_way_and_never_to_whom(self, given_up):
        [item] = Undelivered().items(list(Undelivered().rows(ALL, at=NOON)))
        assert item.title == "一条短信没送到"
        assert "138" not in item.error
        assert Undelivered().kinds(ALL, at=NOON) == [("sms", "短信", 1)]

    def test_an_operator_sends_it_again_with_a_reason(self, world, given_up, senders):
        outcome = retrying.retry(
            source=Undelivered(), row=given_up, why="签名过审了", by=world.operator, at=NOON
        )
        assert outcome.done
        assert Event.objects.last().name == "delivery.retried"
        assert sending.send_due(NOON) == 1
        assert not Undelivered().rows(ALL, at=NOON).exists()

    def test_it_is_among_the_operators_to_dos(self, world, given_up):
        assert "没送到的通知" in {waiting.title for waiting in waiting_for(world.operator, at=NOON)}


class TestUnread:
    def test_a_village_that_was_just_read_is_not_stuck(self, world):
        correct(world)
        relay.relay(world.village, NOON)
        assert not Unread().rows(ALL, at=NOON + timedelta(days=1)).exists()

    def test_what_nobody_read_for_ten_minutes_is(self, world):
        correct(world)
        relay.relay(world.village, NOON)
        correct(world)
        assert not Unread().rows(ALL, at=NOON + timedelta(minutes=9)).exists()
        [row] = Unread().rows(ALL, at=NOON + timedelta(minutes=11))
        assert row.village == world.village

    def test_a_village_that_fails_is_shown_at_once_and_read_by_hand(self, world, monkeypatch):
        correct(world, at=timezone.now())
        with monkeypatch.context() as broken:
            broken.setattr(relay, "_chunk", lambda village, at: 1 / 0)
            with pytest.raises(ExceptionGroup):
                relay.relay_due(NOON)
        [row] = Unread().rows(ALL, at=NOON)
        assert Unread().items([row])[0].error.startswith("ZeroDivisionError")
        assert retrying.retry(source=Unread(), row=row, why="修好了", by=world.operator, at=NOON).done
        assert Message.objects.filter(recipient=world.wang).exists()
        assert Relay.objects.get().failures == 0


def test_the_operators_page_shows_both(client, world, given_up):
    correct(world, at=NOON)
    Relay.objects.create(village=world.village, failed_at=NOON, failures=2, error="OSError")
    client.force_login(world.operator)
    page = client.get("/stuck/").content.decode()
    assert "没送到的通知" in page
    assert "没整理成通知的记录" in page
    assert "王" not in page
