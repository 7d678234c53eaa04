"""Which households are looked at again: a draw that nobody can steer and everybody who sees the lists can repeat.

The seed is the root of the village's log just after the leaf that says the council's review began, with the month's
key: nobody knows it before, for the leaf commits to a random salt. A household's lot is a hash of seed and household;
the lowest lots of each area are drawn. Who asks twice gets the same answer; who wants another draw would have to
undo the month's last confirmation, and the log would show it or no longer fit a checkpoint.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from uuid import UUID

_LABEL = b"lianping/second/v1\0"


def seed(root: bytes, round_key: UUID) -> bytes:
    """The seed of one month's draw (32 bytes)."""
    return sha256(_LABEL + root + round_key.bytes).digest()


def lot(seed: bytes, *keys: UUID) -> bytes:
    """The lot of a household, or of a household and a rater; the lowest is drawn first."""
    return sha256(seed + b"".join(key.bytes for key in keys)).digest()


def in_order(seed: bytes, keys: Iterable[UUID]) -> list[UUID]:
    """Households in the order in which they are drawn."""
    return sorted(keys, key=lambda key: lot(seed, key))


def how_many(households: int, percent: int) -> int:
    """How many of an area's households are drawn: the percentage rounded up, so at least one of any."""
    return -(-households * percent // 100)


def fingerprint(keys: Iterable[UUID]) -> str:
    """SHA-256 of a list of households, whatever its order: says later whether it is still the same."""
    return sha256(b"".join(sorted(key.bytes for key in keys))).hexdigest()
