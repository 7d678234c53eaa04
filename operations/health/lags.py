"""How far behind the logs' heads something is: what was not told yet, what was not signed yet. One query, a row a village."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Max, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from governance.models import Event
from notifications.models import Relay
from transparency.models import Checkpoint, Log


@dataclass(frozen=True)
class Lag:
    """What is left: how many leaves, in how many logs, and when the oldest of them was written."""

    leaves: int
    logs: int
    since: datetime | None


def untold() -> Lag:
    """Events not made into messages yet."""
    told = Relay.objects.filter(village__code=OuterRef("village"))
    return _lag(told.values("seq"))


def unsigned() -> Lag:
    """Leaves that no checkpoint of their epoch covers."""
    signed = Checkpoint.objects.filter(village=OuterRef("village"), epoch=OuterRef("epoch"))
    return _lag(signed.values("village").annotate(most=Max("size")).values("most"))


def _lag(reached: QuerySet) -> Lag:
    first = Event.objects.filter(village__code=OuterRef("village"), seq=OuterRef("reached"))
    logs = (
        Log.objects.annotate(reached=Coalesce(Subquery(reached), 0))
        .filter(size__gt=F("reached"))
        .annotate(since=Subquery(first.values("at")[:1]))
    )
    rows = list(logs.values_list("size", "reached", "since"))
    times = [since for *_, since in rows if since]
    return Lag(sum(size - reached for size, reached, _ in rows), len(rows), min(times, default=None))
