"""Messages and deliveries as relay makes them, without the story behind them."""

from __future__ import annotations

from datetime import datetime
from itertools import count

from governance.models import User
from notifications.models import Channel, Delivery, Message, Topic
from notifications.writing import deliveries
from tests.people import NOON

_numbers = count(1)


def message(village, recipient: User | None, *, at: datetime = NOON, **fields) -> Message:
    """One message with the deliveries its reader gets; a household on paper when nobody is named."""
    made = row(village, recipient, at=at, **fields)
    reader = (recipient, None) if recipient else None
    Delivery.objects.bulk_create(deliveries(made, reader, at))
    return made


def row(
    village, recipient: User | None, *, home=None, topic=Topic.HOME, at: datetime = NOON, **fields
) -> Message:
    """One message and nothing that was done with it."""
    return Message.objects.create(
        **{
            "village": village, "cause": f"event:{next(_numbers)}", "kind": "objection.accepted.home", "topic": topic,
            "to": f"user:{recipient.key}" if recipient else f"household:{home.key}", "recipient": recipient,
            "subject_key": home and home.key, "title": "镇里收了您家的异议", "text": "收了。", "short": "收了，请登录联评看。",
            "path": "/my/", "is_urgent": topic == Topic.HOME, "made_at": at, **fields,
        }
    )  # fmt: skip


def with_phone(user: User, number: str = "13800000001") -> User:
    """An account whose phone was verified."""
    user.phone, user.phone_verified = number, True
    user.save()
    return user


def out(message: Message, channel: str = Channel.SMS) -> Delivery:
    """A message's delivery on a channel, read anew."""
    return message.deliveries.get(channel=channel)
