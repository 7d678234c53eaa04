"""What kinds of long work there are: upper layers register theirs at start."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from datetime import datetime

from governance.models import Job


@dataclass(frozen=True)
class Step:
    """How far a job is, in its own units, and a sentence that names nobody."""

    done: int
    total: int
    says: str = ""


@dataclass(frozen=True)
class Result:
    """What came of a job: a file to take along, or a page of the site to go on to."""

    content: bytes = b""
    name: str = ""
    leads_to: str = ""
    says: str = ""


Run = Callable[[Job], Generator[Step, None, Result]]


@dataclass(frozen=True)
class Kind:
    """A kind of work: what it is called, who may have it done and take its result, and how it is done."""

    title: str
    may: Callable[[Job, datetime], object]
    run: Run


KINDS: dict[str, Kind] = {}


def runs(name: str, *, title: str, may: Callable[[Job, datetime], object]):
    """Register the function of a kind of job. `may(job, at)` raises Refused when `job.by` may not (any more)."""

    def register(run: Run) -> Run:
        KINDS[name] = Kind(title, may, run)
        return run

    return register
