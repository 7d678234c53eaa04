"""A person's own messages: which there are, how many are new, and which were read.

Whether somebody has read a message is their own affair: it is no event, no history keeps it and no page shows it to
anybody else. It only spares them a letter about what they know already (`notifications.sending`).
"""

from datetime import datetime

from django.db.models import Count, Prefetch, Q, QuerySet

from governance.models import User
from governance.prepared import prepared
from notifications.models import Delivery, Message

DELIVERIES = Prefetch("deliveries", Delivery.objects.order_by("pk"))


def messages_of(
    user: User, *, topic: str = "", is_unread: bool = False, words: str = ""
) -> QuerySet[Message]:
    """A person's messages, newest first, with their deliveries: of one topic, unread ones, or with these words."""
    found = Message.objects.filter(recipient=user)
    if topic:
        found = found.filter(topic=topic)
    if is_unread:
        found = found.filter(read_at__isnull=True)
    for word in words.split():
        found = found.filter(Q(title__icontains=word) | Q(text__icontains=word))
    return found.order_by("-made_at", "-pk").prefetch_related(DELIVERIES)


def unread(user: User) -> int:
    """How many of a person's messages are new; one query by index."""
    return sum(n for (n,) in _unread(user.pk))


@prepared
def _unread(user: int):
    new = Message.objects.filter(recipient=user, read_at__isnull=True)
    return new.order_by().values("recipient").annotate(n=Count("pk")).values_list("n")


def mark_read(*, message: Message, by: User, at: datetime) -> None:
    """Note that a message was opened; the first time counts."""
    Message.objects.filter(pk=message.pk, recipient=by, read_at__isnull=True).update(read_at=at)


def mark_all_read(*, by: User, at: datetime) -> int:
    """Mark all that is new as read at this very moment: how many. `unmark` with the same moment takes it back."""
    return Message.objects.filter(recipient=by, read_at__isnull=True).update(read_at=at)


def marked(by: User, at: datetime) -> QuerySet[Message]:
    """What was marked as read at exactly this moment."""
    return Message.objects.filter(recipient=by, read_at=at)


def unmark(*, by: User, marked_at: datetime) -> int:
    """Take a `mark_all_read` back: how many are new again."""
    return marked(by, marked_at).update(read_at=None)
