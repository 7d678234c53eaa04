"""送达情况: how many messages went by which way, what waits, and what was given up and why. Numbers, nobody's name."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, Min, QuerySet

from governance.models import Division
from notifications.models import Channel, Delivery

State = Delivery.State


@dataclass(frozen=True)
class Line:
    """One channel: how many deliveries are in each state, in the order of `STATES`."""

    channel: str
    counts: list[int]

    @property
    def all(self) -> int:
        """All of them."""
        return sum(self.counts)


@dataclass(frozen=True)
class GivenUp:
    """What a channel gave up for one reason: how often, and when last."""

    channel: str
    error: str
    n: int
    last: datetime


STATES = list(State)


def deliveries(villages: QuerySet[Division], *, since: datetime) -> QuerySet[Delivery]:
    """Deliveries of messages made since a moment."""
    return Delivery.objects.filter(village__in=villages, message__made_at__gte=since)


def lines(rows: QuerySet[Delivery]) -> list[Line]:
    """Counts by channel and state, the inbox first; one query."""
    found = defaultdict(dict)
    for channel, state, n in rows.values_list("channel", "state").annotate(n=Count("pk")).order_by():
        found[channel][state] = n
    return [
        Line(channel.label, [found[channel].get(state, 0) for state in STATES])
        for channel in Channel
        if channel in found
    ]


def given_up(rows: QuerySet[Delivery]) -> list[GivenUp]:
    """What was given up, the most frequent first; one query."""
    failed = rows.filter(state=State.FAILED).values_list("channel", "error")
    counted = failed.annotate(n=Count("pk"), last=Max("done_at")).order_by("-n", "channel", "error")
    return [GivenUp(Channel(channel).label, error, n, last) for channel, error, n, last in counted]


def oldest_due(rows: QuerySet[Delivery], *, at: datetime) -> datetime | None:
    """Since when the oldest letter is due that has not left yet; None when all have. Slips wait for a person."""
    late = rows.filter(state__in=[State.WAITING, State.SENDING], due_at__lte=at).exclude(channel=Channel.SLIP)
    return late.aggregate(oldest=Min("due_at"))["oldest"]
