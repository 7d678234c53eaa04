"""The rows of a backup into their tables: one transaction, a few in memory at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice

from django.db import DatabaseError, OperationalError, connection, transaction

from governance import guards
from operations import kinds, numbers
from operations.archive import Reader
from operations.errors import OperationError
from operations.restoring import target

_BATCH = 1000
_LOCK = 0x6C69616E70696E67  # "lianping": one restore at a time into a database


def load(archive: Reader, say, *, at_last: Callable[[], object]) -> None:
    """Fill the empty tables, then run `at_last`, then commit. Raises OperationError; nothing is left then.

    A row of an append-only table goes in as any new row does; the guards are made again before the commit.
    """
    try:
        with transaction.atomic(durable=True):
            _alone()
            target.check_empty()
            target.clear()
            for table in archive.manifest["tables"]:
                _fill(archive, table, say)
            _check()
            guards.install()
            at_last()
    except OperationalError as error:
        raise OperationError(
            f"数据库不让写：{error}。什么都没有恢复。请停掉其他程序，看看数据库还在不在，再来一次。"
        ) from error


def _alone() -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
            if not cursor.fetchone()[0]:
                raise OperationError("另一个恢复正在往这个数据库里写。请等它完。")


def _fill(archive: Reader, table: dict, say) -> None:
    """One table. A database's own words are not passed on: they may quote a row."""
    name, readers = table["name"], [kinds.reader(kind, connection.ops) for _, kind in table["columns"]]
    rows = ([read(value) for read, value in zip(readers, row, strict=True)] for row in archive.rows(name))
    try:
        count = (_copy if connection.vendor == "postgresql" else _insert)(name, table["columns"], rows)
        if table["number"]:
            numbers.go_on_after(name, *table["number"])
    except OperationalError:
        raise
    except (DatabaseError, ValueError, TypeError) as error:
        raise OperationError(f"{name}里有一行存不进去（{type(error).__name__}），全部没有恢复。") from None
    if count != table["rows"]:
        raise OperationError(f"{name}应该有{table['rows']}行，读出来{count}行，全部没有恢复。")
    if count:
        say(f"{name}：{count}行")


def _insert(name: str, columns: list, rows: Iterator[list]) -> int:
    quote, count = connection.ops.quote_name, 0
    places = ", ".join(["%s"] * len(columns))
    into = f"INSERT INTO {quote(name)} ({_listed(columns)}) VALUES ({places})"
    with connection.cursor() as cursor:
        while batch := list(islice(rows, _BATCH)):
            cursor.executemany(into, batch)
            count += len(batch)
    return count


def _copy(name: str, columns: list, rows: Iterable[list]) -> int:
    """PostgreSQL's own way in, some times as fast as INSERT; each column's type reads its text."""
    count, into = 0, f"COPY {connection.ops.quote_name(name)} ({_listed(columns)}) FROM STDIN"
    with connection.cursor() as cursor, cursor.copy(into) as copy:
        for row in rows:
            copy.write_row(row)
            count += 1
    return count


def _listed(columns: list) -> str:
    return ", ".join(connection.ops.quote_name(column) for column, _ in columns)


def _check() -> None:
    """Every reference leads to a row."""
    try:
        connection.check_constraints()
    except DatabaseError:
        raise OperationError("备份里有的行指着不在的行，全部没有恢复。") from None
