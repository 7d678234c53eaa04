"""Write a file whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


@contextmanager
def fresh(path: Path) -> Iterator[BinaryIO]:
    """A new file that only its owner may read; under its name, and on disk, when the block ends well.

    Raises FileExistsError when there is one already, OSError when it cannot be written; nothing is left then.
    """
    if path.exists():
        raise FileExistsError(f"已经有{path}了，不覆盖。请换个名字")
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with open(os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b") as file:
            yield file
            sync(file)
        part.rename(path)
    finally:
        part.unlink(missing_ok=True)
    sync_folder(path.parent)


def sync(file: BinaryIO) -> None:
    """On disk when this returns."""
    file.flush()
    os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Names of files are on disk when this returns."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
