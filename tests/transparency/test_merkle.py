import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pymerkle import InmemoryTree

from transparency import merkle
from transparency.merkle import Frontier, leaf_hash, node_hash, root

# The leaves and roots that the implementations of RFC 6962 share as their test vectors.
LEAVES = [
    bytes.fromhex(text)
    for text in [
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    ]
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def frontier_of(leaves) -> Frontier:
    tree = Frontier()
    tree.extend(map(leaf_hash, leaves))
    return tree


@pytest.mark.parametrize("size", range(9))
def test_the_root_is_that_of_the_known_vectors(size):
    assert root(map(leaf_hash, LEAVES[:size])).hex() == ROOTS[size]


@settings(deadline=None, max_examples=60)
@given(st.lists(st.binary(max_size=40), max_size=70))
def test_an_independent_implementation_finds_the_same_root(leaves):
    oracle = InmemoryTree(algorithm="sha256")
    oracle.append_entries(leaves)
    expected = oracle.get_root() if leaves else bytes.fromhex(ROOTS[0])
    assert frontier_of(leaves).root() == expected


@given(st.lists(st.lists(st.binary(max_size=8), max_size=9), max_size=6))
def test_leaves_may_come_in_any_portions_and_be_stored_between(portions):
    stored = b""
    for portion in portions:
        tree = Frontier.from_bytes(stored)
        tree.extend(map(leaf_hash, portion))
        stored = tree.to_bytes()
    leaves = [leaf for portion in portions for leaf in portion]
    assert Frontier.from_bytes(stored) == frontier_of(leaves)


def test_an_empty_log_has_the_hash_of_nothing_as_root():
    assert Frontier.from_bytes(b"").root() == Frontier().root() == bytes.fromhex(ROOTS[0])
    assert Frontier().to_bytes() == b""


def test_leaf_order_matters():
    assert root(map(leaf_hash, LEAVES)) != root(map(leaf_hash, LEAVES[::-1]))


def test_a_leaf_that_spells_two_hashes_is_not_taken_for_a_node():
    left, right = leaf_hash(b"a"), leaf_hash(b"b")
    assert leaf_hash(left + right) != node_hash(left, right)


def test_appending_to_a_large_tree_does_not_hash_the_old_leaves_again(monkeypatch):
    tree = frontier_of(b"%d" % n for n in range(1023))
    joined = []
    monkeypatch.setattr(merkle, "node_hash", lambda *pair: joined.append(pair) or node_hash(*pair))
    tree.extend([leaf_hash(b"a"), leaf_hash(b"b")])
    assert len(joined) == 10
    tree.root()
    assert len(joined) == 11


@pytest.mark.parametrize(
    "data", [b"\x01", bytes(7) + b"\x01", bytes(7) + b"\x01" + bytes(31), bytes(40), bytes(71)]
)
def test_a_damaged_frontier_is_refused(data):
    with pytest.raises(ValueError, match="no frontier"):
        Frontier.from_bytes(data)
