"""A thousand messages that leave the house while parts die."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from django.utils import timezone

from governance.models import Division, User
from notifications import sending
from notifications.models import Channel, Delivery, Message, Topic

State = Delivery.State


def queue(village: Division, reader: User, number: int) -> None:
    """So many messages, each with an SMS that is due; written as the relay writes them, in one go."""
    at, run = timezone.now(), uuid4().hex[:8]
    rows = Message.objects.bulk_create(
        Message(
            village=village, cause=f"reliability:{run}:{n}", kind="reliability", topic=Topic.HOME, title="有新的事",
            to=f"user:{reader.key}", recipient=reader, text="请登录联评看。", short="有新的事，请登录联评看。",
            is_urgent=True, made_at=at,
        )
        for n in range(number)
    )  # fmt: skip
    Delivery.objects.bulk_create(
        Delivery(village=village, message=row, channel=Channel.SMS, due_at=at) for row in rows
    )


def left(village: Division) -> int:
    """How many have not gone out."""
    return _of(village).exclude(state=State.SENT).count()


def take_over(village: Division) -> int:
    """What a dead worker had claimed, as it goes out once its claim has run out (in ten minutes); how many."""
    at, taken = timezone.now() + sending.LOST + timedelta(minutes=1), 0
    while sent := sending.send_due(at):
        taken += sent
    return taken


def twice(village: Division, taken) -> tuple[int, int]:
    """(never taken by the provider, taken more than once)."""
    keys = [str(key) for key in _of(village).values_list("key", flat=True)]
    return sum(not taken[key] for key in keys), sum(taken[key] > 1 for key in keys)


def _of(village: Division):
    return Delivery.objects.filter(village=village, channel=Channel.SMS)
