"""What a restored database must be: each check yields a sentence for everything that differs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from django.db import connection

from governance.replay import replay
from governance.verifying import verify_all
from operations import stored
from operations.backups import sha256_of
from operations.restoring.target import FILLED
from transparency import log


def rows(manifest: dict) -> Iterator[str]:
    """Each table has as many rows as the backup says; what migrate fills may have grown."""
    with connection.cursor() as cursor:
        for table in manifest["tables"]:
            cursor.execute(f"SELECT COUNT(*) FROM {connection.ops.quote_name(table['name'])}")
            [count] = cursor.fetchone()
            if count != table["rows"] and table["name"] not in FILLED:
                yield f"{table['name']}：备份里{table['rows']}行，恢复出来{count}行"


def heads(manifest: dict) -> Iterator[str]:
    """Each log is as long as the backup says and has its root."""
    for one in manifest["logs"]:
        size, root = log.head(one["village"])
        if (size, root.hex()) != (one["size"], one["root"]):
            yield f"{one['village']}：日志头和备份里写的不一样"


def everything_said(counts: Counter) -> Iterator[str]:
    """verify_log over all villages; counts villages and leaves."""
    for found in verify_all():
        counts["villages"] += 1
        counts["leaves"] += found.leaves
        yield from (f"{found.village.code} {one}" for one in found.breaks)


def scores(counts: Counter) -> Iterator[str]:
    """Every signed card computed once more; no score is printed, only which card."""
    for one in replay():
        counts["cards"] += 1
        if one.differences:
            card = one.card
            yield f"{card.village.code} {card.quarter} 第{card.version}版 {card.key}：重算出来不一样"


def uploads(counts: Counter) -> Iterator[str]:
    """Every file that a row names is there and has the hash the row says; those of an erased household are gone."""
    gone = stored.erased()
    for one in stored.named():
        counts["files"] += 1
        if why := _off(one.path, one.sha256, may_be_gone=one.key in gone):
            yield f"{one.table} {one.key}：{why}"


def _off(path: Path, sha256: str, *, may_be_gone: bool) -> str:
    """What is wrong with a file; nothing."""
    if not path.exists():
        return "" if may_be_gone else "文件不在"
    return "" if sha256_of(path) == sha256 else "文件和记的不一样"
