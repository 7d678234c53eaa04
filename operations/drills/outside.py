"""Checkpoints that were kept outside the database, held against a restored log."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from transparency import signing, tiles
from transparency.checkpoints import TreeHead, head_of, open_checkpoint
from transparency.models import Epoch, Log
from transparency.notes import NoteError, parse_note
from transparency.proofs import ProofError


class Stretch(NamedTuple):
    """Where the leaves under one name of a log end, as far as the restored database knows."""

    village: str
    end: int


def compare(folder: Path, made_at: datetime, counts: Counter) -> Iterator[str]:
    """Every checkpoint in a folder against the log it is of: what differs, and what the backup should reach.

    Takes what the signer keeps, what a witness keeps and what somebody saved from the log's page. One that came after
    the backup and reaches further is counted as `later`: a real restore would open a new epoch there.
    """
    logs = _stretches()
    for path in sorted(folder.glob("*")) if folder.is_dir() else ():
        if note := _note(path):
            yield from _one(path, note, logs, made_at, counts)


def _one(
    path: Path, note: str, logs: dict[str, Stretch], made_at: datetime, counts: Counter
) -> Iterator[str]:
    head = head_of(note)
    stretch = logs.get(head.origin)
    if not _is_signed(head, note):
        yield f"{path.name}：检查点的签名不对"
    elif stretch and head.size <= stretch.end:
        counts["checkpoints"] += 1
        if not _is_root(stretch.village, head):
            yield f"{path.name}：{head.origin}签到第{head.size}条的根，和恢复出来的日志对不上"
    elif datetime.fromtimestamp(path.stat().st_mtime, made_at.tzinfo) > made_at:
        counts["later"] += 1
    else:
        yield f"{path.name}：{head.origin}在备份以前就签到了第{head.size}条，备份里没有这么多"


def _stretches() -> dict[str, Stretch]:
    """The names of all logs; the leaves of an epoch that a later one says were lost are not asked for."""
    found = {}
    for head in Log.objects.all():
        epochs = list(Epoch.objects.filter(village=head.village).order_by("number"))
        for one, later in pairwise([*epochs, None]):
            found[one.origin] = Stretch(head.village, later.starts if later else head.size)
    return found


def _note(path: Path) -> str:
    """A checkpoint in a file of the signer, of a witness, or saved by hand; empty for any other file."""
    try:
        text = path.read_text(encoding="utf-8") if path.is_file() else ""
        note = json.loads(text).get("checkpoint", "") if path.suffix == ".json" else text
        head_of(note)
    except (NoteError, ValueError, AttributeError):
        return ""
    return note


def _is_signed(head: TreeHead, note: str) -> bool:
    """By a key in use here, if it names one; by an older key, only the root is compared."""
    known = signing.verifiers(head.origin)
    if not {key.key_id for key in known} & {one.key_id for one in parse_note(note).signatures}:
        return True
    try:
        return bool(open_checkpoint(note, known))
    except NoteError:
        return False


def _is_root(village: str, head: TreeHead) -> bool:
    try:
        return tiles.root_at(village, head.size) == head.root
    except ProofError:
        return False
