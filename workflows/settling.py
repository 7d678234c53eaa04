"""The quarter's long work as jobs: computing it, and every household's page to carry to its door."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils import timezone

from governance import jobs
from governance.access import check_role
from governance.jobs import Result, Step
from governance.models import Division, Job, User
from governance.models.people import Role
from governance.periods import quarter_label
from workflows import settlements
from workflows.models import Settlement

COMPUTE = "settlement.compute"


def start(*, village: Division, quarter: str, by: User, at: datetime) -> Job:
    """Have a quarter computed in the background. Raises Refused or Conflict as `settlements.start`, before anything begins."""
    settlements.check_start(village, quarter, by=by, at=at)
    return jobs.start(
        kind=COMPUTE,
        about=f"{village.code}:{quarter}",
        village=village,
        arguments={"quarter": quarter},
        by=by,
        at=at,
    )


def _check(job: Job, at: datetime) -> None:
    check_role(job.by, Role.CLERK, village=job.village, at=at)


@jobs.runs(COMPUTE, title="季亮晒算分", may=_check)
def compute(job: Job):
    """One transaction does it all; where it was committed before the worker died, its result is there already."""
    quarter = job.arguments["quarter"]
    yield Step(1, 3, f"{quarter_label(quarter)}，正在把各户的分加起来。")
    found = Settlement.objects.filter(village=job.village, quarter=quarter).first()
    made = found or settlements.start(village=job.village, quarter=quarter, by=job.by, at=timezone.now())
    yield Step(2, 3, "加好了，正在核对。")
    n = settlements.cards(made).count()
    says = f"{quarter_label(quarter)}{n}户的分加好了，请村两委看过签字。"
    return Result(leads_to=reverse("settlement", args=[made.key]), says=says)
