"""Taking a roster in as a job: thousands of households take seconds, and the clerk need not wait at the page."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils import timezone

from governance import imports, jobs, roster_import
from governance.access import check_role
from governance.jobs import Result, Step
from governance.models import ImportBatch, Job, User
from governance.models.people import Role
from governance.refusals import Refused

TAKE_IN = "roster.take_in"


def start(*, batch: ImportBatch, by: User, at: datetime) -> Job:
    """Have a roster taken in in the background.

    Raises Refused (not the clerk), Conflict (saved already) or Invalid (a row to be mended) before anything begins.
    """
    roster_import.check(imports.preview_roster(batch, by=by, at=at))
    return jobs.start(
        kind=TAKE_IN, about=str(batch.key), village=batch.village, arguments={"batch": str(batch.key)},
        by=by, at=at,
    )  # fmt: skip


def _check(job: Job, at: datetime) -> None:
    check_role(job.by, Role.CLERK, village=job.village, at=at)


@jobs.runs(TAKE_IN, title="存入户册", may=_check)
def take_in(job: Job):
    """One transaction does it all; where it was committed before the worker died, nothing is left to do."""
    batch = ImportBatch.objects.select_related("village").filter(key=job.arguments["batch"]).first()
    if batch is None:
        raise Refused("这张表已经删掉了，一行也没存。要存，请再传一次。")
    yield Step(1, 2, "正在存，一行不差全部存好才算数。")
    says = "户册存好了。"
    if batch.saved_at is None:
        made = imports.save_roster(batch=batch, by=job.by, at=timezone.now())
        says = f"户册存好了：新建{made.created}户，更新{made.changed}户，{made.unchanged}户没有变。"
    return Result(leads_to=reverse("roster", args=[batch.village.code]), says=says)
