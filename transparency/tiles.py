"""Roots of parts of a log, fast: whole tiles of 256 leaves are kept, the rest is hashed from the rows.

A tile is a convenience, not a record. Who signs compares what tiles give with the head that the appending wrote, and
`transparency.verify.replay_log` computes each of them anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from transparency.merkle import Frontier, fold, root
from transparency.models import Tile
from transparency.proofs import ProofError, Range, consistency_ranges, inclusion_ranges
from transparency.verify import TILE, leaf_hashes


def keep(village: str, size: int) -> None:
    """Keep the tiles that the first `size` leaves fill and that are not kept yet; safe to repeat."""
    first, whole = Tile.objects.filter(village=village).count(), size // TILE
    if first < whole:
        Tile.objects.bulk_create(_full(village, first, whole), batch_size=500, ignore_conflicts=True)


def roots(village: str, ranges: Sequence[Range]) -> list[bytes]:
    """Roots of subtrees as `transparency.proofs` asks for them. Raises ProofError when a leaf has no row."""
    tiles = _tiles(village, ranges)
    return [_root(village, low, high, tiles) for low, high in ranges]


def root_at(village: str, size: int) -> bytes:
    """Root of the first `size` leaves. Raises ProofError when a leaf has no row."""
    [found] = roots(village, [(0, size)])
    return found


def inclusion(village: str, index: int, size: int) -> list[bytes]:
    """Proof that leaf `index` is in the tree of `size`. Raises ProofError when there is no such leaf."""
    return roots(village, inclusion_ranges(index, size))


def consistency(village: str, old: int, new: int) -> list[bytes]:
    """Proof that the tree of `new` leaves begins with that of `old`. Raises ProofError when old is larger."""
    return roots(village, consistency_ranges(old, new))


def _root(village: str, low: int, high: int, tiles: dict[int, bytes]) -> bytes:
    if high - low < TILE:
        return root(_leaves(village, low, high))
    upper, lower, last = Frontier(), Frontier(), high // TILE
    upper.extend(
        tiles.get(n) or root(_leaves(village, n * TILE, (n + 1) * TILE)) for n in range(low // TILE, last)
    )
    lower.extend(_leaves(village, last * TILE, high) if high % TILE else ())
    return fold(upper.hashes + lower.hashes)


def _tiles(village: str, ranges: Sequence[Range]) -> dict[int, bytes]:
    """Kept tiles that lie in ranges of at least one tile, by number; one query."""
    large = [(low // TILE, high // TILE) for low, high in ranges if high - low >= TILE]
    if not large:
        return {}
    rows = Tile.objects.filter(
        village=village, number__gte=min(low for low, _ in large), number__lt=max(high for _, high in large)
    )
    return {number: bytes(digest) for number, digest in rows.values_list("number", "root")}


def _full(village: str, first: int, end: int) -> Iterator[Tile]:
    """Tiles from one number up to another, in one pass over their leaves."""
    found = leaf_hashes(village, first * TILE, end * TILE)
    for number in range(first, end):
        part = _whole(islice(found, TILE), number * TILE, (number + 1) * TILE)
        yield Tile(village=village, number=number, root=root(part))


def _leaves(village: str, low: int, high: int) -> list[bytes]:
    return _whole(leaf_hashes(village, low, high), low, high)


def _whole(leaves: Iterable[tuple[int, bytes]], low: int, high: int) -> list[bytes]:
    found = list(leaves)
    if [seq for seq, _ in found] != list(range(low, high)):
        raise ProofError(f"leaves {low} to {high - 1} are not all there")
    return [digest for _, digest in found]
