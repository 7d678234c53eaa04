"""A backup file changed by somebody: at random, or by one who knows the format and makes every hash fit again."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

MANIFEST = "manifest.json"


def flip(file: Path, name: str) -> None:
    """One bit in the middle of a member, as it lies packed in the file, is another."""
    data = bytearray(file.read_bytes())
    with zipfile.ZipFile(file) as archive:
        member = archive.getinfo(name)
    names, extra = (int.from_bytes(data[member.header_offset + at :][:2], "little") for at in (26, 28))
    data[member.header_offset + 30 + names + extra + member.compress_size // 2] ^= 1
    file.write_bytes(data)


def cut(file: Path, keep: int) -> None:
    """Only the first bytes are there."""
    file.write_bytes(file.read_bytes()[:keep])


def manifest(file: Path) -> dict:
    """What the file says of itself."""
    return json.loads(zipfile.ZipFile(file).read(MANIFEST))


def rewrite(
    file: Path,
    *,
    manifest: Callable[[dict], object] = lambda said: None,
    table: str = "",
    rows: Callable[[list[dict]], list[dict]] = list,
    without: tuple[str, ...] | list[str] = (),
) -> None:
    """Change what the manifest says, or the rows of a table (as dicts by column), or leave members out."""
    with zipfile.ZipFile(file) as archive:
        members = {name: archive.read(name) for name in archive.namelist() if name not in without}
    said = json.loads(members[MANIFEST])
    for one in said["tables"]:
        if one["name"] == table:
            name, columns = f"tables/{table}.jsonl", [column for column, _ in one["columns"]]
            before = [
                dict(zip(columns, json.loads(line), strict=True)) for line in members[name].splitlines()
            ]
            after = [json.dumps(list(row.values())) + "\n" for row in rows(before)]
            members[name] = "".join(after).encode()
            one |= {"rows": len(after), "sha256": sha256(members[name]).hexdigest()}
    manifest(said)
    members[MANIFEST] = json.dumps(said).encode()
    with zipfile.ZipFile(file, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
