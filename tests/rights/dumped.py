"""The whole database as words: every table, every column, and every sealed text opened with the keys."""

from __future__ import annotations

from uuid import UUID

from django.apps import apps
from django.db import connection

from governance.crypto import keyring
from governance.fields import EncryptedTextField


def everything() -> str:
    """All that a thief of database and keys could read, table by table."""
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        return "\n".join(line for table in sorted(tables) for line in _lines(cursor, table))


def indices() -> set[bytes]:
    """Every 32 bytes stored anywhere: blind indices among them."""
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        rows = (row for table in sorted(tables) for _, row in _rows(cursor, table))
        return {
            bytes(value) for row in rows for value in row.values() if _is_bytes(value) and len(value) == 32
        }


def _lines(cursor, table):
    sealed = _sealed().get(table, {})
    for name, row in _rows(cursor, table):
        for column, value in row.items():
            if column in sealed and _is_bytes(value) and len(value):
                value = keyring().decrypt(bytes(value), sealed[column], UUID(str(row["key"])))
            yield f"{name}.{column}: {'bytes' if _is_bytes(value) else value}"


def _rows(cursor, table):
    cursor.execute(f'SELECT * FROM "{table}"')
    names = [column[0] for column in cursor.description]
    for row in cursor.fetchall():
        yield table, dict(zip(names, row, strict=True))


def _sealed() -> dict[str, dict[str, str]]:
    """Sealed columns of each table, with what they are sealed for."""
    found: dict[str, dict[str, str]] = {}
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.fields:
            if isinstance(field, EncryptedTextField):
                found.setdefault(model._meta.db_table, {})[field.column] = field.purpose
    return found


def _is_bytes(value) -> bool:
    return isinstance(value, bytes | memoryview)
