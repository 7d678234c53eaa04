"""The ledger: lines are only ever added, each vouched for by its event."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from governance import ledger
from governance.events import record, row_name
from governance.models import Entry, Event
from governance.refusals import Conflict
from tests.people import NOON
from tests.real_transactions import at_once


def sweeping(world, source="observation:1", **fields):
    return ledger.draft(
        **{
            "subject": world.wang_home,
            "rule": world.rules["sweep"],
            "quarter": "2026Q4",
            "occurred_on": date(2026, 11, 3),
            "raw_tenths": 10,
            "source": source,
            **fields,
        }
    )


def post(world, *lines):
    event = record(
        "round.published", village=world.village, about=world.wang_home, by=world.clerk, at=NOON, rows=lines
    )
    return ledger.post(lines, event=event)


def test_a_posted_line_belongs_to_the_village_and_moment_of_its_event(world):
    [line] = post(world, sweeping(world))
    stored = Entry.objects.get()
    assert (stored.pk, stored.village, stored.event.name, stored.posted_at) == (
        line.pk, world.village, "round.published", NOON,
    )  # fmt: skip


def test_the_event_holds_the_digest_of_every_line_it_brings(world):
    lines = post(world, sweeping(world), sweeping(world, "observation:2"))
    assert {row_name(line) for line in lines} <= set(Event.objects.get().digests)


def test_a_line_that_its_event_does_not_vouch_for_is_not_posted(world):
    event = record("round.published", village=world.village, about=world.wang_home, by=world.clerk, at=NOON)
    with pytest.raises(ValueError, match="no digest"):
        ledger.post([sweeping(world)], event=event)


def test_one_source_counts_once(world):
    post(world, sweeping(world))
    with pytest.raises(Conflict, match="已经记过账"):
        post(world, sweeping(world, "observation:2"), sweeping(world))
    assert Entry.objects.count() == 1


def test_one_source_counts_once_within_one_posting(world):
    with pytest.raises(Conflict):
        post(world, sweeping(world), sweeping(world))


def test_a_reversal_mirrors_its_target_and_is_booked_in_the_same_quarter(world):
    [line] = post(world, sweeping(world))
    [back] = post(world, ledger.reversal(line, source="objection:7"))
    same = ("subject_id", "rule_id", "quarter", "occurred_on", "quantity_milli", "origin")
    assert [getattr(back, name) for name in same] == [getattr(line, name) for name in same]
    assert (back.reverses, back.raw_tenths, back.source) == (line, -10, "objection:7")


def test_a_correction_is_a_reversal_and_a_new_line_of_one_cause(world):
    [line] = post(world, sweeping(world))
    post(world, ledger.reversal(line, source="objection:7"), sweeping(world, "objection:7", raw_tenths=5))
    assert list(Entry.objects.order_by("pk").values_list("raw_tenths", flat=True)) == [10, -10, 5]


def test_a_line_is_reversed_once(world):
    [line] = post(world, sweeping(world))
    post(world, ledger.reversal(line, source="objection:7"))
    with pytest.raises(Conflict):
        post(world, ledger.reversal(line, source="objection:8"))


def test_another_fault_of_the_rows_is_not_called_a_conflict(world):
    with pytest.raises(IntegrityError):
        post(world, sweeping(world, rule=None))


@pytest.mark.postgres
def test_of_two_who_post_one_source_at_once_one_is_told(transactional_db, world):
    answers = at_once([lambda: post_in_transaction(world)] * 2)
    assert sorted(type(answer).__name__ for answer in answers) == ["Conflict", "list"]
    assert Entry.objects.count() == 1
    assert Event.objects.count() == 1


def post_in_transaction(world):
    with transaction.atomic():
        return post(world, sweeping(world))
