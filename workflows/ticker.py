"""The embedded mode's clock: a thread that fires deadlines beside the web server."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

from django.db import connections

from workflows.tasks import tick

SECONDS = 30
log = logging.getLogger("lianping.ticker")


@contextmanager
def ticking(seconds: float = SECONDS) -> Iterator[None]:
    """Fire what is due now and then every `seconds` while the body runs; a tick under way is let finish."""
    stopped = Event()
    thread = Thread(target=_run, args=(stopped, seconds), name="ticker")
    thread.start()
    try:
        yield
    finally:
        stopped.set()
        thread.join()


def _run(stopped: Event, seconds: float) -> None:
    while True:
        _tick()
        if stopped.wait(seconds):
            return


def _tick() -> None:
    """A tick that fails is logged; the next one tries again what is still open."""
    try:
        tick()
    except Exception:
        log.exception("到期的事有没办成的，下一轮再办")
    finally:
        connections.close_all()
