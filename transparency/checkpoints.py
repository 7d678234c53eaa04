"""What a log signs, C2SP `tlog-checkpoint`, and what a resident is given, C2SP `tlog-proof`."""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from collections.abc import Iterable
from dataclasses import dataclass

from transparency.merkle import HASH_BYTES, leaf_hash
from transparency.notes import NoteError, Signature, Verifier, open_note, parse_note
from transparency.proofs import check_inclusion

_HEADER = "c2sp.org/tlog-proof@v1"
_NUMBER = re.compile(r"0|[1-9][0-9]{0,17}")


@dataclass(frozen=True)
class TreeHead:
    """The text of a checkpoint: which log, how many leaves, which root. Further lines are kept and not used."""

    origin: str
    size: int
    root: bytes
    more: tuple[str, ...] = ()

    @classmethod
    def parse(cls, text: str) -> TreeHead:
        """Read a checkpoint's text. Raises NoteError when it is none."""
        lines = text.removesuffix("\n").split("\n")
        if len(lines) < 3 or not text.endswith("\n") or not all(lines):
            raise NoteError("a checkpoint has an origin, a size and a root, a line each")
        origin, size, root, *more = lines
        return cls(origin, number(size), digest(root), tuple(more))

    @property
    def text(self) -> str:
        """The text to be signed; raises nothing."""
        lines = (self.origin, str(self.size), b64encode(self.root).decode(), *self.more)
        return "".join(f"{line}\n" for line in lines)


@dataclass(frozen=True)
class TlogProof:
    """A leaf's number, the hashes that prove it, the signed checkpoint, and any extra bytes.

    Here the extra bytes are the leaf itself, so that the proof needs nothing else to be checked.
    """

    index: int
    hashes: tuple[bytes, ...]
    checkpoint: str
    extra: bytes = b""

    @property
    def text(self) -> str:
        """The proof as a file `.tlog-proof` holds it."""
        extra = [f"extra {b64encode(self.extra).decode()}"] if self.extra else []
        lines = [_HEADER, *extra, f"index {self.index}", *(b64encode(one).decode() for one in self.hashes)]
        return "\n".join(lines) + "\n\n" + self.checkpoint

    @classmethod
    def parse(cls, text: str) -> TlogProof:
        """Read a proof without believing it. Raises NoteError when it is malformed."""
        head, _, checkpoint = text.partition("\n\n")
        first, *lines = head.split("\n")
        extra = lines.pop(0).removeprefix("extra ") if lines and lines[0].startswith("extra ") else ""
        index = lines.pop(0) if lines else ""
        if first != _HEADER or not index.startswith("index "):
            raise NoteError(f"a proof begins with {_HEADER} and an index")
        parse_note(checkpoint)
        return cls(
            number(index.removeprefix("index ")), tuple(map(digest, lines)), checkpoint, _base64(extra)
        )

    def check(self, leaf: bytes, verifiers: Iterable[Verifier]) -> tuple[TreeHead, list[Signature]]:
        """The tree head that holds this leaf, and the good signatures under it.

        Raises NoteError (signature, form) or ProofError (the hashes do not lead from leaf to root).
        """
        head, good = open_checkpoint(self.checkpoint, verifiers)
        check_inclusion(leaf_hash(leaf), self.index, head.size, self.hashes, head.root)
        return head, good


def open_checkpoint(message: str, verifiers: Iterable[Verifier]) -> tuple[TreeHead, list[Signature]]:
    """The tree head of a checkpoint signed by one of these keys, and its good signatures. Raises NoteError."""
    note, good = open_note(message, verifiers)
    return TreeHead.parse(note.text), good


def with_signatures(message: str, lines: Iterable[str]) -> str:
    """A signed note with further signature lines under it, as cosigners hand them in."""
    return message + "".join(line if line.endswith("\n") else f"{line}\n" for line in lines)


def head_of(message: str) -> TreeHead:
    """The tree head of a checkpoint one made oneself; no signature is looked at. Raises NoteError."""
    return TreeHead.parse(parse_note(message).text)


def number(text: str) -> int:
    """A size or an index in decimal, in the one way to write it. Raises NoteError."""
    if not _NUMBER.fullmatch(text):
        raise NoteError(f"not a number of leaves: {text!r}")
    return int(text)


def digest(text: str) -> bytes:
    """A hash in base64. Raises NoteError."""
    found = _base64(text)
    if len(found) != HASH_BYTES:
        raise NoteError(f"not a hash: {text!r}")
    return found


def _base64(text: str) -> bytes:
    try:
        found = b64decode(text, validate=True)
    except ValueError:
        raise NoteError(f"not base64: {text!r}") from None
    if b64encode(found).decode() != text:
        raise NoteError(f"not base64 as it is written here: {text!r}")
    return found
