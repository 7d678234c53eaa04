"""A database for a drill: made, used, thrown away."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from django.db import DatabaseError, connection

from operations.errors import OperationError

PREFIX = "lianping_drill_"


@contextmanager
def database(into: str, folder: Path) -> Iterator[str]:
    """URL of an empty database: `into` if given, else an SQLite file in `folder` or a PostgreSQL database beside ours.

    Raises OperationError when our role may not make one.
    """
    if into or connection.vendor == "sqlite":
        yield into or f"sqlite:///{folder}/drill.sqlite3"
        return
    name = f"{PREFIX}{secrets.token_hex(6)}"
    _make(name)
    try:
        yield urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()
    finally:
        _execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def _make(name: str) -> None:
    try:
        _execute(f"CREATE DATABASE {name}")
    except DatabaseError as error:
        raise OperationError(
            f"这个数据库用户不能新建数据库，演练做不了：{error}。请管理员给它CREATEDB，"
            "或者另建一个空库，用--into写上它的地址；sqlite:////路径/文件也可以。"
        ) from error


def _execute(statement: str) -> None:
    """Past any database: the connection is only used to reach the server."""
    with connection.cursor() as cursor:
        cursor.execute(statement)
    connection.close()
