"""Background work of this layer: long jobs, one task a job."""

from __future__ import annotations

from uuid import UUID

from celery import shared_task
from django.utils import timezone

from governance import jobs
from governance.jobs.running import run


@shared_task(name="governance.run_job")
def run_job(key: str) -> None:
    """Do a job; nothing when somebody does it already, or it is done."""
    run(UUID(key), is_beating=True)


@shared_task(name="governance.sweep_jobs")
def sweep_jobs() -> int:
    """Hand on again what nobody works on, delete what was kept long enough; safe to run any number of times at once."""
    return jobs.sweep(timezone.now())
