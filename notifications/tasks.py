"""Background work of the notifications: safe to run anywhere, any number of times at once."""

from __future__ import annotations

from datetime import datetime

from celery import Task, shared_task
from django.conf import settings
from django.utils import timezone

from governance import broker
from governance.models import Division
from notifications import relay as relaying
from notifications import reminders, sending

LETTERS_AT_ONCE, LETTERS_A_RUN = 100, 2000


@shared_task(name="notifications.relay")
def relay(village: int | None = None) -> int:
    """Make messages of what was recorded, in one village or in all; returns how many messages."""
    at = timezone.now()
    if village is None:
        return relaying.relay_due(at)
    place = Division.objects.get(pk=village)
    try:
        made = relaying.relay(place, at)
    except Exception as error:
        relaying.note_failure(place, error, at)
        raise
    if made:
        _ask(send)  # what concerns a household goes out now, not at the next sweep
    return made


@shared_task(name="notifications.send")
def send() -> int:
    """Send what is due; returns how many deliveries went out. What is left over goes with the next run."""
    total = 0
    for _ in range(LETTERS_A_RUN // LETTERS_AT_ONCE):
        at = timezone.now()
        if not sending.waiting(at).exists():
            break
        total += sending.send_due(at, LETTERS_AT_ONCE)
    return total


@shared_task(name="notifications.remind")
def remind() -> int:
    """Make the reminders whose day has come; returns how many messages."""
    return reminders.remind_due(timezone.now())


def nudge(village: Division) -> None:
    """After a commit: ask a worker to read the village on now, rather than at the next sweep. Never raises.

    Inline (no broker) it does nothing: the ticker reads within half a minute, and no page waits for it.
    """
    _ask(relay, village.pk)


def _ask(task: Task, *args) -> None:
    """Let a worker do it now, where there is one."""
    if not settings.CELERY_TASK_ALWAYS_EAGER:
        broker.nudge(task, *args)


def tick(at: datetime) -> None:
    """All three inline, for the embedded mode's clock; one that fails does not stop the others, raised at the end."""
    failed = []
    for task in (remind, relay, send):
        try:
            task()
        except Exception as error:
            failed.append(error)
    if failed:
        raise ExceptionGroup(f"{len(failed)} of the notifications' tasks failed", failed)
