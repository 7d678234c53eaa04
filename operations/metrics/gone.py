"""Counts of gunicorn's workers that ended: added up in one file, so that they do not pile up with each new worker.

Knows no Django: gunicorn's own process calls it (gunicorn.conf.py), which has none.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from prometheus_client.mmap_dict import MmapedDict

_SUM = "0"  # no worker has this number
_LOCK = "lock"


def fold(folder: Path) -> None:
    """Add what ended workers counted to the file of sums, and delete their files.

    While somebody reads nothing is done: the next worker that ends brings it up. It never waits.
    """
    with _lock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB) as is_mine:
        for file in sorted(folder.glob("[ch]*_*.db")) if is_mine else ():  # counter_1.db, histogram_1.db
            kind, _, number = file.stem.partition("_")
            if number != _SUM and not _runs(int(number)):
                _add(file, folder / f"{kind}_{_SUM}.db")


@contextmanager
def reading(folder: Path) -> Iterator[None]:
    """While inside, no file goes and nothing is counted twice."""
    with _lock(folder, fcntl.LOCK_SH):
        yield


@contextmanager
def _lock(folder: Path, how: int) -> Iterator[bool]:
    with (folder / _LOCK).open("w") as file:
        try:
            fcntl.flock(file, how)
        except BlockingIOError:
            yield False
        else:
            yield True


def _add(file: Path, sums: Path) -> None:
    total = MmapedDict(str(sums))
    try:
        for key, value, moment, _ in MmapedDict.read_all_values_from_file(str(file)):
            total.write_value(key, total.read_value(key)[0] + value, moment)
    finally:
        total.close()
    file.unlink()


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # another user's, under a number used again
        return True
    return True
