"""What the machinery does for itself, once a minute."""

from datetime import datetime

from celery import shared_task
from django.utils import timezone

from governance import pulses
from operations.health import since


@shared_task(name="operations.look")
def look() -> bool:
    """Say that whoever keeps the time is alive, and keep which checks turned good or bad; True when all are good."""
    return tick(timezone.now())


def tick(at: datetime) -> bool:
    """The same inline, for the embedded mode's clock."""
    pulses.beat(pulses.TICKER, at)
    return since.are_well(since.note(at))
