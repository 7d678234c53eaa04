"""Replaying a log from its rows is what leaf by leaf would give, at every size, on the engine that runs."""

import pytest
from django.db import connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from governance import guards
from transparency import log, verify
from transparency.leaf import leaf_data
from transparency.merkle import Frontier, leaf_hash, root
from transparency.models import Epoch, Leaf

HOME = "990101103205"
NAME = f"lianping.example/{HOME}"


def grown(count, kinds=("round.published", "reading.opened", '换"行\\')):
    """A log of so many leaves: what each leaf hashes to, by the definition."""
    rows = [(kinds[n % len(kinds)], f"2026-{1 + n % 12:02}", n.to_bytes(32, "big")) for n in range(count)]
    with transaction.atomic():
        log.append(HOME, rows, "lianping.example")
    return [leaf_hash(leaf_data(NAME, seq, *row)) for seq, row in enumerate(rows)]


@pytest.mark.parametrize("count", [0, 1, 255, 256, 257, 1000])
def test_the_rows_give_the_head_of_the_log(db, count):
    expected = grown(count)
    found = verify.replay_log(HOME)
    assert (found.size, found.root) == (count, root(expected)) == log.head(HOME)
    assert found.gaps == []
    assert found.tiles == [root(expected[n : n + 256]) for n in range(0, count - 255, 256)]


def test_roots_come_at_every_size_that_was_ever_signed(db):
    expected = grown(600)
    sizes = [0, 1, 5, 5, 255, 256, 257, 511, 512, 513, 599, 600, 601]
    found = verify.replay_log(HOME, sizes).roots
    assert found == {size: root(expected[:size]) for size in sizes if size <= 600}


def test_leaves_come_by_number(db, monkeypatch):
    expected = grown(40)
    monkeypatch.setattr(verify, "_ROWS", 7)
    assert list(verify.leaf_hashes(HOME)) == list(enumerate(expected))
    assert list(verify.leaf_hashes(HOME, 10, 12)) == [(10, expected[10]), (11, expected[11])]
    assert verify.replay_log(HOME, [8]).roots == {8: root(expected[:8])}


@given(st.text(max_size=30), st.text(max_size=8), st.integers(0, 2**40), st.binary(min_size=32, max_size=32))
def test_the_fast_bytes_of_a_leaf_are_the_defined_ones(kind, period, seq, commit):
    assert verify._data([(seq, kind, period, commit)], NAME) == [leaf_data(NAME, seq, kind, period, commit)]


def test_each_epoch_writes_its_leaves_under_its_own_name(db):
    grown(3)
    Epoch.objects.create(village=HOME, number=2, starts=2, origin=NAME + "/2")
    names = [data.split(b'"log":"')[1].split(b'"')[0].decode() for _, data in verify.leaves(HOME)]
    assert names == [NAME, NAME, NAME + "/2"]


@pytest.fixture
def unguarded(db):
    """Somebody at the database, past the application."""
    guards.drop()

    def execute(sql):
        with connection.cursor() as cursor:
            cursor.execute(sql)

    return execute


@pytest.mark.parametrize(
    "change",
    [
        '"commit" = (SELECT "commit" FROM transparency_leaf WHERE seq = 8)',
        "kind = 'other'",
        "period = '2020-01'",
    ],
)
def test_a_row_that_was_changed_gives_another_root_from_there_on(unguarded, change):
    expected = grown(20)
    unguarded(f"UPDATE transparency_leaf SET {change} WHERE seq = 7")
    found = verify.replay_log(HOME, [7, 8, 20])
    assert found.roots[7] == root(expected[:7])
    assert found.roots[8] != root(expected[:8])
    assert found.root != log.head(HOME)[1]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL keeps the type")
def test_a_text_in_place_of_the_bytes_is_another_leaf_and_no_crash(unguarded):
    grown(20)
    unguarded("""UPDATE transparency_leaf SET "commit" = 'x' WHERE seq = 7""")
    assert verify.replay_log(HOME).root != log.head(HOME)[1]


def test_missing_rows_are_named(unguarded, monkeypatch):
    grown(20)
    monkeypatch.setattr(verify, "_ROWS", 8)
    unguarded("DELETE FROM transparency_leaf WHERE seq IN (0, 5, 6, 8, 19)")
    assert verify.replay_log(HOME).gaps == [(0, 0), (5, 6), (8, 8)]
    assert Leaf.objects.count() == verify.replay_log(HOME).size == 15


def test_a_village_without_a_log_has_the_empty_root(db):
    assert verify.replay_log("000000000000", [0, 4]).roots == {0: Frontier().root()}
