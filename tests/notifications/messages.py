"""Messages and their deliveries, written directly: what the pages show does not rest on who made them."""

from __future__ import annotations

from datetime import datetime, timedelta

from governance.models import User
from notifications.models import Channel, Delivery, Message
from tests.notifications import made
from tests.people import NOON

State = Delivery.State


def message(user: User | None, village, *, title="您的异议有了结果", **fields) -> Message:
    """A message to somebody, or to a household in which nobody has an account."""
    return made.row(
        village,
        user,
        **{"title": title, "text": f"{title}。请打开看看镇里怎么说。", "path": "/notifications/", **fields},
    )


def delivery(row: Message, channel=Channel.INBOX, state=State.SENT, **fields) -> Delivery:
    """One delivery of a message."""
    done = row.made_at if state in (State.SENT, State.FAILED, State.DROPPED) else None
    return Delivery.objects.create(
        **{
            "village": row.village, "message": row, "channel": channel, "state": state, "due_at": row.made_at,
            "done_at": done, **fields,
        }
    )  # fmt: skip


def inbox_of(user: User, village, n: int, *, read: int = 0) -> list[Message]:
    """So many messages, an hour apart, the oldest of them read; each is in the inbox and went by SMS."""
    found = []
    for k in range(n):
        at = NOON - timedelta(hours=n - k)
        row = message(user, village, title=f"第{k + 1}条通知", at=at, read_at=at if k < read else None)
        delivery(row)
        delivery(row, Channel.SMS)
        found.append(row)
    return found


def slip(home, *, user: User | None = None, at: datetime = NOON, **fields) -> Delivery:
    """A slip that waits for a household."""
    return delivery(message(user, home.village, home=home, at=at, **fields), Channel.SLIP, State.WAITING)
