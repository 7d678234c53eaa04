"""Read a village's whole log once, from its rows, and compute what was ever signed about it.

Fast, since everybody may ask for it: rows come by a raw cursor, a leaf's bytes are put together from pieces made once
per kind and month, and the tree is hashed in portions. `transparency.leaf` and `transparency.merkle` stay the
definition: tests hold the two equal.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import pairwise

from django.db import connection

from transparency import log
from transparency.leaf import leaf_data
from transparency.merkle import Frontier, fold

TILE = 256
_ROWS = 32 * TILE
_END = 2**63 - 1
_HEAD, _TAIL = '{"commit":"', '0,"v":1}'  # around what leaves of one kind and month share
_QUERY = """
    SELECT seq, kind, period, "commit" FROM transparency_leaf
    WHERE village = %s AND seq >= %s AND seq < %s ORDER BY seq
"""


@dataclass
class Replayed:
    """What the rows of a log come to.

    `gaps` are runs of numbers without a row (first, last); after a gap no root is the log's. `roots` has those of the
    sizes asked for, as far as there are leaves. `tiles` are the roots of each 256 whole leaves.
    """

    size: int
    root: bytes
    gaps: list[tuple[int, int]] = field(default_factory=list)
    roots: dict[int, bytes] = field(default_factory=dict)
    tiles: list[bytes] = field(default_factory=list)


def replay_log(village: str, sizes: Iterable[int] = ()) -> Replayed:
    """Hash every leaf of a village's log and its tree from the rows, with the roots at some sizes on the way.

    `sizes` are those of kept checkpoints, epochs or notices. One pass over the table, two to three seconds a million.
    """
    tree = _Tree(sizes)
    found, at = Replayed(0, b""), 0
    for rows, name in _batches(village, 0, _END):
        if rows[-1][0] - at + 1 != len(rows):
            found.gaps += _gaps(rows, at)
        at = rows[-1][0] + 1
        tree.extend([sha256(b"\x00" + data).digest() for data in _data(rows, name)])
    found.size, found.root = tree.finish()
    found.roots, found.tiles = tree.roots, tree.tiles
    return found


def leaves(village: str, first: int = 0, end: int = _END) -> Iterator[tuple[int, bytes]]:
    """(number, public bytes) of the leaves from `first` up to, not including, `end`, in order, from their rows."""
    for rows, name in _batches(village, first, end):
        yield from zip((row[0] for row in rows), _data(rows, name), strict=True)


def leaf_hashes(village: str, first: int = 0, end: int = _END) -> Iterator[tuple[int, bytes]]:
    """As `leaves`, with each leaf's hash in place of its bytes."""
    for seq, data in leaves(village, first, end):
        yield seq, sha256(b"\x00" + data).digest()


class _Tree:
    """A tree over portions of leaf hashes that remembers its root at some sizes and its tiles."""

    def __init__(self, sizes: Iterable[int]):
        self.roots: dict[int, bytes] = {}
        self.tiles: list[bytes] = []
        self._asked = sorted(set(sizes), reverse=True)
        self._upper = Frontier()  # over tiles
        self._rest: list[bytes] = []  # leaf hashes that fill no tile yet

    def extend(self, hashes: list[bytes]) -> None:
        """Append leaf hashes in order."""
        hashes = self._rest + hashes if self._rest else hashes
        whole = len(hashes) // TILE * TILE
        level = hashes[:whole]
        while len(level) * TILE > whole:
            pairs = iter(level)
            level = [
                sha256(b"\x01" + left + right).digest() for left, right in zip(pairs, pairs, strict=True)
            ]
        for number, tile in enumerate(level):
            self._remember(hashes, number * TILE, (number + 1) * TILE - 1)
            self._upper.extend([tile])
        self.tiles += level
        self._rest = hashes[whole:]

    def finish(self) -> tuple[int, bytes]:
        """Size and root of it all."""
        self._remember(self._rest, 0, len(self._rest))
        return self._upper.size * TILE + len(self._rest), self._root(self._rest)

    def _remember(self, hashes: list[bytes], start: int, end: int) -> None:
        """Roots asked for at sizes that end between two leaves of the tile at hand."""
        done = self._upper.size * TILE - start
        while self._asked and self._asked[-1] <= done + end:
            size = self._asked.pop()
            self.roots[size] = self._root(hashes[start : size - done])

    def _root(self, rest: list[bytes]) -> bytes:
        lower = Frontier()
        lower.extend(rest)
        return fold(self._upper.hashes + lower.hashes)


def _batches(village: str, first: int, end: int) -> Iterator[tuple[list[tuple], str]]:
    """Rows (seq, kind, period, commit) in order, with the name the log had when they were written."""
    for (starts, name), (stop, _) in pairwise([*log.names(village), (_END, "")]):
        low, high = max(first, starts), min(end, stop)
        if low < high:
            with connection.chunked_cursor() as cursor:
                cursor.execute(_QUERY, [village, low, high])
                while rows := cursor.fetchmany(_ROWS):
                    yield rows, name


def _data(rows: list[tuple], name: str) -> list[bytes]:
    """The public bytes of leaves, as leaf_data() makes them."""
    pieces = {
        (kind, period): leaf_data(name, 0, str(kind), str(period), b"").decode()[len(_HEAD) : -len(_TAIL)]
        for kind, period in {(row[1], row[2]) for row in rows}
    }
    try:
        return [
            f'{{"commit":"{commit.hex()}{pieces[kind, period]}{seq},"v":1}}'.encode()
            for seq, kind, period, commit in rows
        ]
    except AttributeError:  # SQLite lets somebody put a text where the bytes were; it is another leaf then
        return [
            leaf_data(name, seq, str(kind), str(period), str(commit).encode())
            for seq, kind, period, commit in rows
        ]


def _gaps(rows: list[tuple], at: int) -> list[tuple[int, int]]:
    found = []
    for seq, *_ in rows:
        if seq > at:
            found.append((at, seq - 1))
        at = seq + 1
    return found
