"""What waits is sent: claimed, then sent outside any transaction, then marked; by many workers at once."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet

from governance.failures import said
from governance.models import User
from notifications import channels, preferences, writing
from notifications.channels.base import AddressError, Letter, SendError
from notifications.models import Channel, Delivery, Preference, Topic
from notifications.needed import goes_by, is_news, is_trial

log = logging.getLogger("lianping.notifications")
State = Delivery.State
AT_ONCE = 100
# A worker that died has its claims taken over; longer than any provider takes to answer.
LOST = timedelta(minutes=10)
# A claim younger than this is held for certain; an older one is asked after, and renewed, before each letter.
FRESH = timedelta(minutes=1)
# How long to wait after each try that failed; after the last one it is given up.
BACKOFF = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 360))
OUT = preferences.OUT


@dataclass(frozen=True)
class Lot:
    """What leaves as one letter: one delivery, or somebody's digest on one channel."""

    deliveries: tuple[Delivery, ...]
    user: User
    preference: Preference | None

    @property
    def channel(self) -> str:
        """By which way."""
        return self.deliveries[0].channel


def send_due(at: datetime, limit: int = AT_ONCE) -> int:
    """Send what is due, at most `limit` letters claimed at once; returns how many deliveries went out.

    Each is claimed first and the claim committed: a worker that dies leaves it to be claimed again after LOST, under
    the same reference, by which a provider knows a second try. No transaction is open while a provider is asked.
    One that is only slow (a hundred letters to a provider that answers none) renews its claim before each letter,
    and leaves what it lost all the same to who has it now.
    """
    begun, sent = monotonic(), 0
    for lot in _lots(_claim(at, limit)):
        if keep(lot.deliveries, at + timedelta(seconds=monotonic() - begun)):
            sent += _send(lot, at)
    return sent


def keep(rows: Sequence[Delivery], at: datetime) -> bool:
    """Go on holding what was claimed together; False when another worker has taken it over."""
    if at - rows[0].claimed_at < FRESH:
        return True
    return _held(rows).update(claimed_at=at) == len(rows)


def waiting(at: datetime) -> QuerySet[Delivery]:
    """Deliveries out of the house that are due: never tried, to be tried again, or lost with their worker; oldest first."""
    lost = Q(state=State.SENDING, claimed_at__lt=at - LOST)
    due = Delivery.objects.filter(Q(state=State.WAITING) | lost, channel__in=OUT, due_at__lte=at)
    return due.order_by("due_at", "pk")


@transaction.atomic
def _claim(at: datetime, limit: int) -> list[Delivery]:
    """Mark what is due as being sent. Of a digest everything that is due goes together, whatever the limit."""
    first = list(_unlocked(waiting(at))[:limit])
    pairs = {(row.message.recipient_id, row.channel) for row in first if row.is_digest}
    if pairs:
        mine = Q(pk__in=[])
        for recipient, channel in pairs:
            mine |= Q(message__recipient=recipient, channel=channel)
        taken = {row.pk for row in first}
        more = waiting(at).filter(mine, is_digest=True)
        first += [row for row in _unlocked(more) if row.pk not in taken]
    claim = uuid4()
    Delivery.objects.filter(pk__in=[row.pk for row in first]).update(
        state=State.SENDING, claimed_at=at, claim=claim, tries=F("tries") + 1
    )
    for row in first:
        row.tries, row.claimed_at, row.claim = row.tries + 1, at, claim
    return first


def _unlocked(rows: QuerySet[Delivery]) -> QuerySet[Delivery]:
    return rows.select_for_update(of=("self",), skip_locked=True).select_related("message__recipient")


def _lots(rows: Iterable[Delivery]) -> list[Lot]:
    found = defaultdict(list)
    for row in rows:
        found[(row.message.recipient_id, row.channel) if row.is_digest else row.pk].append(row)
    users = {row.message.recipient_id for some in found.values() for row in some}
    chosen = {row.user_id: row for row in Preference.objects.filter(user__in=users)}
    return [
        Lot(tuple(some), user := some[0].message.recipient, chosen.get(user.pk)) for some in found.values()
    ]


def _send(lot: Lot, at: datetime) -> int:
    """Send one letter and mark what it carried; a failure never stops the others."""
    needed = _still_needed(lot, at)
    if not needed or _waits_for_morning(needed, lot, at):
        return 0
    try:
        reference = _hand_to_provider(lot, needed)
    except AddressError as error:
        give_up(needed, error, at)
    except Exception as error:  # whatever a provider's answer does to us, the next letter still goes
        if not isinstance(error, SendError):
            log.exception("send_failed")
        _again(needed, lot.preference, error, at)
    else:
        _mark(needed, state=State.SENT, done_at=at, reference=reference[:100], error="")
        return len(needed)
    return 0


def _still_needed(lot: Lot, at: datetime) -> list[Delivery]:
    """What is to go out as asked; the rest is dropped, or takes another way where this one was closed meanwhile."""
    news = [row for row in lot.deliveries if is_news(row.message, lot.user)]
    needed = [row for row in news if goes_by(row, lot.user, lot.preference)]
    _mark([row for row in lot.deliveries if row not in news], state=State.DROPPED, done_at=at)
    for row in news:
        if row not in needed:
            _take_another_way(row, lot, at)
    return needed


@transaction.atomic
def _take_another_way(row: Delivery, lot: Lot, at: datetime) -> None:
    """The ways its reader would be told by now, paper among them, as far as it does not take them already."""
    if not _mark([row], state=State.DROPPED, done_at=at):
        return
    for other in writing.deliveries(row.message, (lot.user, lot.preference), at):
        Delivery.objects.get_or_create(
            message=row.message, channel=other.channel,
            defaults={"village_id": row.village_id, "due_at": other.due_at, "is_digest": other.is_digest},
        )  # fmt: skip


def _waits_for_morning(rows: list[Delivery], lot: Lot, at: datetime) -> bool:
    """In the quiet hours, after a backlog or an operator's 再送一次, it is put back, and that is no try."""
    due = preferences.due_at(lot.preference, at, is_urgent=True)
    if due <= at or any(is_trial(row.message) for row in rows):
        return False
    return _mark(rows, state=State.WAITING, due_at=due, tries=F("tries") - 1)


def _hand_to_provider(lot: Lot, rows: list[Delivery]) -> str:
    sender = channels.sender_for(lot.channel)
    if sender is None:
        raise SendError("channel not configured")
    to = preferences.address(lot.user, lot.preference, lot.channel)
    if not to:
        raise AddressError("no address")
    return sender.send(letter(rows, to))


def letter(rows: list[Delivery], to: str) -> Letter:
    """What leaves the house. A digest says how many and the first few; of one message its own short words."""
    [first, *others] = (row.message for row in rows)
    if not rows[0].is_digest or not others:
        return Letter(
            to, str(rows[0].key), first.title, first.short, absolute(first.path), template=first.kind,
            values=(("title", first.title), ("text", first.short)),
        )  # fmt: skip
    titles = list(dict.fromkeys(row.message.title for row in rows))
    n = len(rows)
    text = f"联评有{n}件新的事：{'；'.join(titles[:2])}{'等' if len(titles) > 2 else ''}。请登录联评看。"
    if len(text) > 70:  # one SMS
        text = f"联评有{n}件新的事要您看，请登录联评，在“通知”里一件一件看。"
    return Letter(
        to, str(rows[0].key), f"联评有{n}件新的事", text, absolute("/"), template="digest",
        values=(("count", str(n)), ("text", text)),
    )  # fmt: skip


def absolute(path: str) -> str:
    """The address of a page from outside; empty where the installation does not say its own."""
    origin = getattr(settings, "SITE_URL", "").rstrip("/")
    return f"{origin}{path}" if origin else ""


def _again(rows: list[Delivery], preference: Preference | None, error: Exception, at: datetime) -> bool:
    """Try later, or give up after the last try; False when another worker has them."""
    over = [row for row in rows if row.tries > len(BACKOFF)]
    noted = give_up(over, error, at)
    for row in rows:
        if row not in over:
            next_try = at + BACKOFF[row.tries - 1]
            due = preferences.due_at(preference, next_try, is_urgent=True)  # never in the quiet hours
            noted |= _mark([row], state=State.WAITING, due_at=due, error=said(error))
    return noted


@transaction.atomic
def give_up(rows: list[Delivery], error: Exception, at: datetime) -> bool:
    """Not sent and not tried again by itself; what concerns a household goes on paper instead.

    False, and nothing done, when another worker has them: it may be about to reach them.
    """
    if not _mark(rows, state=State.FAILED, done_at=at, error=said(error)):
        return False
    for row in rows:
        message = row.message
        went_out = message.deliveries.filter(channel__in=OUT, state=State.SENT).exists()
        if message.topic == Topic.HOME and message.subject_key and not went_out:
            Delivery.objects.get_or_create(
                message=message, channel=Channel.SLIP, defaults={"village_id": row.village_id, "due_at": at}
            )
    return True


def _mark(rows: list[Delivery], **values) -> bool:
    """Note how it ended. What left has left, whoever holds it by now; anything else is for the holder alone to say."""
    if not rows:
        return False
    if values["state"] == State.SENT:
        found = Delivery.objects.filter(pk__in=[row.pk for row in rows]).exclude(state=State.SENT)
    else:
        found = _held(rows)
    return bool(found.update(**values))


def _held(rows: Sequence[Delivery]) -> QuerySet[Delivery]:
    """Those of what was claimed together that nobody else has claimed or settled since."""
    return Delivery.objects.filter(pk__in=[row.pk for row in rows], state=State.SENDING, claim=rows[0].claim)


def due_again(delivery: Delivery, *, at: datetime) -> bool:
    """Put one that was given up back into the queue, with all its tries before it; False when it is not any more."""
    found = Delivery.objects.filter(pk=delivery.pk, state=State.FAILED)
    return bool(found.update(state=State.WAITING, due_at=at, tries=0, done_at=None))
