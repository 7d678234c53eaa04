"""The next number of a table's rows: a restored table must not give a number out a second time."""

from __future__ import annotations

from django.db import connection


def last(table: str, column: str) -> int:
    """The number given out last, also when its row is gone; 0 when the database gives none out."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT pg_sequence_last_value(pg_get_serial_sequence(%s, %s)::regclass)",
                [_name(table), column],
            )
        else:
            cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        row = cursor.fetchone()
    return (row and row[0]) or 0


def go_on_after(table: str, column: str, number: int) -> None:
    """Let the next row get a higher number than `number` and than any row has. Inside the caller's transaction."""
    name, quoted = _name(table), connection.ops.quote_name(column)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT MAX({quoted}) FROM {name}")
        highest = max(number, cursor.fetchone()[0] or 0)
        if not highest:
            return
        if connection.vendor == "postgresql":
            cursor.execute("SELECT setval(pg_get_serial_sequence(%s, %s), %s)", [name, column, highest])
        else:
            cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table])
            cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, highest])


def _name(table: str) -> str:
    return connection.ops.quote_name(table)
