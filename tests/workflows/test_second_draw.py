"""The lot: the same for everybody who knows the root, another for every month, and nobody's to choose."""

from hashlib import sha256
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from workflows import second_draw

ROOT = bytes(range(32))
MONTH = UUID(int=7)
HOMES = [UUID(int=n) for n in range(40)]


def test_the_same_root_and_month_draw_the_same_households_in_the_same_order():
    seed = second_draw.seed(ROOT, MONTH)
    assert second_draw.in_order(seed, HOMES) == second_draw.in_order(seed, reversed(HOMES))


def test_another_root_or_month_draws_others():
    seeds = [
        second_draw.seed(ROOT, MONTH),
        second_draw.seed(bytes(32), MONTH),
        second_draw.seed(ROOT, UUID(int=8)),
    ]
    drawn = [tuple(second_draw.in_order(seed, HOMES)[:5]) for seed in seeds]
    assert len(set(drawn)) == 3


def test_the_lot_is_a_plain_hash_that_anybody_can_recompute():
    by_hand = sha256(b"lianping/second/v1\0" + ROOT + MONTH.bytes).digest()
    assert second_draw.seed(ROOT, MONTH) == by_hand
    assert (
        second_draw.lot(by_hand, HOMES[1], MONTH) == sha256(by_hand + HOMES[1].bytes + MONTH.bytes).digest()
    )


@given(st.integers(0, 1000), st.integers(1, 20))
def test_a_share_is_rounded_up_and_never_more_than_all(households, percent):
    drawn = second_draw.how_many(households, percent)
    assert drawn <= households
    assert 100 * drawn >= households * percent
    assert (drawn > 0) == (households > 0)


def test_a_list_s_fingerprint_does_not_depend_on_its_order():
    assert second_draw.fingerprint(HOMES) == second_draw.fingerprint(HOMES[::-1])
    assert second_draw.fingerprint(HOMES) != second_draw.fingerprint(HOMES[1:])
