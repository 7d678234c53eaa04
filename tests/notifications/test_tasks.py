"""Background work: nudged after a commit, swept every minute, and never in the way of whoever is working."""

import socket
import time
from contextlib import closing

import pytest
from django.db import connection, transaction
from django.utils import timezone

from config.celery import app
from governance import broker, events
from governance.events import record
from notifications import tasks
from notifications.models import Message, Relay
from workflows import ticker


def correct(world, village=None) -> None:
    record(
        "subject.corrected", village=village or world.village, about=world.wang_home, by=world.clerk,
        at=timezone.now(), subject_key=world.wang_home.key,
    )  # fmt: skip


@pytest.fixture
def nudged(world, monkeypatch):
    """The villages whose commits were told."""
    connection.run_on_commit.clear()  # of what the village was built with
    found = []
    monkeypatch.setattr(events, "ON_RECORDED", [found.append])
    return found


class TestAfterTheCommit:
    def test_each_village_is_told_once_however_much_was_recorded(
        self, world, nudged, django_capture_on_commit_callbacks
    ):
        with django_capture_on_commit_callbacks(execute=True):
            for _ in range(3):
                correct(world)
            correct(world, world.elsewhere)
            assert nudged == []
        assert nudged == [world.village, world.elsewhere]

    def test_what_was_taken_back_tells_nobody(self, world, nudged, django_capture_on_commit_callbacks):
        with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
            correct(world)
            transaction.set_rollback(True)
        assert nudged == []

    def test_what_was_recorded_after_a_part_was_taken_back_is_told(
        self, world, nudged, django_capture_on_commit_callbacks
    ):
        with django_capture_on_commit_callbacks(execute=True):
            with transaction.atomic():
                correct(world)
                transaction.set_rollback(True)
            correct(world)
        assert nudged == [world.village]

    def test_a_hook_that_breaks_breaks_nothing(self, world, monkeypatch, django_capture_on_commit_callbacks):
        monkeypatch.setattr(events, "ON_RECORDED", [lambda village: 1 / 0])
        with django_capture_on_commit_callbacks(execute=True):
            correct(world)

    def test_inline_nothing_is_read_within_the_request(
        self, world, settings, django_capture_on_commit_callbacks
    ):
        settings.CELERY_TASK_ALWAYS_EAGER = True
        with django_capture_on_commit_callbacks(execute=True):
            correct(world)
        assert not Relay.objects.exists()


@pytest.fixture
def no_broker(settings):
    """A broker's address where nobody listens."""
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    settings.CELERY_TASK_ALWAYS_EAGER = False
    before = {name: app.conf[name] for name in ("task_always_eager", "broker_url")}
    app.conf.update(task_always_eager=False, broker_url=f"redis://127.0.0.1:{port}/0")
    broker.forget_trouble()
    yield
    broker.forget_trouble()
    app.conf.update(before)


class TestABrokerThatIsDown:
    def test_people_work_on_without_waiting(self, world, no_broker):
        began = time.monotonic()
        for _ in range(20):
            tasks.nudge(world.village)
        assert time.monotonic() - began < 3

    def test_the_sweep_does_it_later(self, world, no_broker):
        correct(world)
        tasks.nudge(world.village)
        assert tasks.relay() > 0


class TestTheTasks:
    def test_all_are_safe_to_run_again(self, world):
        correct(world)
        assert (tasks.relay(world.village.pk), tasks.relay(world.village.pk), tasks.relay()) == (1, 0, 0)
        assert (tasks.send(), tasks.remind()) == (0, 0)

    def test_a_failing_village_is_noted(self, world, monkeypatch):
        correct(world)
        monkeypatch.setattr("notifications.relay._chunk", lambda village, at: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            tasks.relay(world.village.pk)
        assert Relay.objects.get().error.startswith("ZeroDivisionError")

    def test_beat_sweeps_each_of_them(self):
        swept = {entry["task"] for entry in app.conf.beat_schedule.values()}
        assert swept >= {
            "workflows.tick",
            "notifications.relay",
            "notifications.send",
            "notifications.remind",
        }

    def test_the_embedded_clock_does_the_same_and_one_failure_stops_no_other(self, world, monkeypatch):
        correct(world)
        assert tasks.tick in ticker.ALSO
        monkeypatch.setattr("notifications.reminders.remind_due", lambda at: 1 / 0)
        with pytest.raises(ExceptionGroup):
            tasks.tick(timezone.now())
        assert Message.objects.filter(recipient=world.wang).exists()
