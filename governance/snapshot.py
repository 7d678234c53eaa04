"""One moment of the database, held still while people go on working."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def held() -> Iterator[None]:
    """All reads of the block see the same moment; nobody who writes waits for it, on either engine.

    PostgreSQL: REPEATABLE READ. SQLite in WAL mode: any transaction, but a deferred one, since our others take the
    only place to write as they begin. Within a transaction that has begun already there is nothing to do on SQLite and
    nothing that can be done on PostgreSQL: the block runs as it is.
    """
    if connection.in_atomic_block:
        yield
        return
    connection.ensure_connection()
    usual = getattr(connection, "transaction_mode", None)
    if connection.vendor == "sqlite":
        connection.transaction_mode = "DEFERRED"
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
    finally:
        if connection.vendor == "sqlite":
            connection.transaction_mode = usual
