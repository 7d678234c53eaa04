"""Signed notes with ed25519, byte for byte as C2SP `signed-note`, and cosignatures as C2SP `tlog-cosignature`.

A note is a text that ends in a newline, an empty line, and signature lines: em dash, space, key name, space, base64
of a 4-byte key id and the signature. A key is known by name and id; its kind says what exactly is signed.
"""

from __future__ import annotations

import re
import secrets
from base64 import b64decode, b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ED25519 = 1  # signs the text as it is: a log's own key
COSIGNATURE = 4  # signs the text with the time before it: a witness's key
_KINDS = (ED25519, COSIGNATURE)
_DASH = "\u2014 "
_KEY_BYTES, _ID_BYTES, _TIME_BYTES, _SIGNATURE_BYTES = 32, 4, 8, 64
_GREATEST_TIME = 2**63 - 1
_MOST_SIGNATURES, _MOST_BYTES = 64, 100_000


class NoteError(ValueError):
    """A note or a key that is malformed, unsigned or wrongly signed; the message says which."""


class Signature(NamedTuple):
    """One signature line, its base64 taken apart."""

    name: str
    key_id: bytes
    value: bytes

    def line(self) -> str:
        """The line as it stands under a note, with its newline."""
        return f"{_DASH}{self.name} {b64encode(self.key_id + self.value).decode()}\n"


@dataclass(frozen=True)
class Verifier:
    """A public key with the name it signs under. Raises NoteError for a name or key that cannot be one."""

    name: str
    public: bytes
    kind: int = ED25519

    def __post_init__(self):
        if not self.name or "+" in self.name or re.search(r"\s", self.name):
            raise NoteError(f"a key's name is neither empty nor holds spaces or plus: {self.name!r}")
        if self.kind not in _KINDS or len(self.public) != _KEY_BYTES:
            raise NoteError(f"{self.name}: not an ed25519 key of a kind known here")

    @classmethod
    def from_vkey(cls, vkey: str) -> Verifier:
        """Read `name+id+key`, the text of a public key; raises NoteError."""
        name, _, rest = vkey.strip().partition("+")
        key_id, _, key = rest.partition("+")
        data = _decoded(key)
        if not data:
            raise NoteError(f"not a verifier key: {vkey!r}")
        found = cls(name, data[1:], data[0])
        if found.key_id.hex() != key_id:
            raise NoteError(f"{name}: the id {key_id} is not this key's")
        return found

    @property
    def key_id(self) -> bytes:
        """The 4 bytes by which signatures name this key."""
        return sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.public).digest()[:_ID_BYTES]

    @property
    def vkey(self) -> str:
        """The text others are given: name, id and key."""
        return f"{self.name}+{self.key_id.hex()}+{b64encode(bytes([self.kind]) + self.public).decode()}"

    def check(self, text: str, signature: Signature) -> None:
        """Raise NoteError unless this signature under this key fits the text."""
        message, value = text.encode(), signature.value
        if self.kind == COSIGNATURE:
            message, value = _timed(text, signed_time(signature)), value[_TIME_BYTES:]
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(value, message)
        except InvalidSignature:
            raise NoteError(f"{self.name}: the signature does not fit the text") from None


@dataclass(frozen=True)
class Signer:
    """A private key (32 bytes of seed) with the name it signs under."""

    name: str
    seed: bytes
    kind: int = ED25519

    @classmethod
    def new(cls, name: str, kind: int = ED25519) -> Signer:
        """A key nobody else has."""
        return cls(name, secrets.token_bytes(_KEY_BYTES), kind)

    @classmethod
    def from_text(cls, text: str) -> Signer:
        """Read what `text` wrote, `PRIVATE+KEY+name+id+key`; raises NoteError."""
        parts = text.strip().split("+", 4)
        data = _decoded(parts[4]) if len(parts) == 5 and parts[:2] == ["PRIVATE", "KEY"] else b""
        if len(data) != 1 + _KEY_BYTES:
            raise NoteError("not a private key")  # never the text itself: it would end in a log
        found = cls(parts[2], data[1:], data[0])
        if found.verifier.key_id.hex() != parts[3]:
            raise NoteError(f"{found.name}: the id is not this key's")
        return found

    @property
    def text(self) -> str:
        """The private key as text; secret."""
        key = b64encode(bytes([self.kind]) + self.seed).decode()
        return f"PRIVATE+KEY+{self.name}+{self.verifier.key_id.hex()}+{key}"

    @property
    def verifier(self) -> Verifier:
        """The public half."""
        return Verifier(self.name, self._private.public_key().public_bytes_raw(), self.kind)

    def sign(self, text: str, time: int = 0) -> Signature:
        """Sign a text, which ends in a newline; a cosignature also says when (Unix seconds)."""
        if self.kind == COSIGNATURE:
            value = time.to_bytes(_TIME_BYTES, "big") + self._private.sign(_timed(text, time))
        else:
            value = self._private.sign(text.encode())
        return Signature(self.name, self.verifier.key_id, value)

    @property
    def _private(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)


@dataclass(frozen=True)
class Note:
    """A text with its signatures; `open_note` says which of them are good."""

    text: str
    signatures: tuple[Signature, ...]

    def __str__(self) -> str:
        return f"{self.text}\n{''.join(signature.line() for signature in self.signatures)}"


def sign_note(text: str, *signers: Signer) -> Note:
    """A note signed by these keys. Raises NoteError for a text that cannot be one."""
    _check_text(text)
    return Note(text, tuple(signer.sign(text) for signer in signers))


def parse_note(message: str) -> Note:
    """Take a note apart without believing any of it. Raises NoteError when it is malformed."""
    text, found, lines = message.rpartition("\n\n")
    if not found or not lines.endswith("\n") or len(message.encode(errors="replace")) > _MOST_BYTES:
        raise NoteError("a note is a text, an empty line and signature lines")
    _check_text(text + "\n")
    lines = lines[:-1].split("\n")
    if len(lines) > _MOST_SIGNATURES:
        raise NoteError("too many signatures")
    return Note(text + "\n", tuple(map(parse_signature, lines)))


def parse_signature(line: str) -> Signature:
    """Take one signature line (without its newline) apart. Raises NoteError."""
    name, _, value = line.removeprefix(_DASH).partition(" ")
    data = _decoded(value)
    if (
        not line.startswith(_DASH)
        or not name
        or "+" in name
        or re.search(r"\s", name)
        or len(data) <= _ID_BYTES
    ):
        raise NoteError(f"not a signature line: {line!r}")
    return Signature(name, data[:_ID_BYTES], data[_ID_BYTES:])


def open_note(message: str, verifiers: Iterable[Verifier]) -> tuple[Note, list[Signature]]:
    """The note, and those of its signatures that are by these keys and good.

    Raises NoteError when it is malformed, when a signature of one of these keys is wrong, or none is there.
    """
    note, good = parse_note(message), []
    known = {(verifier.name, verifier.key_id): verifier for verifier in verifiers}
    for signature in note.signatures:
        verifier = known.get((signature.name, signature.key_id))
        if verifier and signature not in good:
            verifier.check(note.text, signature)
            good.append(signature)
    if not good:
        raise NoteError("not signed by a key that is known here")
    return note, good


def signed_time(signature: Signature) -> int:
    """When a cosignature was made (Unix seconds). Raises NoteError when it is none."""
    time = int.from_bytes(signature.value[:_TIME_BYTES], "big")
    if len(signature.value) != _TIME_BYTES + _SIGNATURE_BYTES or time > _GREATEST_TIME:
        raise NoteError(f"{signature.name}: not a cosignature")
    return time


def _timed(text: str, time: int) -> bytes:
    return f"cosignature/v1\ntime {time}\n{text}".encode()


def _check_text(text: str) -> None:
    if not text.endswith("\n") or any(char < " " and char != "\n" for char in text):
        raise NoteError("a note's text ends in a newline and holds no other control character")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise NoteError("a note's text is Unicode") from None


def _decoded(text: str) -> bytes:
    try:
        data = b64decode(text, validate=True)
    except ValueError:
        return b""
    return data if b64encode(data).decode() == text else b""  # one spelling for one value
