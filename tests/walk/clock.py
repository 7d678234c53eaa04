"""Time passes: hours, days, to the next due date, into the next month or quarter. The ticker may come late."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from django.utils import timezone

from governance import deadlines
from governance.access import today
from governance.models import Deadline
from governance.periods import next_month, next_quarter, quarter_bounds, quarter_of
from tests.walk.village import Village
from workflows import rounds


def hours(v: Village):
    """Some hours."""
    _pass(v, v.at + timedelta(hours=v.dice.randint(1, 12)))


def days(v: Village):
    """Some days."""
    _pass(v, v.at + timedelta(days=v.dice.randint(1, 4)))


def to_due(v: Village):
    """To a second after the next due date."""
    waiting = (
        Deadline.objects.filter(fired_at__isnull=True, cancelled_at__isnull=True).order_by("due_at").first()
    )
    if waiting:
        _pass(v, waiting.due_at + timedelta(seconds=1))


def to_month(v: Village):
    """To the first morning of the next month, or of the next quarter."""
    day = today(v.at)
    quarter = quarter_bounds(next_quarter(quarter_of(day)))[0]
    _pass(v, _morning(v.dice.choice([next_month(day)] * 3 + [quarter])))


def tick(v: Village):
    """The ticker: months that open by date, and everything that is due."""
    v.tried, v.done = v.tried + 1, v.done + 1
    rounds.open_due(v.at)
    deadlines.fire_due(v.at)


def _pass(v: Village, until: datetime) -> None:
    v.tried, v.done = v.tried + 1, v.done + 1
    v.at = max(until, v.at + timedelta(minutes=1))
    if v.dice.random() < 0.7:
        tick(v)


def _morning(day) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(7))).astimezone(UTC)


VERBS = {hours: 6, days: 2, to_due: 2, to_month: 1, tick: 1}
