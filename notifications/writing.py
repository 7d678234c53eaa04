"""Messages and their deliveries, written many at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from governance.models import Division, Event, User
from notifications import preferences
from notifications.kinds.base import Audience, Kind
from notifications.kinds.scene import Scene
from notifications.models import Channel, Delivery, Message, Preference, Topic

State = Delivery.State
BATCH = 500


@dataclass(frozen=True)
class Told:
    """Something as one kind tells it: what makes it once, the words filled in, and where it is read or done by
    whoever has no page of their own. What is no news goes into the inbox as read, and nowhere else."""

    kind: Kind
    audience: Audience
    cause: str
    page: str
    words: dict[str, str]
    event: Event | None = None
    is_news: bool = True

    @classmethod
    def of(cls, event: Event, kind: Kind, audience: Audience, scene: Scene, *, is_news: bool) -> Told:
        """An event as a kind tells it."""
        words = filled(kind, scene.words(event))
        return cls(kind, audience, f"event:{event.pk}", kind.page(scene, event), words, event, is_news)


def filled(kind: Kind, values: dict[str, str]) -> dict[str, str]:
    """Title, text and short words of a kind with month, quarter, number and day filled in."""
    return {field: getattr(kind, field).format(**values) for field in ("title", "text", "short")}


def write(village: Division, told: Iterable[Told], *, at: datetime) -> int:
    """Make the messages and deliveries of what is told; returns how many messages. Within the caller's transaction."""
    told = list(told)
    readers = Readers({pk for each in told for pk in each.audience.users})
    pairs = [pair for each in told for pair in _messages(village, each, readers, at)]
    messages = Message.objects.bulk_create([message for message, _ in pairs], batch_size=BATCH)
    Delivery.objects.bulk_create(
        [delivery for message, reader in pairs for delivery in deliveries(message, reader, at)],
        batch_size=BATCH,
    )
    return len(messages)


class Readers:
    """Accounts with how each wants to be told; three queries for any number. Closed accounts are not there."""

    def __init__(self, users: set[int]):
        rows = User.objects.filter(pk__in=users, is_active=True).only("pk", "key", "phone_verified")
        chosen = {row.user_id: row for row in Preference.objects.filter(user__in=users)}
        self._found = {user.pk: (user, chosen.get(user.pk)) for user in rows}

    def get(self, pk: int) -> tuple[User, Preference | None] | None:
        """An account with its preference, None for the latter where nothing was chosen."""
        return self._found.get(pk)


def deliveries(
    message: Message, reader: tuple[User, Preference | None] | None, at: datetime
) -> Iterator[Delivery]:
    """The ways a message takes: the inbox at once, the others when they may; paper for a household without a reader,
    and for whom no other way reaches."""
    if reader is None:
        yield _delivery(message, Channel.SLIP, due_at=at)
        return
    user, preference = reader
    yield _delivery(message, Channel.INBOX, due_at=at, state=State.SENT, done_at=at)
    if message.read_at:
        return
    wanted = preferences.channels(preference, message.topic)
    usable = preferences.usable(user, preference)
    for channel in wanted:
        if channel in usable:
            due = preferences.due_at(preference, at, is_urgent=message.is_urgent)
            yield _delivery(message, channel, due_at=due, is_digest=not message.is_urgent)
    # Who chose no channel at all wants no paper either.
    if message.topic == Topic.HOME and message.subject_key and wanted and usable.isdisjoint(wanted):
        yield _delivery(message, Channel.SLIP, due_at=at)


def _messages(
    village: Division, told: Told, readers: Readers, at: datetime
) -> Iterator[tuple[Message, tuple | None]]:
    for pk, page in told.audience.users.items():
        if reader := readers.get(pk):
            home = _home_of(told, pk)
            yield _message(village, told, at, recipient=reader[0], page=page, home=home), reader
    for key in told.audience.on_paper if told.is_news else ():
        yield _message(village, told, at, home=key), None


def _home_of(told: Told, pk: int) -> UUID | None:
    """The household that a message to an account is about; none in messages about work and notices."""
    if told.kind.topic != Topic.HOME:
        return None
    return told.audience.homes.get(pk, told.event and told.event.subject_key)


def _message(village: Division, told: Told, at: datetime, *, recipient=None, home=None, page=None) -> Message:
    made_at = at if told.is_news else told.event.at
    return Message(
        village=village, cause=told.cause, event=told.event, kind=told.kind.name, topic=told.kind.topic,
        to=f"user:{recipient.key}" if recipient else f"household:{home}", recipient=recipient,
        subject_key=home,
        path=page or told.page, is_urgent=told.kind.is_urgent, made_at=made_at,
        read_at=None if told.is_news else made_at, **told.words,
    )  # fmt: skip


def _delivery(message: Message, channel: str, *, due_at: datetime, **more) -> Delivery:
    return Delivery(village=message.village, message=message, channel=channel, due_at=due_at, **more)
