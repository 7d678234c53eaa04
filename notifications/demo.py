"""What the people of 柳溪村 were told: made by the real relay once the story is told, and mostly read."""

from __future__ import annotations

from datetime import datetime, timedelta

from workflows.demo import ENDINGS

SOON, LATER = timedelta(minutes=1), timedelta(hours=3)
UNREAD = timedelta(days=2)  # what is older was read, but for everybody's newest
CARRIED = 3  # slips that the clerk has carried to their doors


def tell(story) -> None:
    """Read on in the village's events, carry a few slips, remind; imported here, for a server that starts tells none."""
    from notifications.relay import relay
    from notifications.reminders import remind_due

    village, at = story.village.place, story.now
    relay(village, at)
    _as_it_came(village, at)
    _carry(story.village, at)
    relay(village, at)
    remind_due(at)


def _as_it_came(village, at: datetime) -> None:
    """As if the relay had run every minute, not once at the end: each message soon after its event, most of them read."""
    from notifications.models import Channel, Delivery, Message

    rows = list(Message.objects.filter(village=village).select_related("event").order_by("event__at", "pk"))
    newest = {row.recipient_id: row for row in rows}
    for row in rows:
        row.made_at = min(row.event.at + SOON, at)
        is_read = row.made_at < at - UNREAD and row is not newest[row.recipient_id]
        row.read_at = min(row.made_at + LATER, at) if is_read else None
    Message.objects.bulk_update(rows, ["made_at", "read_at"], batch_size=500)
    came = {row.pk: row.made_at for row in rows}
    sent = list(Delivery.objects.filter(village=village, channel=Channel.INBOX))
    for row in sent:
        row.due_at = row.done_at = came[row.message_id]
    Delivery.objects.bulk_update(sent, ["due_at", "done_at"], batch_size=500)


def _carry(here, at: datetime) -> None:
    from notifications import slips
    from notifications.models import Delivery

    waiting = slips.listed(here.clerk, at=at).filter(state=Delivery.State.WAITING).order_by("pk")
    for slip in waiting[:CARRIED]:
        slips.hand_over(delivery=slip, to="本人", by=here.clerk, at=at)


def register() -> None:
    """Let the story below end with it."""
    ENDINGS.append(tell)
