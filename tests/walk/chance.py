"""Keys, salts and secrets of a walk out of its seed, so that one seed is one walk wherever it is taken.

On PostgreSQL the keys that the database makes itself (cards) stay chance.
"""

import os
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from unittest import mock

from django.db import connection


@contextmanager
def out_of(seed: object) -> Iterator[None]:
    """Let `uuid4`, `secrets` and SQLite draw from a seed: whom a lot falls on and what is sorted by key follow."""
    given = random.Random(f"chance/{seed}").randbytes
    # `secrets` keeps a name of its own for the same function.
    with mock.patch.object(os, "urandom", given), mock.patch.object(random, "_urandom", given):
        _let_sqlite_draw(given)
        try:
            yield
        finally:
            _let_sqlite_draw(lambda size: os.urandom(size))  # looked up later, when it is itself again


def _let_sqlite_draw(source: Callable[[int], bytes]) -> None:
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        connection.connection.create_function("randomblob", 1, source)
