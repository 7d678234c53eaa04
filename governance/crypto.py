"""Encryption of personal words, and the blind index by which they can still be found.

A sealed text is AES-256-GCM with the purpose and the row's key as associated data, so that no value
can be moved to another column or another row unnoticed (design 5, "Access"):

    sealed = length of key id (1 byte) ‖ key id ‖ nonce (12 bytes) ‖ ciphertext and tag

The key id says which of several keys opens it: during a rotation old and new keys stand side by side.
"""

import base64
import binascii
import hashlib
import hmac
import re
import secrets
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

KEY_BYTES = 32
_NONCE_BYTES = 12
_HYPHENS = re.compile("[-\u2010\u2012-\u2015\u2212]")
_NUMBER = re.compile(r"(?:\+86)?([0-9]+X?)")


class KeyringError(ValueError):
    """The keys in the settings are missing or malformed; the message tells the operator what to do."""


class DecryptionError(Exception):
    """A sealed text does not open: unknown or wrong key, other row, other purpose, or changed bytes."""


class Keyring:
    """All keys of one installation: several that open, one of them (primary) that seals, one that indexes."""

    def __init__(self, keys: Mapping[str, bytes], primary: str, index_key: bytes):
        """Take 32-byte keys by id; raise KeyringError for a wrong length, a bad id or a missing primary."""
        if primary not in keys:
            raise KeyringError(f"FIELD_KEYS里没有主密钥“{primary}”。请检查FIELD_KEY_PRIMARY。")
        if any(len(key) != KEY_BYTES for key in (*keys.values(), index_key)):
            raise KeyringError(f"每个密钥都要正好{KEY_BYTES}个字节。请检查FIELD_KEYS和BLIND_INDEX_KEY。")
        if index_key in keys.values():
            raise KeyringError("BLIND_INDEX_KEY不能和FIELD_KEYS里的密钥相同。请另外生成一个。")
        self._ciphers = {_label(key_id): AESGCM(key) for key_id, key in keys.items()}
        self._primary = _label(primary)
        self._index_key = index_key

    def encrypt(self, text: str, purpose: str, row_key: UUID) -> bytes:
        """Seal `text` under the primary key, for this purpose ("member.name") and this row only."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        sealed = self._ciphers[self._primary].encrypt(nonce, text.encode(), _bound_to(purpose, row_key))
        return self._primary + nonce + sealed

    def decrypt(self, sealed: bytes, purpose: str, row_key: UUID) -> str:
        """Open what encrypt() made with the same purpose and row; raise DecryptionError otherwise."""
        cut = 1 + sealed[0] if sealed else 0
        label, nonce, rest = sealed[:cut], sealed[cut : cut + _NONCE_BYTES], sealed[cut + _NONCE_BYTES :]
        if label not in self._ciphers:
            key_id = label[1:].decode("ascii", "replace")
            raise DecryptionError(f"FIELD_KEYS里没有密钥“{key_id}”，{purpose}解不开。请把这个旧密钥加回去。")
        try:
            return self._ciphers[label].decrypt(nonce, rest, _bound_to(purpose, row_key)).decode()
        except (InvalidTag, ValueError) as error:
            raise DecryptionError(
                f"{purpose}解不开（行{row_key}）：密钥不对，或者内容被改过、被搬到了别的行或别的栏。"
            ) from error

    def is_current(self, sealed: bytes) -> bool:
        """Is this sealed under the primary key."""
        return sealed.startswith(self._primary)

    def blind_index(self, text: str, purpose: str) -> bytes:
        """Return 32 bytes, equal for texts that normalise() makes equal, that do not tell the text."""
        message = f"{purpose}|{normalise(text)}".encode()
        return hmac.digest(self._index_key, message, hashlib.sha256)


def normalise(text: str) -> str:
    """Return the form under which a text is found: NFKC, upper case, without any white space.

    Rosters write 王 芳 with a space to align two-character names. Phone and ID numbers are known by
    their shape and lose hyphens and +86 too.
    """
    compact = "".join(unicodedata.normalize("NFKC", text).split()).upper()
    number = _NUMBER.fullmatch(_HYPHENS.sub("", compact))
    return number[1] if number else compact


@lru_cache(maxsize=1)
def keyring() -> Keyring:
    """Return the installation's keyring, built once from FIELD_KEYS, FIELD_KEY_PRIMARY and BLIND_INDEX_KEY.

    Raises KeyringError. A test that changes these settings calls keyring.cache_clear().
    """
    keys = {key_id: parse_key(key_id, text) for key_id, text in settings.FIELD_KEYS.items()}
    index_key = parse_key("BLIND_INDEX_KEY", settings.BLIND_INDEX_KEY)
    return Keyring(keys, settings.FIELD_KEY_PRIMARY, index_key)


def parse_key(name: str, text: str) -> bytes:
    """Read a 32-byte key written in hex or base64; raise KeyringError that names the key, never shows it."""
    for read in (binascii.unhexlify, base64.b64decode, base64.urlsafe_b64decode):
        try:
            key = read(text)
        except ValueError:
            continue
        if len(key) == KEY_BYTES:
            return key
    raise KeyringError(f"密钥“{name}”读不出来。请写{KEY_BYTES}个字节的十六进制或base64。")


def _label(key_id: str) -> bytes:
    name = key_id.encode("ascii", "replace")
    if not key_id.isascii() or not 1 <= len(name) <= 255:
        raise KeyringError(f"密钥编号“{key_id}”不能用。请用1到255个英文字母或数字。")
    return bytes([len(name)]) + name


def _bound_to(purpose: str, row_key: UUID) -> bytes:
    return f"{purpose}|{row_key}".encode()
