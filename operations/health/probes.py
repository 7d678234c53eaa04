"""What a web server needs before it is sent people: each probe raises nothing and says what is wrong, or nothing.

The words are for a load balancer's log and for whoever runs the machines; they name no village and nobody in one.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path

import redis
from django.conf import settings
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor

from governance.redis_links import connect

MB = 1024**2


def database() -> str:
    """The database answers."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except (Error, OSError) as error:
        return type(error).__name__
    return ""


def migrations() -> str:
    """Every table the code knows is there. Once that is so it stays so: the code of a process does not change."""
    try:
        return _not_applied()
    except (Error, OSError, _Missing) as error:
        return str(error) if isinstance(error, _Missing) else type(error).__name__


def redis_answers() -> str:
    """The cache and the broker answer, where they are configured."""
    if not settings.REDIS_IS_USED:
        return ""
    try:
        connect().ping()
    except (redis.RedisError, OSError) as error:
        return type(error).__name__
    return ""


def uploads() -> str:
    """Their folder is there, with room for more, and they may be written. A folder that is gone is a disk that is gone."""
    folder = Path(settings.MEDIA_ROOT)
    return _room(folder) if folder.is_dir() else "not there"


def signer() -> str:
    """The signer can write down what it signed, else it would not sign."""
    place = _nearest(Path(settings.LOG_SIGNED_DIR))
    return "" if os.access(place, os.W_OK) else "not writable"


# Without these no page works. Redis is not among them: people work on without it (decision 16).
NEEDED: dict[str, Callable[[], str]] = {
    "database": database,
    "migrations": migrations,
    "uploads": uploads,
    "signer": signer,
}
MISSED: dict[str, Callable[[], str]] = {"redis": redis_answers}


class _Missing(Exception):
    """Migrations are not applied."""


@cache
def _not_applied() -> str:
    executor = MigrationExecutor(connection)
    if plan := executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise _Missing(f"{len(plan)} not applied")
    return ""


def _room(folder: Path) -> str:
    if not os.access(folder, os.W_OK):
        return "not writable"
    free = shutil.disk_usage(folder).free // MB
    return f"{free} MB free" if free < settings.DISK_FREE_MB else ""


def _nearest(folder: Path) -> Path:
    """The folder, or the one above it in which it will be made."""
    return next(place for place in (folder, *folder.parents) if place.exists())
