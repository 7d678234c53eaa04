"""The Merkle tree of RFC 6962, section 2.1, over SHA-256.

An append-only tree needs no more than its frontier: the roots of the perfect subtrees that it falls into,
largest first, one for each bit set in its size. Appending n leaves costs O(n) hashes, the root O(log size).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

HASH_BYTES = 32
EMPTY_ROOT = sha256(b"").digest()
_SIZE_BYTES = 8


def leaf_hash(data: bytes) -> bytes:
    """Return the hash of a leaf; the prefix keeps leaves and nodes apart."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node over its two children."""
    return sha256(b"\x01" + left + right).digest()


def root(leaf_hashes: Iterable[bytes]) -> bytes:
    """Return the root of the tree over these leaf hashes; of none, the hash of nothing."""
    tree = Frontier()
    tree.extend(leaf_hashes)
    return tree.root()


def fold(hashes: Sequence[bytes]) -> bytes:
    """Return the root over neighbouring perfect subtrees, largest first; of none, the hash of nothing."""
    if not hashes:
        return EMPTY_ROOT
    *rest, digest = hashes
    for left in reversed(rest):
        digest = node_hash(left, digest)
    return digest


@dataclass
class Frontier:
    """A tree of `size` leaves, kept as the roots of its perfect subtrees, largest first.

    Raises ValueError when the hashes do not fit the size.
    """

    size: int = 0
    hashes: list[bytes] = field(default_factory=list)

    def __post_init__(self):
        fits = self.size >= 0 and len(self.hashes) == self.size.bit_count()
        if not fits or any(len(digest) != HASH_BYTES for digest in self.hashes):
            raise ValueError(f"{len(self.hashes)} hashes are no frontier of {self.size} leaves")

    def extend(self, leaf_hashes: Iterable[bytes]) -> None:
        """Append leaves, in order, by their leaf hashes."""
        for digest in leaf_hashes:
            self._append(digest)

    def root(self) -> bytes:
        """Return the root of the whole tree (32 bytes)."""
        return fold(self.hashes)

    def to_bytes(self) -> bytes:
        """Return the size (8 bytes, big-endian) and the hashes; nothing at all for the empty tree."""
        return self.size.to_bytes(_SIZE_BYTES, "big") + b"".join(self.hashes) if self.size else b""

    @classmethod
    def from_bytes(cls, data: bytes) -> "Frontier":
        """Read what to_bytes() wrote; raise ValueError when hashes are missing, cut or too many."""
        size, rest = int.from_bytes(data[:_SIZE_BYTES], "big"), data[_SIZE_BYTES:]
        return cls(size, [rest[at : at + HASH_BYTES] for at in range(0, len(rest), HASH_BYTES)])

    def _append(self, digest: bytes) -> None:
        # Each bit set at the low end of the size is a subtree as tall as `digest` has become: join them.
        joins = self.size
        while joins & 1:
            digest = node_hash(self.hashes.pop(), digest)
            joins >>= 1
        self.hashes.append(digest)
        self.size += 1
