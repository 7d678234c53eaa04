"""Events become messages: read in their order, each once, a chunk at a time (design/4-architecture.md, outbox)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from governance.failures import said
from governance.models import Division, Event
from notifications import kinds, writing
from notifications.kinds.base import Audience, Kind
from notifications.kinds.scene import Scene
from notifications.models import Relay
from notifications.writing import Told
from transparency.models import Log

CHUNK = 500
# What happened longer ago than this before a village was read for the first time is no news.
NEWS = timedelta(days=7)


def relay(village: Division, at: datetime) -> int:
    """Make messages of all events of a village that were not read yet; returns how many messages.

    A chunk is one transaction: messages, deliveries and how far it was read are kept together or not at all, and
    the row of Relay is locked meanwhile, so no event is told twice or left out however often and by however many
    this is called. When a village is read for the first time, what is older than NEWS goes into the inboxes as
    read, and nowhere else: a system that begins to tell must not send people months of what they know.
    """
    made = 0
    while (told := _chunk(village, at)) is not None:
        made += told
    return made


def relay_due(at: datetime) -> int:
    """Read on in every village that has something new; returns how many messages.

    A village that fails is noted for the operators and does not stop the others: raised together at the end.
    """
    made, failed = 0, []
    for village in due():
        try:
            made += relay(village, at)
        except Exception as error:
            note_failure(village, error, at)
            failed.append(error)
    if failed:
        raise ExceptionGroup(f"{len(failed)} villages could not be read", failed)
    return made


def due() -> list[Division]:
    """Villages whose log is longer than what was read of it; two queries."""
    read = dict(Relay.objects.values_list("village__code", "seq"))
    behind = [code for code, size in Log.objects.values_list("village", "size") if size > read.get(code, 0)]
    return list(Division.objects.filter(code__in=behind))


def note_failure(village: Division, error: Exception, at: datetime) -> None:
    """Keep that a village could not be read: kind and place of the error, no words."""
    row, _ = Relay.objects.get_or_create(village=village)
    Relay.objects.filter(pk=row.pk).update(failed_at=at, failures=F("failures") + 1, error=said(error))


@transaction.atomic
def _chunk(village: Division, at: datetime) -> int | None:
    """Read the next events; how many messages came of them, None when nothing was left."""
    row = _locked(village)
    size = Log.objects.filter(village=village.code).values_list("size", flat=True).first() or 0
    if row.seq >= size:
        return None
    events = list(
        Event.objects.filter(village=village, seq__gte=row.seq, seq__lt=size).order_by("seq")[:CHUNK]
    )
    is_first = row.read_at is None
    told = writing.write(village, _told(village, events, at, is_first), at=at) if events else 0
    row.seq = events[-1].seq + 1 if len(events) == CHUNK else size
    if row.seq == size:
        row.read_at = at
    row.failed_at, row.failures, row.error = None, 0, ""
    row.save()
    return told


def _locked(village: Division) -> Relay:
    found = Relay.objects.select_for_update(no_key=True).filter(village=village).first()
    if found is None:
        Relay.objects.get_or_create(village=village)
        found = Relay.objects.select_for_update(no_key=True).get(village=village)
    return found


def _told(village: Division, events: Iterable[Event], at: datetime, is_first: bool) -> Iterator[Told]:
    spoken = [event for event in events if event.name in kinds.BY_EVENT]
    scene = Scene(village, spoken, at=at)
    for event in spoken:
        is_news = not is_first or event.at >= at - NEWS
        for kind, audience in audiences(scene, event):
            yield Told.of(event, kind, audience, scene, is_news=is_news)


def audiences(scene: Scene, event: Event) -> Iterator[tuple[Kind, Audience]]:
    """The kinds of an event with who is told by each: nobody twice, and whoever did it only of their own household."""
    heard, is_there = set(), scene.thing(event) is not None
    for kind in kinds.BY_EVENT[event.name]:
        if kind.needs_thing and not is_there:
            continue
        audience = kind.who(scene, event).without(heard if kind.tells_actor else {*heard, event.by_id})
        heard |= audience.users.keys()
        if audience.users or audience.on_paper:
            yield kind, audience
