"""For the few tests that need real commits: several connections at once, `on_commit`, SKIP LOCKED."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event
from time import sleep

from django.db import connections, transaction


def at_once(acts: Sequence[Callable[[], object]]) -> list:
    """Run each act in its own thread and connection, started together: what each returned or raised.

    Needs PostgreSQL and the fixture `transactional_db`.
    """
    start = Barrier(len(acts))

    def run(act):
        start.wait(timeout=10)
        try:
            return act()
        except Exception as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(run, acts))


def overlapping(
    first: Callable[[], object], second: Callable[[], object], *, seconds: float = 0.5
) -> tuple[object, object]:
    """Run `second` against a `first` that is done and not yet committed: what each returned or raised.

    `first` commits some seconds after `second` began, so what `second` locks it must wait for.
    Needs PostgreSQL and the fixture `transactional_db`.
    """
    is_done = Event()

    def hold():
        with transaction.atomic():
            try:
                result = first()
            finally:
                is_done.set()
            sleep(seconds)
        return result

    def follow():
        is_done.wait(timeout=10)
        return second()

    return tuple(at_once([hold, follow]))
