"""What the signer signed last, in files outside the database: who restores or rewrites the database cannot take it back.

One file a village, the signed checkpoint as it is. A folder on another disk, or one that only the signer may write,
makes it stronger; it must be kept when the database is restored.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Memory:
    """The folder; made when something is first kept."""

    def __init__(self, folder: Path):
        self.folder = Path(folder)

    def last(self, village: str) -> str:
        """The checkpoint signed last, or an empty text."""
        path = self._path(village)
        return path.read_text(encoding="utf-8") if path.exists() else ""

    def keep(self, village: str, note: str) -> None:
        """Put a signed checkpoint in the place of the last, whole or not at all, on disk when this returns."""
        path = self._path(village)
        fresh = path.with_suffix(".new")
        with fresh.open("w", encoding="utf-8", newline="\n") as file:
            file.write(note)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
        self._sync()

    @contextmanager
    def locked(self, village: str) -> Iterator[None]:
        """One signer a village at a time, whichever process it is in."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (self.folder / f"{village}.lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _path(self, village: str) -> Path:
        return self.folder / f"{village}.checkpoint"

    def _sync(self) -> None:
        folder = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
