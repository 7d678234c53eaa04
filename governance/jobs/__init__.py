"""Long work that goes on by itself: started on a page, done by whoever works in the background, watched on a page.

A job is a row (models.machinery). Its kind is a function that yields how far it is and returns what came of it:

    @jobs.runs("changes.export", title="导出改动记录", may=check_export)
    def export(job): yield Step(1000, 5000, "写了1000条"); return Result(content=…, name="改动记录.xlsx")

Each step is outside any transaction, so that everybody sees it. The function may be begun again at any time, after a
worker died: it does what it finds undone. Of two workers one wins the row; the other's next step tells it to stop.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta

from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from governance.jobs.kinds import KINDS, Result, Step, runs
from governance.jobs.running import State, free
from governance.jobs.waking import wake
from governance.models import Division, Job, User
from governance.refusals import Conflict, Refused

__all__ = [
    "KINDS",
    "Result",
    "Step",
    "again",
    "clear",
    "forget",
    "forget_of",
    "runs",
    "start",
    "sweep",
    "unheard",
]
UNHEARD = timedelta(seconds=20)  # the worker was told, or should have been
KEPT = timedelta(days=7)
UNNAMED = timedelta(hours=1)  # a file is named by its job a moment after it was written
SOON = "排上了，马上开始。"


def start(
    *, kind: str, about: str, by: User, at: datetime, village: Division | None = None,
    arguments: dict | None = None,
) -> Job:  # fmt: skip
    """Have a job done once this transaction is committed; one that is under way for the same is returned.

    `about` says what may run only once at a time; it and `arguments` hold keys and dates, never a name. Raises Refused
    (not theirs to have done), or Conflict when somebody else has it done now.
    """
    job = Job(
        kind=kind, about=about, by=by, village=village, arguments=arguments or {}, made_at=at,
        says=SOON,
    )  # fmt: skip
    KINDS[kind].may(job, at)
    if running := _running(job):
        return running
    try:
        with transaction.atomic():
            job.save()
    except IntegrityError:
        if running := _running(job):  # somebody was first a moment ago
            return running
        raise
    transaction.on_commit(lambda: wake(job.key))
    return job


def again(*, job: Job, by: User, at: datetime) -> Job:
    """Have a job that failed done once more. Raises Refused (not theirs), or Conflict (it did not fail)."""
    if job.by_id != by.pk:
        raise Refused("这件不是您要做的。")
    KINDS[job.kind].may(job, at)
    try:
        with transaction.atomic():
            fresh = {"state": State.QUEUED, "tries": 0, "error": "", "says": SOON, "made_at": at}
            mended = Job.objects.filter(pk=job.pk, state=State.FAILED)
            if not mended.update(**fresh, finished_at=None, started_at=None, done=0, total=0, claim=None):
                raise Conflict("这件已经在做了，或者做好了。")
    except IntegrityError as error:
        raise Conflict("同样的一件正在做，等它做完。") from error
    transaction.on_commit(lambda: wake(job.key))
    job.refresh_from_db()
    return job


def sweep(at: datetime) -> int:
    """Find what a worker was not told of or died over, and what was kept long enough; returns how many were found.

    The first is handed on again, the second deleted with its file.
    """
    found = list(unheard(at).values_list("key", flat=True))
    for key in found:
        wake(key)
    clear(at)
    return len(found)


def unheard(at: datetime) -> QuerySet[Job]:
    """Jobs whose worker was not told of them, or died over them; the oldest first."""
    longer = Q(state=State.RUNNING) | Q(made_at__lt=at - UNHEARD)
    return Job.objects.filter(free(at) & longer).order_by("made_at", "pk")


def clear(at: datetime) -> None:
    """Delete jobs that ended more than KEPT ago, with what came of them, and files that no job leads to."""
    for job in Job.objects.filter(finished_at__lt=at - KEPT):
        forget(job)
    for path in _strays(at):
        default_storage.delete(path)


def _strays(at: datetime) -> Iterator[str]:
    """Files of workers that died after writing one and before saying so: no erasure would find them."""
    if not default_storage.exists("jobs"):
        return
    named = set(Job.objects.exclude(stored_as="").values_list("stored_as", flat=True))
    for path in (f"jobs/{name}" for name in default_storage.listdir("jobs")[1]):
        with suppress(FileNotFoundError):  # another sweep was first
            if path not in named and default_storage.get_modified_time(path) < at - UNNAMED:
                yield path


def forget_of(village: Division) -> None:
    """Delete what came of jobs about a village, or about several: it may hold what a household had forgotten."""
    about = Q(village=village) | Q(village=None)
    for job in Job.objects.filter(about).exclude(stored_as=""):
        forget(job)


def forget(job: Job) -> None:
    """Delete a job and its file."""
    if job.stored_as:
        default_storage.delete(job.stored_as)
    Job.objects.filter(pk=job.pk).delete()


def _running(job: Job) -> Job | None:
    """The job that does the same now. Raises Conflict when it is somebody else's."""
    found = Job.objects.filter(kind=job.kind, about=job.about, state__in=Job.OPEN)
    running = found.first()
    if running and running.by_id != job.by_id:
        raise Conflict("别的人刚点过，正在做。等做好了再来看。")
    return running
