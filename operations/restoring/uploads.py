"""The uploads of a backup: staged beside their places first, moved there with the commit of the rows."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from django.conf import settings

from operations.archive import Reader
from operations.backups import STAGING, found, sha256_of
from operations.errors import OperationError


class Folder:
    """MEDIA_ROOT: empty, or with files that the backup has too, byte for byte (a restore that was cut short).

    When the backup holds only hashes, the folder was copied by other means, and may be newer: what is there stays.
    """

    def __init__(self):
        self.root = Path(settings.MEDIA_ROOT)
        self.staging = self.root / STAGING

    def check(self, archive: Reader) -> None:
        """Raises OperationError when a file is there that the backup has not, or has otherwise."""
        wanted = {one["path"]: one["sha256"] for one in archive.manifest["uploads"]}
        for path in wanted:
            pure = PurePosixPath(path)
            if pure.is_absolute() or ".." in pure.parts or pure.parts[0] == STAGING:
                raise OperationError(f"备份里有个文件要写到文件夹外面去（{path}），不恢复。")
        for file in found(self.root) if archive.has_uploads else ():
            if wanted.get(file.relative_to(self.root).as_posix()) != sha256_of(file):
                raise OperationError(
                    f"上传文件夹{self.root}里已经有别的文件（{file.name}），不恢复，什么都没有动。"
                    "请先把这个文件夹改个名字留着，再来一次。"
                )

    @contextmanager
    def staged(self, archive: Reader, say) -> Iterator[None]:
        """Write what is missing into a folder inside MEDIA_ROOT, so on the same disk; taken away at the end."""
        if not archive.has_uploads:
            self._count(archive.manifest["uploads"], say)
            yield
            return
        shutil.rmtree(self.staging, ignore_errors=True)
        self.staging.mkdir(parents=True, mode=0o700)
        try:
            for one in archive.manifest["uploads"]:
                self._write(archive, one["path"])
            say(f"上传的文件：{len(archive.manifest['uploads'])}个")
            yield
        finally:
            shutil.rmtree(self.staging, ignore_errors=True)

    def place(self) -> None:
        """Move what was staged to its place; on disk when this returns. Repeated after a crash it does the rest."""
        for file in list(found(self.staging)):
            target = self.root / file.relative_to(self.staging)
            target.parent.mkdir(parents=True, exist_ok=True)
            file.replace(target)
        os.sync()  # once for all: a call for each of a county's photos takes hours

    def _count(self, uploads: list[dict], say) -> None:
        """Say how many are there; what is not, an erasure may have taken away since: restore_check names the rows."""
        right = sum(
            path.is_file() and sha256_of(path) == one["sha256"]
            for one in uploads
            for path in [self.root / one["path"]]
        )
        say(f"上传的文件：备份里没有放，记了{len(uploads)}个，{self.root}里对得上的{right}个")

    def _write(self, archive: Reader, path: str) -> None:
        target = self.staging / path
        if (self.root / path).exists():
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("wb") as file:
            for piece in archive.chunks(f"uploads/{path}"):
                file.write(piece)
