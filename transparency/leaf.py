"""What a leaf of the log is made of (design 5, "The log").

commit = SHA-256("lianping/v1\\0" ‖ salt ‖ canonical(body))     body and salt stay private
leaf   = canonical({v, log, seq, kind, period, commit})         public, names nobody
"""

import json
import unicodedata
from hashlib import sha256

VERSION = 1
SALT_BYTES = 32
_DOMAIN = b"lianping/v1\0"
_written = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode
_GREATEST = 2**53 - 1  # RFC 8785 takes numbers as IEEE doubles; beyond this integers lose digits


class NotCanonicalError(ValueError):
    """A value that has no canonical form here; the message says which."""


def canonical(value) -> bytes:
    """Return RFC 8785's bytes of a JSON value, its texts NFC-normalised.

    Takes str, int, bool, None, list, tuple and dict with ASCII keys; raises NotCanonicalError for a float, a
    greater integer, another key or type, or a lone surrogate. ASCII keys make Python's sorting equal to the
    RFC's (by UTF-16), which leaves nothing to do that the standard library does not do.
    """
    text = _written(_checked(value))
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise NotCanonicalError(f"not Unicode text: {error.object[error.start : error.end]!a}") from error


def commit(salt: bytes, body) -> bytes:
    """Return the 32 bytes that bind the log to a private body without telling it.

    Raises ValueError for a salt that is not 32 bytes, and what canonical() raises.
    """
    if len(salt) != SALT_BYTES:
        raise ValueError(f"a salt has {SALT_BYTES} bytes, not {len(salt)}")
    return sha256(_DOMAIN + salt + canonical(body)).digest()


def leaf_data(log: str, seq: int, kind: str, period: str, commit: bytes) -> bytes:
    """Return the public bytes of leaf number `seq` (from 0) of a log; merkle.leaf_hash() takes them."""
    return canonical(
        {"v": VERSION, "log": log, "seq": seq, "kind": kind, "period": period, "commit": commit.hex()}
    )


def _checked(value):
    kind = type(value)  # the plain kinds first: an event of a whole month has thousands of them
    if kind is str:
        return value if value.isascii() else unicodedata.normalize("NFC", value)
    if value is None or kind is bool:
        return value
    if kind is int:
        return _checked_integer(value)
    if kind is dict:
        return {_checked_key(key): _checked(item) for key, item in value.items()}
    return _checked_other(value)


def _checked_other(value):
    """A list, or a kind that is made of a plain one."""
    if isinstance(value, list | tuple):
        return [_checked(item) for item in value]
    for kind in (str, int, dict):
        if isinstance(value, kind):
            return _checked(kind(value))
    raise NotCanonicalError(f"{type(value).__name__} has no canonical form: {value!r}")


def _checked_integer(value: int) -> int:
    if -_GREATEST <= value <= _GREATEST:
        return value
    raise NotCanonicalError(f"integer beyond 2**53 - 1: {value}")


def _checked_key(key) -> str:
    if not isinstance(key, str) or not key.isascii():
        raise NotCanonicalError(f"key is not ASCII text: {key!r}")
    return key
