"""A thread beside the work that does one thing again and again while a block runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread

from django.db import connections


@contextmanager
def every(
    seconds: float, act: Callable[[], object], *, name: str, at_once: bool = False, daemon: bool = False
) -> Iterator[None]:
    """Do `act` every `seconds` while the body runs, first `at_once` or after the first wait; one under way is let finish.

    `act` deals with its own errors: what it raises ends the thread.
    """
    stopped = Event()

    def once():
        try:
            act()
        finally:
            connections.close_all()

    def run():
        if at_once:
            once()
        while not stopped.wait(seconds):
            once()

    thread = Thread(target=run, name=name, daemon=daemon)
    thread.start()
    try:
        yield
    finally:
        stopped.set()
        thread.join()
