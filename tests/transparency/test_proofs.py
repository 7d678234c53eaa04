"""Proofs: the shared vectors of RFC 6962's implementations, and every pair of small sizes."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.transparency.test_merkle import LEAVES, ROOTS
from transparency.merkle import leaf_hash, root
from transparency.proofs import (
    ProofError,
    check_consistency,
    check_inclusion,
    consistency_proof,
    consistency_ranges,
    inclusion_proof,
    range_roots,
)

HASHES = [leaf_hash(leaf) for leaf in LEAVES]
MANY = [leaf_hash(b"%d" % n) for n in range(300)]
A, B, C, D, E, F, G, H = (
    "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
    "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
    "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
)
sizes = st.integers(1, len(MANY))


@pytest.mark.parametrize(
    ("index", "size", "path"),
    [
        (0, 1, []),
        (0, 8, [A, B, C]),
        (5, 8, [D, E, F]),
        (2, 3, [H]),
        (1, 5, ["6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d", B, D]),
    ],
)
def test_a_leaf_is_proved_as_in_the_known_vectors(index, size, path):
    proof = inclusion_proof(HASHES, index, size)
    assert [digest.hex() for digest in proof] == path
    check_inclusion(HASHES[index], index, size, proof, bytes.fromhex(ROOTS[size]))


@pytest.mark.parametrize(
    ("old", "new", "path"), [(1, 1, []), (1, 8, [A, B, C]), (6, 8, [G, E, F]), (2, 5, [B, D])]
)
def test_growth_is_proved_as_in_the_known_vectors(old, new, path):
    proof = consistency_proof(HASHES, old, new)
    assert [digest.hex() for digest in proof] == path
    check_consistency(old, bytes.fromhex(ROOTS[old]), new, bytes.fromhex(ROOTS[new]), proof)


@settings(deadline=None)
@given(st.data(), sizes)
def test_every_leaf_is_proved_in_every_tree_and_in_no_other_place(data, size):
    index = data.draw(st.integers(0, size - 1))
    proof, top = inclusion_proof(MANY, index, size), root(MANY[:size])
    check_inclusion(MANY[index], index, size, proof, top)
    other = data.draw(st.integers(0, size - 1).filter(lambda n: n != index) if size > 1 else st.just(1))
    with pytest.raises(ProofError):
        check_inclusion(MANY[index], other, size, proof, top)
    with pytest.raises(ProofError):
        check_inclusion(MANY[other], index, size, proof, top)


@settings(deadline=None)
@given(st.data(), sizes)
def test_every_tree_is_proved_to_begin_with_every_older_one(data, new):
    old = data.draw(st.integers(1, new))
    proof = consistency_proof(MANY, old, new)
    check_consistency(old, root(MANY[:old]), new, root(MANY[:new]), proof)
    rewritten = [leaf_hash(b"another"), *MANY[1:]]
    with pytest.raises(ProofError):
        check_consistency(old, root(rewritten[:old]), new, root(MANY[:new]), proof)
    forged = consistency_proof(rewritten, old, new)
    with pytest.raises(ProofError):
        check_consistency(old, root(MANY[:old]), new, root(rewritten[:new]), forged)


@settings(deadline=None, max_examples=30)
@given(st.data(), st.integers(1, 70), st.integers(0, 255))
def test_one_flipped_bit_in_a_proof_is_seen(data, size, bit):
    index, old = data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size))
    for proof, check in (
        (inclusion_proof(MANY, index, size), lambda p: check_inclusion(MANY[index], index, size, p, root(MANY[:size]))),
        (consistency_proof(MANY, old, size), lambda p: check_consistency(old, root(MANY[:old]), size, root(MANY[:size]), p)),
    ):  # fmt: skip
        for at in range(len(proof)):
            flipped = (int.from_bytes(proof[at], "big") ^ 1 << bit).to_bytes(32, "big")
            with pytest.raises(ProofError):
                check([*proof[:at], flipped, *proof[at + 1 :]])
        for wrong in ([*proof, MANY[0]], proof[:-1] if proof else [MANY[0]]):
            with pytest.raises(ProofError):
                check(wrong)


def test_any_tree_begins_with_the_empty_one_and_with_itself():
    check_consistency(0, bytes.fromhex(ROOTS[0]), 8, bytes.fromhex(ROOTS[8]), [])
    check_consistency(8, bytes.fromhex(ROOTS[8]), 8, bytes.fromhex(ROOTS[8]), [])
    assert consistency_ranges(0, 8) == consistency_ranges(8, 8) == []
    with pytest.raises(ProofError, match="different roots"):
        check_consistency(8, bytes.fromhex(ROOTS[7]), 8, bytes.fromhex(ROOTS[8]), [])
    with pytest.raises(ProofError, match="must be empty"):
        check_consistency(0, bytes.fromhex(ROOTS[0]), 8, bytes.fromhex(ROOTS[8]), [MANY[0]])


def test_a_tree_never_shrinks():
    with pytest.raises(ProofError, match="cannot begin"):
        consistency_proof(HASHES, 8, 7)
    with pytest.raises(ProofError, match="cannot begin"):
        check_consistency(8, bytes.fromhex(ROOTS[8]), 7, bytes.fromhex(ROOTS[7]), [])


def test_what_is_not_in_the_tree_is_not_proved():
    with pytest.raises(ProofError, match="has no leaf"):
        inclusion_proof(HASHES, 8, 8)
    with pytest.raises(ProofError, match="has no leaf"):
        check_inclusion(HASHES[0], 8, 8, [], bytes.fromhex(ROOTS[8]))
    with pytest.raises(ProofError, match="not all there"):
        range_roots(HASHES, [(0, 9)])
