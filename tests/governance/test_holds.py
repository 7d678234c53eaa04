"""Holds: one open case for one line, seen as of any moment."""

from datetime import date, timedelta

import pytest

from governance import holds, ledger
from governance.events import record
from governance.models import Entry, Hold
from governance.refusals import Conflict
from tests.people import NOON

LATER = NOON + timedelta(days=3)


@pytest.fixture
def entry(world) -> Entry:
    """王家户 is to lose two points for litter."""
    line = ledger.draft(
        subject=world.wang_home, rule=world.rules["litter"], quarter="2026Q4",
        occurred_on=date(2026, 11, 3), raw_tenths=-20, source="observation:1",
    )  # fmt: skip
    event = record(
        "round.published", village=world.village, about=world.wang_home, by=None, at=NOON, rows=[line]
    )
    return ledger.post([line], event=event)[0]


def test_a_hold_keeps_who_placed_it_in_its_history(world, entry):
    hold = holds.place(entry=entry, cause="objection:1", by=world.wang, at=NOON)
    past = hold.history.get()
    assert (past.history_user, past.history_date, past.history_change_reason) == (
        world.wang,
        NOON,
        "hold.placed",
    )


def test_a_line_that_is_held_cannot_be_held_again(world, entry):
    holds.place(entry=entry, cause="objection:1", by=world.wang, at=NOON)
    with pytest.raises(Conflict, match="正在办"):
        holds.place(entry=entry, cause="objection:2", by=world.wang, at=NOON)


def test_after_one_case_is_closed_another_may_hold_the_line(world, entry):
    holds.place(entry=entry, cause="objection:1", by=world.wang, at=NOON)
    holds.lift(cause="objection:1", by=world.officer, at=LATER)
    assert holds.place(entry=entry, cause="objection:2", by=world.wang, at=LATER).lifted_at is None


def test_lifting_ends_what_the_case_placed_and_nothing_twice(world, entry):
    hold = holds.place(entry=entry, cause="objection:1", by=world.wang, at=NOON)
    assert holds.lift(cause="objection:1", by=world.officer, at=LATER) == [hold]
    assert holds.lift(cause="objection:1", by=world.officer, at=LATER + timedelta(days=1)) == []
    assert Hold.objects.get().lifted_at == LATER


def test_lifting_leaves_the_holds_of_other_cases(world, entry):
    holds.place(entry=entry, cause="objection:1", by=world.wang, at=NOON)
    assert holds.lift(cause="objection:2", by=world.officer, at=LATER) == []
    assert Hold.objects.get().lifted_at is None


@pytest.mark.parametrize(
    ("moment", "stands"),
    [
        (NOON - timedelta(seconds=1), False),
        (NOON, True),
        (LATER - timedelta(seconds=1), True),
        (LATER, False),
    ],
)
def test_a_hold_stands_from_its_placing_until_its_lifting(world, entry, moment, stands):
    holds.place(entry=entry, cause="objection:1", by=world.wang, at=NOON)
    holds.lift(cause="objection:1", by=world.officer, at=LATER)
    assert holds.open_at(moment).exists() == stands
