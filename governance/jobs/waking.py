"""Telling whoever does long jobs that there is one: this process's own worker, Celery's, or where there is neither, here."""

from __future__ import annotations

from threading import Event
from uuid import UUID

from django.conf import settings

from governance import broker
from governance.jobs.running import run

# The embedded mode's own worker, when one runs in this process (governance.jobs.worker).
WORKER: list[Event] = []


def wake(key: UUID) -> None:
    """Let it be done: by this process's own worker, by Celery's, or where there is neither, here and now."""
    if WORKER:
        WORKER[-1].set()
    elif settings.CELERY_TASK_ALWAYS_EAGER:
        run(key, is_beating=False)
    else:
        from governance.tasks import run_job

        broker.nudge(run_job, str(key))
