"""The log's troubles: what no signed checkpoint covers although a day has passed, and what the signer refuses.

Signing belongs to the layer of the log, which also says by which command it is done; here it is only watched.
"""

from __future__ import annotations

from datetime import timedelta

from django.apps import apps
from django.db.models import Manager, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from governance.models import Division, Event
from oversight.stuck.registry import Item, Source
from transparency.models import Log

# Checkpoints are signed at each publication and daily; two hours for the daily run itself.
LATE = timedelta(hours=26)


class Lag(Source):
    """How many leaves are unsigned, since when, and when the log was signed last. Signed again by its own command."""

    name, title = "log", "还没签的记录"
    says = "记录日志每天签一次。超过一天没签，是签名的程序没在跑，或者它发现对不上，不肯签：先看它的报错，别硬签。"

    @property
    def is_watched(self):
        """Only where checkpoints are signed at all."""
        return _rows_of("Checkpoint") is not None

    def rows(self, where, *, at, kind=""):
        """Villages with leaves that wait longer than a day, the longest first; one query."""
        if (checkpoints := _rows_of("Checkpoint")) is None:
            return []
        newest = checkpoints.filter(village=OuterRef("village")).order_by("-pk")
        first = Event.objects.filter(village__code=OuterRef("village"), seq=OuterRef("signed"))
        logs = (
            Log.objects.filter(village__in=where.values("code"))
            .annotate(signed=Coalesce(Subquery(newest.values("size")[:1]), Value(0)))
            .annotate(
                signed_at=Subquery(newest.values("signed_at")[:1]), since=Subquery(first.values("at")[:1])
            )
        )
        return logs.filter(since__lte=at - LATE).order_by("since", "village")

    def items(self, rows):
        """Villages with their counts."""
        places = _places(rows)
        return [Item(row.pk, "", _said(row), places[row.village], row.since) for row in rows]


class Unsigned(Source):
    """Logs that do not continue what was signed last, so that the signer refuses them."""

    name, title = "signing", "签不了的日志"
    says = (
        "记录日志和上次签的接不上，签名的程序不肯签。多半是恢复过旧的备份，也可能有人动过记录：先查清楚，报监督，"
        "再按文档开新的一段。"
    )

    @property
    def is_watched(self):
        """Only where the signer keeps what it refused."""
        return _rows_of("SigningProblem") is not None

    def rows(self, where, *, at, kind=""):
        """What is refused now, the oldest first."""
        if (problems := _rows_of("SigningProblem")) is None:
            return []
        return problems.filter(solved_at=None, village__in=where.values("code")).order_by("since")

    def items(self, rows):
        """Villages with the signer's own sentence."""
        places = _places(rows)
        return [
            Item(row.pk, "", "签名的程序不肯签", places[row.village], row.since, row.says) for row in rows
        ]


def _rows_of(model: str) -> Manager | None:
    """A table of the log's layer; None where this installation does not sign."""
    try:
        return apps.get_model("transparency", model)._default_manager
    except LookupError:
        return None


def _places(rows) -> dict[str, Division]:
    return {place.code: place for place in Division.objects.filter(code__in=[row.village for row in rows])}


def _said(row: Log) -> str:
    waiting = f"有{row.size - row.signed}条记录没签"
    if row.signed_at is None:
        return f"{waiting}，从来没签过"
    last = timezone.localtime(row.signed_at)
    return f"{waiting}，上次签是{last.month}月{last.day}日{last:%H:%M}"
