"""What was recorded is told: an event becomes messages, and they leave the house (notifications/relay.py)."""

from __future__ import annotations

from datetime import timedelta
from itertools import count

import pytest
from django.utils import timezone
from due_work_harness import (
    Decline,
    DueWorkContract,
    DueWorkSweep,
    HandoffHistory,
    NotApplicable,
    Profile,
    SafetyContract,
    SafetyProfile,
    due_work_contract_suite,
)

from governance import consents
from governance.events import record
from governance.models import Division
from notifications import relay, tasks
from notifications.models import Message, Relay
from operations.metrics import domain
from tests import people
from tests.duework import post
from tests.duework.queue import Queue
from tests.duework.swept import WITHOUT_A_PAGE, one_by_one, swept
from tests.months import Month
from tests.notifications.made import with_phone
from transparency.models import Log

pytestmark = pytest.mark.postgres
_codes = count(990101300000, 2)


@pytest.fixture
def chunks_of_two(monkeypatch):
    """A village is read two events at a time, so that there are commits to die after."""
    monkeypatch.setattr(relay, "CHUNK", 2)


def again() -> people.World:
    """柳溪村 once more, with 王大爷's phone."""
    code = next(_codes)
    world = people.build(str(code), str(code + 1))
    with_phone(world.wang, f"138{code % 10**8:08d}")
    return world


def with_events() -> people.World:
    """Its clerk opened the month, and 王家户 left: none of it was told yet."""
    world = again()
    Month(world, timezone.now()).open()
    leave(world)
    return world


def leave(world: people.World) -> None:
    """王大爷 takes back his consent, by the clerk's hand."""
    consents.withdraw(member=world.head, by=world.clerk, at=timezone.now())


def told(world: people.World) -> tuple:
    """Who was told of what, how often a letter went to 王大爷, and whether anything is left to read."""
    messages = sorted(Message.objects.filter(village=world.village).values_list("kind", "recipient__name"))
    letters = sum(letter.to == world.wang.phone for letter in post.OFFICE.letters)
    return messages, letters, world.village in relay.due()


def _minute() -> None:
    """What beat has done each minute."""
    tasks.relay()
    tasks.send()


def behind(age: timedelta = timedelta()) -> Division:
    """A village with one event that nobody read."""
    place = people.village(code=str(next(_codes)))
    record(
        "area.added", village=place, about=people.area(place, "东片", 1), by=people.account("沈文书"),
        at=timezone.now() - age,
    )  # fmt: skip
    return place


def read(age: timedelta = timedelta()) -> list[Division]:
    """A village of which all was read."""
    place = behind(age)
    size = Log.objects.get(village=place.code).size
    Relay.objects.create(village=place, seq=size)
    return [place]


def _behind_by_the_metrics() -> float:
    [events, _] = domain.outbox(timezone.now())
    return events.samples[0].value


def _tick() -> int:
    before = relay.due()
    tasks.relay()
    return len(before) - len(relay.due())


def sweep() -> DueWorkSweep:
    """The minute's reading of every village that has something new."""
    return DueWorkSweep(
        name="telling",
        due_work=relay.due,
        run_tick=_tick,
        make_owed=behind,
        make_terminal=read,
        recovery_delay=timedelta(),
        page_size=None,
        assert_scheduled=swept("notifications.relay"),
        observe_outstanding=_behind_by_the_metrics,
    )


TELLING = DueWorkContract(
    name="telling",
    profiles={
        Profile.A: Decline(WITHOUT_A_PAGE),
        Profile.B: Decline(
            "a chunk is one transaction over the locked row of Relay: a lock that dies with its worker"
        ),
        Profile.C: NotApplicable("reading events calls nobody outside; letters are a contract of their own"),
        Profile.D: NotApplicable("no pass deletes events, messages or how far a village was read"),
        Profile.E: Decline("how far it was read is read under the lock; no worker holds an older answer"),
        Profile.F: Decline("the event itself is what is owed, written in the transaction of the act"),
    },
    safety=SafetyContract(
        name="telling",
        profiles={
            SafetyProfile.REPLAY_SAFE_EXECUTION: Decline(
                "told and read are one transaction, and message_once stands behind it: a second reading finds nothing"
            ),
            SafetyProfile.BOUNDED_RETRY: Decline(
                "a village that cannot be read is tried each minute and shown to the operators: people are never left "
                "untold because it failed often"
            ),
        },
    ),
    fixtures=("chunks_of_two",),
    handoffs=(
        HandoffHistory(name="a household leaves", arrange=again, transition=leave, observe=told),
        HandoffHistory(
            name="a village is read",
            arrange=with_events,
            transition=lambda world: tasks.relay(world.village.pk),
            observe=told,
        ),
    ),
    handoff_delivery=Queue("telling", recover=_minute),
    extras=one_by_one(sweep),
)


@due_work_contract_suite(TELLING)
class TestTellingDueWork:
    """Generated from the contract above."""
