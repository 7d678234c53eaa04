"""Make a backup: one file with all tables as of one moment, and the uploads.

Whatever a person wrote stays sealed under its key, and so do the secrets of second factors; the keys are not in the
file. Names of areas, doors, points and accounts are in clear: the file is as confidential as the database.
Source: issue 5, docs/operations.md.
"""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Callable, Iterator
from datetime import datetime
from hashlib import file_digest
from importlib.metadata import version
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.db import connection, models

from governance import snapshot
from operations import files, keys, kinds, numbers, tables
from operations.archive import FORMAT, Writer
from transparency.merkle import Frontier
from transparency.models import Checkpoint, Log

Say = Callable[[str], object]
_ROWS = 2000
# What a restore that did not end leaves under MEDIA_ROOT (operations.restoring.uploads).
STAGING = ".restoring"
_PACKAGES = ("Django", "django-viewflow", "django-simple-history", "django-allauth")


def make(path: Path, *, at: datetime, say: Say, with_uploads: bool = True) -> str:
    """Write a backup to a new file, for its owner only; returns the SHA-256 of its manifest.

    Without uploads it holds their hashes only: they are copied by other means. Nobody waits for it. Raises OperationError
    (the tables are of another version), OSError; no file is left then.
    """
    migrations = tables.check_migrated()
    used: set[str] = set()
    with files.fresh(path) as file, Writer(file) as archive:
        with snapshot.held():
            manifest = _what(at, migrations)
            manifest["logs"] = list(_logs())
            manifest["tables"] = [_table(archive, model, used, say) for model in tables.kept()]
        manifest["uploads_inside"] = with_uploads
        manifest["uploads"] = list(_uploads(archive if with_uploads else None, say))
        manifest["keys"] = keys.describe(used)
        return archive.finish(manifest)


def stamp(at: datetime) -> None:
    """Note when the last backup was made, for the operators' page (operations.health.checks)."""
    path = Path(settings.BACKUP_STAMP)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.write_text(json.dumps({"at": at.isoformat()}))
    part.replace(path)


def _what(at: datetime, migrations: dict) -> dict:
    with connection.cursor() as cursor:
        cursor.execute("SELECT version()" if connection.vendor == "postgresql" else "SELECT sqlite_version()")
        [engine] = cursor.fetchone()
    return {
        "format": FORMAT,
        "made_at": at.isoformat(),
        "engine": f"{connection.vendor} {engine}",
        "versions": {"Python": platform.python_version()} | {name: version(name) for name in _PACKAGES},
        "log_origin": settings.LOG_ORIGIN,
        "migrations": migrations,
    }


def _logs() -> Iterator[dict]:
    """The head of each log, and what was signed of it last."""
    for log in Log.objects.order_by("village"):
        signed = Checkpoint.objects.filter(village=log.village, epoch=log.epoch).order_by("-size").first()
        yield {
            "village": log.village,
            "origin": log.origin,
            "epoch": log.epoch,
            "size": log.size,
            "root": Frontier.from_bytes(bytes(log.frontier)).root().hex(),
            "checkpoint": signed.note if signed else "",
        }


def _table(archive: Writer, model: type[models.Model], used: set[str], say: Say) -> dict:
    name, ids, count = model._meta.db_table, keys.finder(model), 0
    with archive.member(f"tables/{name}.jsonl") as member:
        for row in _rows(model):
            used.update(ids(row))
            values = [kinds.written(value) for value in row]
            member.write(json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")
            count += 1
    if count:
        say(f"{name}：{count}行")
    pk = model._meta.pk.column
    return {
        "name": name, "columns": tables.columns(model), "rows": count, "sha256": member.sha256,
        "number": [pk, numbers.last(name, pk)] if model._meta.auto_field in tables.fields(model) else None,
    }  # fmt: skip


def _rows(model: type[models.Model]) -> Iterator[tuple]:
    """A table in the order of its numbers, a few rows in memory at a time."""
    columns = [kinds.expression(field) for field in tables.fields(model)]
    return model._base_manager.order_by("pk").values_list(*columns).iterator(_ROWS)


def _uploads(archive: Writer | None, say: Say) -> Iterator[dict]:
    """Files under MEDIA_ROOT, into the archive if there is one. They are written before their rows, so none that the
    tables name is missed; one that an erasure takes away while we read is left out."""
    root, count = Path(settings.MEDIA_ROOT), 0
    for path in found(root):
        name = path.relative_to(root).as_posix()
        try:
            file = path.open("rb")
        except FileNotFoundError:
            continue
        count += 1
        with file:
            yield {"path": name, **(_upload(archive, name, file) if archive else {"sha256": _sha256(file)})}
    say(f"上传的文件：{count}个" + ("" if archive else "，只记了校验值"))


def _upload(archive: Writer, name: str, file: BinaryIO) -> dict:
    with archive.member(f"uploads/{name}", is_packed=False) as member:
        while piece := file.read(1 << 20):
            member.write(piece)
    return {"bytes": member.bytes, "sha256": member.sha256}


def found(root: Path) -> Iterator[Path]:
    """Every file under a folder of uploads, in a fixed order."""
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if name != STAGING)
        yield from (Path(folder, name) for name in sorted(names))


def sha256_of(path: Path) -> str:
    """Of a file, in hex."""
    with path.open("rb") as file:
        return _sha256(file)


def _sha256(file: BinaryIO) -> str:
    return file_digest(file, "sha256").hexdigest()
