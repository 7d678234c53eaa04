"""For the operators' page: notifications that were given up, and villages whose records were not read."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Count, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from governance.models import Event
from governance.refusals import Conflict
from notifications import relay, sending
from notifications.models import Channel, Delivery, Relay
from oversight.stuck.registry import Item, Source
from oversight.stuck.registry import register as add
from transparency.models import Log

# A sweep comes every minute: what lies longer than this is not being read.
LATE = timedelta(minutes=10)
DONE = "这件刚刚办掉了，已经不在卡住的里面，不用再办。"


class Undelivered(Source):
    """Given up after six tries, or because the address is refused; put back into the queue."""

    name, title, button = "deliveries", "没送到的通知", "再送一次"
    says = (
        "短信、邮件或微信送不出去，试过几次，不再自己试了。站内的通知他们看得到；住户自己的事，已经另打纸条。"
        "先看报错，多半是服务商的账号、签名、模板或余额，修好再送。"
    )
    retries, done, failed = True, "delivery.retried", "delivery.retry_failed"

    def every(self, where):
        """All deliveries."""
        return Delivery.objects.filter(village__in=where).select_related("village")

    def rows(self, where, *, at, kind=""):
        """Those given up, oldest first."""
        found = self.every(where).filter(state=Delivery.State.FAILED).order_by("done_at", "pk")
        return found.filter(channel=kind) if kind else found

    def kinds(self, where, *, at):
        """By channel."""
        counts = (
            self.rows(where, at=at)
            .order_by()
            .select_related(None)
            .values_list("channel")
            .annotate(n=Count("pk"))
        )
        return [(way, Channel(way).label, n) for way, n in sorted(counts, key=lambda row: -row[1])]

    def items(self, rows):
        """By which way, never to whom or about what."""
        return [
            Item(row.pk, row.channel, f"一条{row.get_channel_display()}没送到", row.village, row.done_at, row.error, row.tries)
            for row in rows
        ]  # fmt: skip

    def retry(self, row, *, by, at):
        """Back into the queue, with all its tries before it; it goes out within a minute."""
        if not sending.due_again(row, at=at):
            raise Conflict(DONE)


class Unread(Source):
    """Villages whose newest records nobody has read for a while, or where reading fails."""

    name, title, button = "relays", "没整理成通知的记录", "现在就整理"
    says = (
        "新的记录每分钟整理成通知。没有报错的，多半是后台程序没在跑，先把它开起来；有报错的，修好再整理。"
        "整理好以前，谁也不会漏掉，只是晚一点。"
    )
    retries, done, failed = True, "relay.retried", "relay.retry_failed"

    def every(self, where):
        """How far each village was read."""
        return Relay.objects.filter(village__in=where).select_related("village")

    def rows(self, where, *, at, kind=""):
        """Villages with something unread for longer than LATE, or that failed; the oldest first."""
        size = Log.objects.filter(village=OuterRef("village__code")).values("size")[:1]
        next_at = Event.objects.filter(village=OuterRef("village"), seq__gte=OuterRef("seq")).order_by("seq")
        rows = self.every(where).annotate(
            size=Coalesce(Subquery(size), 0), since=Subquery(next_at.values("at")[:1])
        )
        late = Q(failed_at__isnull=False) | Q(since__lte=at - LATE)
        return rows.filter(late, size__gt=F("seq")).order_by("since", "pk")

    def items(self, rows):
        """Villages with how many records wait."""
        return [
            Item(row.pk, "", "有新的记录没整理", row.village, getattr(row, "since", None), row.error, row.failures)
            for row in rows
        ]  # fmt: skip

    def retry(self, row, *, by, at):
        """Read it now, by the same function."""
        relay.relay(row.village, at)

    def note(self, row: Relay, error: Exception, *, at: datetime) -> None:
        """Keep the newest error with the village."""
        relay.note_failure(row.village, error, at)


def register() -> None:
    """Let the operators' page show them."""
    for source in (Undelivered(), Unread()):
        add(source)
