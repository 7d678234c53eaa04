"""An operator opens 机器好不好 and sees what is bad, since when, and what to do; nothing of a village or a household."""

import json
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from governance import pulses
from governance.models import Condition, Event
from notifications.models import Delivery, Message, Relay
from operations import tasks
from operations.health import since
from tests.failing import away
from tests.oversight.stuck import LATER, fail
from tests.people import NOON
from tests.published import posted


@pytest.fixture(autouse=True)
def _place(settings, tmp_path):
    settings.MEDIA_ROOT, settings.BACKUP_STAMP = tmp_path, tmp_path / "last_backup.json"
    settings.REDIS_IS_USED = False


def line(name, at=NOON):
    return next(line for line in since.look(at) if line.check.name == name)


def backed_up(settings, at):
    settings.BACKUP_STAMP.write_text(json.dumps({"at": at.isoformat()}))


def test_everything_is_well_once_the_ticker_came_by_and_a_backup_was_made(world, settings):
    backed_up(settings, NOON - timedelta(hours=3))
    with time_machine.travel(NOON, tick=False):
        tasks.look()
        bad = {line.check.name for line in since.look(NOON) if not line.found.is_well}
        assert bad <= {"clock"}  # the database's own clock does not travel with the test
        if bad:
            return
        client = Client()
        client.force_login(world.operator)
        assert "都好，没有要办的" in client.get(reverse("health")).content.decode()


def test_a_ticker_that_was_not_heard_for_three_minutes_is_bad_since_it_was_heard(db):
    pulses.beat(pulses.TICKER, NOON - timedelta(minutes=2))
    assert line("ticker").found.is_well
    later = line("ticker", NOON + timedelta(minutes=5))
    assert (later.found.is_well, later.since) == (False, NOON - timedelta(minutes=2))
    assert "7分钟" in later.found.says


def test_a_worker_is_asked_for_only_where_redis_hands_it_tasks(db, settings):
    assert not line("worker").found.is_used
    settings.REDIS_IS_USED = True
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(settings, "REDIS_URL", "redis://127.0.0.1:1/0")
        assert not line("worker").found.is_well


def test_what_should_have_happened_and_did_not(world):
    posted(world)
    fail()
    found = line("deadlines", LATER).found
    assert (found.is_well, found.since < LATER) == (False, True)


def test_events_nobody_was_told_of_and_messages_that_do_not_leave(world):
    posted(world)
    relay = line("relay", NOON + timedelta(hours=1))
    assert (relay.found.is_well, relay.since) == (False, Event.objects.order_by("seq").first().at)
    Relay.objects.create(village=world.village, seq=Event.objects.count())
    assert line("relay", NOON + timedelta(hours=1)).found.is_well

    message = Message.objects.create(
        village=world.village, cause="event:1", kind="-", topic="home", to=f"user:{world.wang.key}",
        recipient=world.wang, title="-", text="-", short="-", is_urgent=True, made_at=NOON,
    )  # fmt: skip
    Delivery.objects.create(village=world.village, message=message, channel="sms", due_at=NOON)
    assert line("deliveries", NOON + timedelta(minutes=10)).found.is_well
    assert "20分钟" in line("deliveries", NOON + timedelta(minutes=20)).found.says


def test_logs_nobody_signed_for_a_day(world):
    posted(world)
    assert line("log").found.is_well
    assert "1个村" in line("log", NOON + timedelta(days=2)).found.says


def test_backups_that_are_old_missing_or_made_elsewhere(db, settings):
    assert "没有备份过" in line("backup").found.says
    backed_up(settings, NOON - timedelta(days=3))
    assert line("backup").found.says == "上次备份是3天前"
    settings.BACKUP_STAMP.write_text("{broken")
    assert not line("backup").found.is_well
    settings.BACKUP_HOURS = 0
    assert not line("backup").found.is_used


def test_since_when_a_check_is_as_it_is(world, settings):
    with time_machine.travel(NOON, tick=False):
        tasks.look()
    backed_up(settings, NOON)
    assert line("backup", NOON + timedelta(hours=1)).since is None  # well again, but nobody kept it yet
    with time_machine.travel(NOON + timedelta(hours=1), tick=False):
        tasks.look()
        tasks.look()
    assert line("backup", NOON + timedelta(hours=2)).since == NOON + timedelta(hours=1)
    assert Condition.objects.count() == len(since.CHECKS)


def test_a_question_that_fails_is_told_beside_the_others(db):
    with away():
        lines = since.look(NOON)
    told = {line.check.name: line.found for line in lines}
    assert told["deadlines"].says == "查不了：OperationalError"
    assert told["uploads"].is_well


def test_the_page_is_the_operators_alone(world):
    for user, status in ((world.operator, 200), (world.clerk, 403), (world.supervisor, 403)):
        client = Client()
        client.force_login(user)
        assert client.get(reverse("health")).status_code == status
