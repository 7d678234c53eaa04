"""Inclusion and consistency proofs over the tree of transparency.merkle.

Making a proof is two things: which subtrees it needs (pure arithmetic on sizes, RFC 6962 section 2.1.1 and
2.1.2) and what their roots are (one pass over leaf hashes, or kept tiles: transparency.tiles). Checking one
needs nothing but the proof (RFC 9162 section 2.1.3.2 and 2.1.4.2).
"""

from collections.abc import Iterable, Sequence
from itertools import islice

from transparency.merkle import EMPTY_ROOT, Frontier, node_hash

Range = tuple[int, int]  # leaves from the first up to, not including, the second


class ProofError(ValueError):
    """A proof that does not prove what it is said to; the message says where it fails."""


def inclusion_ranges(index: int, size: int) -> list[Range]:
    """The subtrees whose roots prove that leaf `index` is in a tree of `size`, from the leaf upwards.

    Raises ProofError when there is no such leaf.
    """
    if not 0 <= index < size:
        raise ProofError(f"a tree of {size} has no leaf {index}")
    low, high, found = 0, size, []
    while high - low > 1:
        middle = low + _split(high - low)
        if index < middle:
            found.append((middle, high))
            high = middle
        else:
            found.append((low, middle))
            low = middle
    return found[::-1]


def consistency_ranges(old: int, new: int) -> list[Range]:
    """The subtrees whose roots prove that a tree of `new` leaves begins with the tree of `old` ones.

    Empty when the sizes are equal, and for the empty old tree, which begins any. Raises ProofError when old is larger.
    """
    if not 0 <= old <= new:
        raise ProofError(f"a tree of {new} cannot begin with one of {old}")
    low, high, found = 0, new, []
    if old == 0:
        return []
    while old != high:
        middle = low + _split(high - low)
        if old <= middle:
            found.append((middle, high))
            high = middle
        else:
            found.append((low, middle))
            low = middle
    # Where it ends lies the last piece of the old tree; when that is all of it, the reader has its root.
    last = [(low, high)] if low else []
    return last + found[::-1]


def range_roots(leaf_hashes: Iterable[bytes], ranges: Sequence[Range]) -> list[bytes]:
    """Roots of disjoint ranges, in the order asked, in one pass over the leaf hashes from the first on.

    Raises ProofError when the leaves end too early.
    """
    leaves, at, found = iter(leaf_hashes), 0, {}
    for low, high in sorted(ranges):
        tree = Frontier()
        tree.extend(islice(leaves, low - at, high - at))
        if tree.size != high - low:
            raise ProofError(f"leaves {low} to {high - 1} are not all there")
        found[low, high] = tree.root()
        at = high
    return [found[one] for one in ranges]


def inclusion_proof(leaf_hashes: Iterable[bytes], index: int, size: int) -> list[bytes]:
    """Hashes that prove leaf `index` in the tree of the first `size` of these leaves; one pass, O(size)."""
    return range_roots(leaf_hashes, inclusion_ranges(index, size))


def consistency_proof(leaf_hashes: Iterable[bytes], old: int, new: int) -> list[bytes]:
    """Hashes that prove that the tree of `new` of these leaves begins with that of `old`; one pass, O(new)."""
    return range_roots(leaf_hashes, consistency_ranges(old, new))


def check_inclusion(digest: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """Raise ProofError unless the leaf with this hash is number `index` of the tree with this size and root."""
    if not 0 <= index < size:
        raise ProofError(f"a tree of {size} has no leaf {index}")
    at, last = index, size - 1
    for sibling in proof:
        if last == 0:
            raise ProofError("the proof is too long")
        if at & 1 or at == last:
            digest = node_hash(sibling, digest)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            digest = node_hash(digest, sibling)
        at, last = at >> 1, last >> 1
    if last:
        raise ProofError("the proof is too short")
    if digest != root:
        raise ProofError("the proof leads to another root")


def check_consistency(old: int, old_root: bytes, new: int, new_root: bytes, proof: Sequence[bytes]) -> None:
    """Raise ProofError unless the tree (new, new_root) begins with the tree (old, old_root)."""
    if not 0 <= old <= new:
        raise ProofError(f"a tree of {new} cannot begin with one of {old}")
    if old in (0, new):
        _check_trivial(old_root, EMPTY_ROOT if old == 0 else new_root, proof)
        return
    steps, at, last = list(proof), old - 1, new - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    if at == 0:
        steps.insert(0, old_root)
    if not steps:
        raise ProofError("the proof is too short")
    was = now = steps[0]
    for sibling in steps[1:]:
        if last == 0:
            raise ProofError("the proof is too long")
        if at & 1 or at == last:
            was, now = node_hash(sibling, was), node_hash(sibling, now)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            now = node_hash(now, sibling)
        at, last = at >> 1, last >> 1
    if last:
        raise ProofError("the proof is too short")
    if was != old_root:
        raise ProofError("the proof does not begin with the old tree")
    if now != new_root:
        raise ProofError("the proof leads to another root")


def _check_trivial(old_root: bytes, expected: bytes, proof: Sequence[bytes]) -> None:
    if proof:
        raise ProofError("nothing is to be proved here, so the proof must be empty")
    if old_root != expected:
        raise ProofError("trees of one size have different roots")


def _split(size: int) -> int:
    """The greatest power of two below a size of at least two: where the tree has its left part."""
    return 1 << ((size - 1).bit_length() - 1)
