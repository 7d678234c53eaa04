"""Background work: what happens without a person at the screen."""

from celery import shared_task
from django.utils import timezone

from governance import deadlines
from workflows import rounds


@shared_task(name="workflows.tick")
def tick() -> int:
    """Open the months whose day has come and fire every deadline that is due; return how many.

    Safe to run anywhere, any number of times at once. Raises an ExceptionGroup after the others have fired
    when some failed: they stay open for the next tick.
    """
    at = timezone.now()
    opened = rounds.open_due(at)
    return len(opened) + len(deadlines.fire_due(at))
