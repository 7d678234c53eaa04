"""What an event says of many rows, so bound into its leaf that one row can be shown without the others.

    open(salt)        = SHA-256("lianping/open\\0" ‖ salt)                     the salt of the leaf's commitment
    blind(salt, name) = HMAC-SHA-256(salt, "lianping/row\\0" ‖ name)            one a row
    leaf of a row     = SHA-256(0x00 ‖ RFC 8785({name, digest, blind}))
    body.digests      = RFC 6962 root over the rows in the order of their names

Who gets open(salt) and the blind of their own row, as a receipt gives them, learns neither the event's salt nor another
row's blind, and so cannot try out what was said of others: their digests are of columns that can be guessed.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from hashlib import sha256

from transparency.leaf import canonical
from transparency.merkle import leaf_hash
from transparency.merkle import root as tree_root
from transparency.proofs import check_inclusion, inclusion_proof

_OPEN, _ROW = b"lianping/open\0", b"lianping/row\0"


def opening(salt: bytes) -> bytes:
    """The 32 bytes under which a leaf commits to its body; they do not tell the event's salt."""
    return sha256(_OPEN + salt).digest()


def blind(salt: bytes, name: str) -> bytes:
    """The 32 bytes that keep one row's leaf from being guessed."""
    return hmac.digest(salt, _ROW + name.encode(), "sha256")


def row_leaf(name: str, digest: str, blind: bytes) -> bytes:
    """The hash of one row's leaf."""
    return leaf_hash(canonical({"name": name, "digest": digest, "blind": blind.hex()}))


def root(digests: Mapping[str, str], salt: bytes) -> bytes:
    """The root over all rows."""
    return tree_root(_leaves(digests, salt))


def proof(digests: Mapping[str, str], salt: bytes, name: str) -> tuple[int, list[bytes]]:
    """The place of a row and the hashes that prove it. Raises ValueError when the event does not name it."""
    at = sorted(digests).index(name)
    return at, inclusion_proof(_leaves(digests, salt), at, len(digests))


def check(
    name: str, digest: str, blind: bytes, at: int, of: int, hashes: Sequence[bytes], root: bytes
) -> None:
    """Raise ProofError unless the row stands at this place among so many under the root."""
    check_inclusion(row_leaf(name, digest, blind), at, of, hashes, root)


def _leaves(digests: Mapping[str, str], salt: bytes) -> list[bytes]:
    return [row_leaf(name, str(digests[name]), blind(salt, name)) for name in sorted(digests)]
