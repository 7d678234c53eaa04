"""The embedded mode's worker: a thread beside the web server that does long jobs, one after the other."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

from django.db import connections
from django.utils import timezone

from governance.jobs.running import run, waiting
from governance.jobs.waking import WORKER

SECONDS = 5  # how often it looks when nobody wakes it
log = logging.getLogger("lianping.jobs")


@contextmanager
def working(seconds: float = SECONDS) -> Iterator[None]:
    """Do jobs while the body runs; at its end the one under way stops after its step, and is gone on with later."""
    woken, stopped = Event(), Event()
    WORKER.append(woken)
    thread = Thread(target=_work, args=(woken, stopped, seconds), name="jobs")
    thread.start()
    try:
        yield
    finally:
        WORKER.remove(woken)
        stopped.set()
        woken.set()
        thread.join()


def _work(woken: Event, stopped: Event, seconds: float) -> None:
    while not stopped.is_set():
        woken.clear()
        _all(stopped)
        woken.wait(seconds)


def _all(stopped: Event) -> None:
    """What waits now; an error (the database is away) is logged, the next round tries again."""
    try:
        for key in waiting(timezone.now()):
            run(key, is_beating=True, stopped=stopped)
            if stopped.is_set():
                return
    except Exception:
        log.exception("长的活没接上，等一下再接")
    finally:
        connections.close_all()
