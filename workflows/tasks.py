"""Background work: what happens without a person at the screen."""

from celery import shared_task
from django.utils import timezone

from governance import deadlines


@shared_task(name="workflows.tick")
def tick() -> int:
    """Fire every deadline that is due; return how many. Safe to run anywhere, any number of times at once.

    Raises an ExceptionGroup after the others have fired when some failed: they stay open for the next tick.
    """
    return len(deadlines.fire_due(timezone.now()))
