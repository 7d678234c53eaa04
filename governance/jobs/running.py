"""Doing a job: one worker holds its row, keeps each step, says that it lives, and notes how it ended."""

from __future__ import annotations

import logging
from collections.abc import Generator, Iterator
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime, timedelta
from pathlib import PurePath
from threading import Event
from uuid import UUID, uuid4

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import Error
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from governance.failures import said
from governance.jobs.kinds import KINDS, Result, Step
from governance.models import Job
from governance.refusals import Refused
from governance.repeating import every

log = logging.getLogger("lianping.jobs")
STALE, BEAT_SECONDS = timedelta(seconds=60), 15  # nobody works on a job that was silent for so long
MOST_TRIES = 3
State = Job.State


class _LostError(Exception):
    """Somebody else works on the job, or nobody is to any more."""


def waiting(at: datetime) -> list[UUID]:
    """Jobs nobody works on, the oldest first."""
    return list(Job.objects.filter(free(at)).order_by("made_at", "pk").values_list("key", flat=True))


def run(key: UUID, *, is_beating: bool, stopped: Event | None = None) -> None:
    """Do a job, if it is free; what fails is kept with it. `is_beating`: in the background, so say that it goes on.

    `stopped`, when set, ends it after the step under way and gives it back.
    """
    job = claim(key, timezone.now())
    if job is None:
        return
    with _beating(job) if is_beating else nullcontext():
        for _ in advance(job):
            if stopped and stopped.is_set():
                _give_back(job)
                return


def advance(job: Job) -> Iterator[Step]:
    """Do a job that is claimed, step by step; each is kept before it is yielded."""
    try:
        result = yield from _steps(job)
        _finish(job, result)
    except _LostError:
        log.info("别的进程接了这件长的活，这边不做了")
    except Refused as refusal:
        _keep(job, state=State.FAILED, says=str(refusal)[:200], finished_at=timezone.now())
    except Exception as error:
        log.exception("长的活没做成")
        _keep(job, state=State.FAILED, says="", error=said(error), finished_at=timezone.now())


def _steps(job: Job) -> Generator[Step, None, Result]:
    kind = KINDS[job.kind]
    if job.tries > MOST_TRIES:
        raise Refused(f"开始了{MOST_TRIES}次，每次都半路停了。请告诉系统运维。")
    kind.may(job, timezone.now())
    steps = kind.run(job)
    while True:
        try:
            step = next(steps)
        except StopIteration as end:
            return end.value
        if not _keep(job, done=step.done, total=step.total, says=step.says, beat_at=timezone.now()):
            raise _LostError
        yield step


def _finish(job: Job, result: Result) -> None:
    stored_as = ""
    if result.content:
        suffix = PurePath(result.name).suffix
        stored_as = default_storage.save(f"jobs/{uuid4()}{suffix}", ContentFile(result.content))
    done = _keep(
        job, state=State.DONE, says=result.says, stored_as=stored_as, file_name=result.name,
        leads_to=result.leads_to, done=F("total"), finished_at=timezone.now(),
    )  # fmt: skip
    if not done and stored_as:
        default_storage.delete(stored_as)


def _keep(job: Job, **values) -> bool:
    """Change a job as long as it is this worker's."""
    return bool(Job.objects.filter(pk=job.pk, claim=job.claim, state=State.RUNNING).update(**values))


def _give_back(job: Job) -> None:
    _keep(job, state=State.QUEUED, claim=None, tries=F("tries") - 1)


def claim(key: UUID, at: datetime) -> Job | None:
    """Take a job nobody works on: of several who try, one gets it."""
    claim = uuid4()
    mine = {"state": State.RUNNING, "claim": claim, "beat_at": at, "tries": F("tries") + 1}
    found = Job.objects.filter(free(at), key=key)
    if not found.update(**mine, started_at=Coalesce(F("started_at"), at)):
        return None
    return Job.objects.select_related("by", "village").get(key=key)


def free(at: datetime) -> Q:
    return Q(state=State.QUEUED) | Q(state=State.RUNNING, beat_at__lt=at - STALE)


def _beating(job: Job) -> AbstractContextManager[None]:
    """Say every BEAT_SECONDS that somebody works on it, also during a long step."""

    def beat():
        try:
            _keep(job, beat_at=timezone.now())
        except Error as error:
            log.warning("长的活的心跳没记上（%s）", type(error).__name__)

    return every(BEAT_SECONDS, beat, name="job-beat", daemon=True)
