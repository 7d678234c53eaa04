"""The file of a backup: a ZIP whose members are hashed as they are written, and a manifest that says each hash.

    manifest.json             what this is, and the SHA-256 of every other member
    tables/<table>.jsonl      a row a line, in the order of its columns
    uploads/<path>            what lies under MEDIA_ROOT, as it is (or only hashes in the manifest: uploads_inside)

ZIP and not tar: a member may be written before its length is known, and the list of members stands at the end, so a
file that was cut off does not even open. Memory does not grow with the data.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from operations.errors import OperationError

FORMAT = 1
MANIFEST = "manifest.json"
_CHUNK = 1 << 20
_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, KeyError, ValueError, NotImplementedError)


class Member:
    """A member being written: hashes and counts what goes by."""

    def __init__(self, stream: BinaryIO):
        self._stream, self._hash, self.bytes = stream, hashlib.sha256(), 0

    def write(self, data: bytes) -> None:
        """Append to it."""
        self._stream.write(data)
        self._hash.update(data)
        self.bytes += len(data)

    @property
    def sha256(self) -> str:
        """Of what was written so far."""
        return self._hash.hexdigest()


class Writer:
    """An archive being written into an open file; complete when its block ends."""

    def __init__(self, file: BinaryIO):
        self._zip = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=6)

    def __enter__(self) -> Writer:
        return self

    def __exit__(self, *_) -> None:
        self._zip.close()

    @contextmanager
    def member(self, name: str, *, is_packed: bool = True) -> Iterator[Member]:
        """One more member; photos are not packed again."""
        info = zipfile.ZipInfo(name)
        info.compress_type = zipfile.ZIP_DEFLATED if is_packed else zipfile.ZIP_STORED
        info.external_attr = 0o600 << 16
        with self._zip.open(info, "w", force_zip64=True) as stream:
            yield Member(stream)

    def finish(self, manifest: dict) -> str:
        """Write the manifest, last; returns its SHA-256, which covers all."""
        with self.member(MANIFEST) as member:
            member.write(json.dumps(manifest, ensure_ascii=False, indent=1).encode())
        return member.sha256


class Reader:
    """An archive that is there; close it. Every fault of the file is an OperationError."""

    def __init__(self, path: Path):
        self.path = path
        with self._faults():
            self._zip = zipfile.ZipFile(path)
            self.manifest = json.loads(self._zip.read(MANIFEST))
            if self.manifest["format"] > FORMAT:
                raise OperationError("这份备份是更新版本的程序做的，这个版本读不了。请先升级程序。")
            self.has_uploads: bool = self.manifest["uploads_inside"]

    def check(self, say) -> None:
        """Read every member once and compare its hash: nothing is missing, cut off or changed."""
        wanted = {f"tables/{one['name']}.jsonl": one["sha256"] for one in self.manifest["tables"]}
        if self.has_uploads:
            wanted |= {f"uploads/{one['path']}": one["sha256"] for one in self.manifest["uploads"]}
        if {*wanted, MANIFEST} != set(self._zip.namelist()):
            raise self._damaged("里面的文件和清单对不上")
        for number, (name, sha256) in enumerate(wanted.items(), 1):
            self._check(name, sha256)
            if number % 2000 == 0:
                say(f"核对到第{number}个文件，共{len(wanted)}个")

    def chunks(self, name: str) -> Iterator[bytes]:
        """The bytes of a member, piece by piece."""
        with self._faults(name), self._zip.open(name) as stream:
            while piece := stream.read(_CHUNK):
                yield piece

    def rows(self, table: str) -> Iterator[list]:
        """The rows of a table."""
        name = f"tables/{table}.jsonl"
        with self._faults(name), self._zip.open(name) as stream:
            for line in stream:
                yield json.loads(line)

    def close(self) -> None:
        """Let go of the file."""
        self._zip.close()

    def _check(self, name: str, sha256: str) -> None:
        found = hashlib.sha256()
        for piece in self.chunks(name):
            found.update(piece)
        if found.hexdigest() != sha256:
            raise self._damaged(f"{name}和清单里的校验值不一样")

    @contextmanager
    def _faults(self, name: str = "") -> Iterator[None]:
        try:
            yield
        except _DAMAGED as error:
            raise self._damaged(f"{name}读不出来" if name else "不是完整的备份") from error

    def _damaged(self, what: str) -> OperationError:
        return OperationError(
            f"{self.path.name}{what}：文件坏了、没传完，或者被改过。什么都没有恢复。请换一份备份，或者重新拷一次。"
        )
