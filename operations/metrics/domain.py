"""Gauges of the work itself, counted at the scrape: a fixed number of queries, whatever the number of villages.

Labels are steps, states and channels of the code, never a village, a household or a person: a county has as many series
as one village. Each function is one query and gives one or several gauges; docs/operations.md tells which to watch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from django.db.models import Count, Exists, F, Min, OuterRef, Q, Window
from django.db.models.functions import RowNumber
from prometheus_client.core import GaugeMetricFamily
from viewflow.workflow.models import Task
from viewflow.workflow.status import STATUS

from appeals import clock
from appeals.models import Objection
from appeals.who import IN_OFFICE
from governance import deadlines, pulses
from governance.access import today
from governance.models import Deadline, Job
from notifications.models import Delivery
from operations.health import lags
from operations.health.checks import backup_at
from workflows import failed
from workflows.models import Round, Sheet

Gauges = Iterable[GaugeMetricFamily]
_OPEN = (STATUS.NEW, STATUS.ASSIGNED, STATUS.STARTED)
_OVER = Deadline.objects.filter(
    kind="round.sheets", about_type=Round._meta.label_lower, about_id=OuterRef("round_id"), cancelled_at=None
)


def ratings(at: datetime) -> Gauges:
    """Sheets in the hands of raters, and those of them past their day."""
    open_ = Sheet.objects.filter(state__in=[Sheet.State.OPEN, Sheet.State.RETURNED]).order_by()
    late = Q(Exists(_OVER.filter(due_at__lte=at)))
    found = open_.aggregate(due=Count("pk"), late=Count("pk", filter=late))
    yield _labelled(
        "ratings", "sheets in the hands of raters: all that are due, and late ones", "state", found
    )


def queues(at: datetime) -> Gauges:
    """Tasks that wait for a person, by step: how many, how long the oldest and the middle one have waited."""
    by_step = {"partition_by": [F("flow_task")]}
    tasks = Task.objects.filter(status__in=_OPEN, flow_task_type="HUMAN").annotate(
        n=Window(Count("pk"), **by_step),
        oldest=Window(Min("created"), **by_step),
        place=Window(RowNumber(), order_by=[F("created"), F("pk")], **by_step),
    )
    middle = tasks.filter(place=(F("n") + 1) / 2).order_by("flow_task")
    waiting = GaugeMetricFamily("lianping_queue_tasks", "tasks that wait for a person", labels=["step"])
    oldest = GaugeMetricFamily("lianping_queue_oldest_seconds", "how long the oldest waits", labels=["step"])
    p50 = GaugeMetricFamily("lianping_queue_p50_seconds", "how long the middle one waits", labels=["step"])
    for node, created, n, first in middle.values_list("flow_task", "created", "n", "oldest"):
        step = [f"{node.flow_class.__name__}.{node.name}" if node else "unknown"]
        waiting.add_metric(step, n)
        oldest.add_metric(step, _seconds(first, at))
        p50.add_metric(step, _seconds(created, at))
    yield from (waiting, oldest, p50)


def objections(at: datetime) -> Gauges:
    """Cases the township has to act on: all, those due by the next working day, those past their day, those that pause."""
    day, running = today(at), Q(suspended_at=None)
    found = Objection.objects.filter(state__in=IN_OFFICE).aggregate(
        open=Count("pk"),
        near_deadline=Count("pk", filter=running & Q(answer_by__range=(day, clock.at_risk_on(day)))),
        overdue=Count("pk", filter=running & Q(answer_by__lt=day)),
        paused=Count("pk", filter=~running),
    )
    yield _labelled("objections", "cases the township has to act on", "standing", found)


def outbox(at: datetime) -> Gauges:
    """Events that were not made into messages yet."""
    lag = lags.untold()
    yield _plain("outbox_events", "events not made into messages yet", lag.leaves)
    yield _plain("outbox_oldest_seconds", "age of the oldest of them", _seconds(lag.since, at))


def deliveries(at: datetime) -> Gauges:
    """Deliveries by channel and state, and how long the one overdue longest has waited."""
    rows = Delivery.objects.values_list("channel", "state").annotate(
        n=Count("pk"), due=Min("due_at", filter=Q(state__in=["waiting", "sending"], due_at__lte=at))
    )
    counts = GaugeMetricFamily("lianping_deliveries", "messages by channel", labels=["channel", "state"])
    late = {}
    for channel, state, n, due in rows.order_by():
        counts.add_metric([channel, state], n)
        late[channel] = max(late.get(channel, 0), _seconds(due, at))
    yield counts
    yield _labelled("delivery_late_seconds", "how long the oldest one due waits", "channel", late)


def log(at: datetime) -> Gauges:
    """Leaves of the logs that no signed checkpoint covers."""
    lag = lags.unsigned()
    yield _plain("log_unsigned_leaves", "leaves that no checkpoint covers", lag.leaves)
    yield _plain("log_unsigned_logs", "logs that have such leaves", lag.logs)
    yield _plain("log_unsigned_oldest_seconds", "age of the oldest of them", _seconds(lag.since, at))


def missed(at: datetime) -> Gauges:
    """Deadlines that should have fired."""
    found = deadlines.missed(at).aggregate(n=Count("pk"), first=Min("due_at"))
    yield _plain("deadlines_missed", "deadlines that should have fired", found["n"])
    yield _plain(
        "deadlines_missed_oldest_seconds", "how late the first of them is", _seconds(found["first"], at)
    )


def steps(at: datetime) -> Gauges:
    """Background steps parked with an error."""
    yield _plain("steps_failed", "background steps parked with an error", failed.tasks().count())


def jobs(at: datetime) -> Gauges:
    """Long work that is open, and what failed in the last day."""
    found = Job.objects.aggregate(
        **{state: Count("pk", filter=Q(state=state)) for state in Job.OPEN},
        failed=Count("pk", filter=Q(state=Job.State.FAILED)),
    )
    yield _labelled("jobs", "long work by state; failed ones are kept for seven days", "state", found)


def machinery(at: datetime) -> Gauges:
    """When worker and ticker were heard, and the last backup was made; absent where never."""
    ages = {name: _seconds(last, at) for name, last in pulses.heard().items()}
    yield _labelled("heard_seconds", "since a part of the machinery was heard", "part", ages)
    if last := backup_at():
        yield _plain("backup_age_seconds", "since the last backup", _seconds(last, at))


GROUPS: tuple[Callable[[datetime], Gauges], ...] = (
    ratings, queues, objections, outbox, deliveries, log, missed, steps, jobs, machinery,
)  # fmt: skip


class Domain:
    """A collector for one scrape: all gauges as of one moment."""

    def __init__(self, at: datetime):
        self.at = at

    def collect(self) -> Gauges:
        """Every gauge; one query for each of GROUPS, and one for the calendar of working days."""
        for group in GROUPS:
            yield from group(self.at)


def _plain(name: str, says: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"lianping_{name}", says, value=value)


def _labelled(name: str, says: str, label: str, values: dict[str, float]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(f"lianping_{name}", says, labels=[label])
    for each, value in values.items():
        family.add_metric([each], value)
    return family


def _seconds(since: datetime | None, at: datetime) -> float:
    return max(0.0, (at - since).total_seconds()) if since else 0.0
