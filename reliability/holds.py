"""What must be true after every part has died and come back: the invariants of design/7-quality.md, over all villages."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace

from django.utils import timezone

from appeals.models import Decision, Objection
from governance.models import Division, Entry, Event, User
from governance.verifying import verify
from notifications import kinds, relay
from notifications.kinds.scene import Scene
from notifications.models import Message
from tests.walk.cases_hold import CasesHold
from tests.walk.ledger_holds import LedgerHolds
from tests.walk.log_holds import LogHolds
from tests.walk.tasks_hold import TasksHold
from workflows.models import Publication, Round, Settlement


def broken(villages: list[Division]) -> list[str]:
    """Everything that does not hold, in words."""
    return [words for check in (_log, _walk, _once, _told) for words in check(villages)]


def _log(villages) -> Iterator[str]:
    """The log verifies, and each row is what its event said."""
    for village in villages:
        yield from (f"{village.code}: {each}" for each in verify(village).breaks)


def _walk(villages) -> Iterator[str]:
    """What the random walk asks after each of its steps."""
    for village in villages:
        seen = SimpleNamespace(village=village, at=timezone.now())
        for check in (
            LogHolds(village).check, CasesHold(seen).check, LedgerHolds(seen).check,
            TasksHold(seen)._each_process_is_at_its_step,
        ):  # fmt: skip
            try:
                check()
            except AssertionError as error:
                yield f"{village.code}: {error}"


def _once(villages) -> Iterator[str]:
    """One notice a month, one settlement a quarter, one line an item, one decision a case and turn."""
    counted = {
        "notices": (Publication.objects.filter(round__isnull=False), "round"),
        "settlements": (Settlement.objects.all(), "quarter"),
        "lines": (Entry.objects.all(), "source"),
        "decisions": (Decision.objects.all(), ("objection", "turn")),
    }
    for what, (rows, by) in counted.items():
        path = "objection__village" if what == "decisions" else "village"
        names = by if isinstance(by, tuple) else (by,)
        found = list(rows.filter(**{f"{path}__in": villages}).values_list(path, *names))
        if len(found) != len(set(found)):
            yield f"{what}: {len(found) - len(set(found))} twice"


def _told(villages) -> Iterator[str]:
    """Whoever an event concerns has exactly one message of it, and nobody else has one."""
    for village in villages:
        events = list(Event.objects.filter(village=village, name__in=kinds.BY_EVENT).order_by("seq"))
        scene = Scene(village, events, at=timezone.now())
        wanted = {
            (f"event:{event.pk}", to)
            for event in events
            for _, audience in relay.audiences(scene, event)
            for to in _addresses(audience)
        }
        rows = Message.objects.filter(village=village, cause__startswith="event:")
        found = list(rows.values_list("cause", "to"))
        if len(found) != len(set(found)):
            yield f"{village.code}: {len(found) - len(set(found))} messages twice"
        if missing := wanted - set(found):
            yield f"{village.code}: {len(missing)} messages missing"


def _addresses(audience) -> Iterator[str]:
    keys = User.objects.filter(pk__in=audience.users, is_active=True).values_list("key", flat=True)
    yield from (f"user:{key}" for key in keys)
    yield from (f"household:{key}" for key in audience.on_paper)


def counts(villages: list[Division]) -> dict[str, int]:
    """What there is, to show that something was looked at."""
    return {
        "events": Event.objects.filter(village__in=villages).count(),
        "months": Round.objects.filter(village__in=villages, state="published").count(),
        "settlements": Settlement.objects.filter(village__in=villages).count(),
        "decisions": Decision.objects.filter(
            objection__in=Objection.objects.filter(village__in=villages)
        ).count(),
        "messages": Message.objects.filter(village__in=villages).count(),
    }
