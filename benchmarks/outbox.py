"""The outbox: reading on over a hundred thousand events, telling whom they concern, and the delay of one."""

from __future__ import annotations

from datetime import datetime, timedelta
from statistics import median

from django.db import connection, transaction
from django.utils import timezone

from benchmarks import county
from benchmarks.results import Clock, Row, Size
from governance.access import today
from governance.events import record
from governance.models import Consent, Division, Event, Member, Notice, Subject, User
from notifications import relay
from notifications.models import Channel, Delivery, Message, Relay

name = "The outbox"
_TOLD_OF = 5  # of a hundred events so many concern a household, as in a village's real year
_EVENTS = """
    INSERT INTO governance_event
        (village_id, name, about_type, about_id, subject_key, role, at, request_id, digests, seq)
    SELECT %(village)s, CASE WHEN n %% 100 < %(told)s THEN 'subject.corrected' ELSE 'ballot.cast' END, 'governance.subject',
        s.key::text, CASE WHEN n %% 100 < %(told)s THEN s.key END, '', %(at)s, '', '{}', %(first)s + n
    FROM generate_series(0, %(count)s - 1) n
    JOIN (SELECT key, row_number() OVER (ORDER BY id) - 1 AS place, count(*) OVER () AS many
        FROM governance_subject WHERE village_id = %(village)s) s ON s.place = n %% s.many"""
_SIZE = "UPDATE transparency_log SET size = %s WHERE village = %s"
_TIMES = 15


def run(size: Size) -> list[Row]:
    """The lines of the table."""
    [village] = county.grow(size, villages=1)
    _people(village)
    relay.relay(village, timezone.now())  # what is there already
    fresh = _delay(village)
    count = size.open_items
    return [_silent(village, count), _telling(village, count // 5), _late(village, fresh, count)]


def _silent(village: Division, count: int) -> Row:
    """Events nobody is told of, against only reading their rows."""
    at = _append(village, count, told=0)
    with Clock() as read:
        rows = Event.objects.filter(village=village, at=at).order_by("seq")
        found = sum(1 for _ in rows.iterator(chunk_size=relay.CHUNK))
    with Clock() as relayed:
        made = relay.relay(village, timezone.now())
    if (found, made) != (count, 0):
        raise RuntimeError(f"{found} events read and {made} messages made of {count} silent events")
    return Row(
        f"reading on over {count:,} events nobody is told of", f"{count / relayed.seconds:,.0f} events/s",
        f"only reading their rows: {count / read.seconds:,.0f}/s", relayed.seconds / read.seconds, "≤ 3",
    )  # fmt: skip


def _telling(village: Division, count: int) -> Row:
    """As many events that each concern a household with an account, against only inserting what came of them."""
    _append(village, count, told=100)
    with Clock() as relayed:
        made = relay.relay(village, timezone.now())
    messages = list(Message.objects.filter(village=village).order_by("-pk")[:made])
    deliveries = list(Delivery.objects.filter(message__in=[m.pk for m in messages[: relay.CHUNK]]))
    each = len(deliveries) / min(len(messages), relay.CHUNK)
    Delivery.objects.filter(village=village).delete()
    Message.objects.filter(village=village).delete()
    for row in messages:
        row.pk = row._state.adding = None
    with Clock() as bare:
        for n in range(0, made, relay.CHUNK):
            some = Message.objects.bulk_create(messages[n : n + relay.CHUNK])
            now = timezone.now()
            Delivery.objects.bulk_create(
                Delivery(village=village, message=row, channel=Channel.INBOX, due_at=now) for row in some
            )
    return Row(
        f"telling {made:,} messages of {count:,} events, {each:.0f} delivery each", f"{made / relayed.seconds:,.0f} messages/s",
        f"only inserting them: {made / bare.seconds:,.0f}/s", relayed.seconds / bare.seconds, "≤ 3",
    )  # fmt: skip


def _late(village: Division, fresh: float, count: int) -> Row:
    """From an act's commit to its message, with a long log behind, against the same with a short one."""
    _append(village, count, told=_TOLD_OF)
    with Clock() as caught_up:
        relay.relay(village, timezone.now())
    now = _delay(village)
    return Row(
        f"from an act to its message with {Event.objects.filter(village=village).count():,} events behind",
        f"{now * 1000:.0f} ms (after {count:,} events, {_TOLD_OF} % told of: caught up in {caught_up.seconds:.1f} s)",
        f"with a short log: {fresh * 1000:.0f} ms", now / fresh, "≤ 2",
    )  # fmt: skip


def _delay(village: Division) -> float:
    """Seconds that reading on over one new event takes, in the middle of several."""
    home, taken = village.subjects.order_by("pk").first(), []
    for _ in range(_TIMES):
        _act(village, home)
        with Clock() as clock:
            relay.relay(village, timezone.now())
        taken.append(clock.seconds)
    return median(taken)


@transaction.atomic
def _act(village: Division, home: Subject) -> None:
    now = timezone.now()
    record("subject.corrected", village=village, about=home, by=county.clerk(), at=now, subject_key=home.key)


def _append(village: Division, count: int, *, told: int) -> datetime:
    """Events in bulk, of which `told` in a hundred concern a household; returns their moment."""
    at, first = timezone.now(), Relay.objects.get(village=village).seq
    with connection.cursor() as cursor:
        cursor.execute(
            _EVENTS, {"village": village.pk, "told": told, "at": at, "first": first, "count": count}
        )
        cursor.execute(_SIZE, [first + count, village.code])
    county.analyze()
    return at


def _people(village: Division) -> None:
    """A head with an account and a standing consent in every household."""
    notice = Notice.objects.create(version=1, text="告知书", in_force_from=today() - timedelta(days=400))
    homes = list(village.subjects.order_by("pk"))
    users = User.objects.bulk_create(
        User(username=f"outbox{n}", name="", password="!", phone_verified=False) for n in range(len(homes))
    )
    members = Member.objects.bulk_create(
        Member(village=village, subject=home, name="户主", user=user, is_head=True)
        for home, user in zip(homes, users, strict=True)
    )
    Consent.objects.bulk_create(
        Consent(
            village=village, member=member, notice=notice, purpose=Consent.Purpose.SCORING, how=Consent.How.PAPER,
            given_on=today() - timedelta(days=100), witness="邻居",
        )
        for member in members
    )  # fmt: skip
