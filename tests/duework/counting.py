"""A kind of long work in three steps with a file at its end, and jobs of that kind."""

from __future__ import annotations

from datetime import timedelta
from itertools import count

from django.core.files.storage import default_storage
from django.utils import timezone

from governance.jobs import Result, Step
from governance.jobs.kinds import Kind
from governance.models import Job, User
from tests.people import account

NAME = "duework.count"
_numbers = count(1)


def _count(job):
    for n in range(1, 4):
        yield Step(n, 3, f"数了{n}")
    return Result(b"1,2,3", "数好的.csv", says="数到3。")


KIND = Kind("数数", lambda job, at: None, _count)


def wanted(age: timedelta = timedelta(), **fields) -> Job:
    """A job that was asked for so long ago and of which no worker heard."""
    return Job.objects.create(
        **{"kind": NAME, "about": str(next(_numbers)), "by": _clerk(), **fields},
        made_at=timezone.now() - age,
    )


def _clerk() -> User:
    return User.objects.filter(username=NAME).first() or account("沈文书", username=NAME)


def told(job: Job) -> tuple:
    """What its page shows and hands out."""
    row = Job.objects.get(pk=job.pk)
    return row.state, row.done, row.total, row.says, _content(row)


def _content(job: Job) -> bytes:
    if not job.stored_as:
        return b""
    with default_storage.open(job.stored_as) as file:
        return file.read()
