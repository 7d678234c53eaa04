"""Replay: what was signed comes out again from the ledger, or the difference is named."""

from datetime import date, timedelta
from io import StringIO
from itertools import count

import pytest
from django.core.management import call_command

from governance import holds, ledger, scorecards, scoring_sql
from governance.events import record
from governance.models import Carry, Scorecard
from governance.replay import replay
from tests.people import NOON

LATER = NOON + timedelta(days=1)
_numbers = count(1)


@pytest.fixture
def signed(world):
    """Two quarters of 柳溪村, settled and signed, one with a cap over the year."""
    for quarter, day in (("2026Q2", date(2026, 5, 1)), ("2026Q3", date(2026, 8, 1))):
        at = NOON - timedelta(days=3)
        world.litter = post(world, "litter", -20, quarter, day, at)
        post(world, "hours", 0, quarter, day, at, quantity_milli=12_000)
        scoring_sql.compute(village=world.village, quarter=quarter, base_tenths=1000, by=world.clerk, at=at)
        sign(at)
    return world


def post(world, rule, points, quarter, day, at, **fields):
    line = ledger.draft(
        subject=world.wang_home, rule=world.rules[rule], quarter=quarter, occurred_on=day, raw_tenths=points,
        source=f"observation:{next(_numbers)}", **fields,
    )  # fmt: skip
    return add(world, line, at)


def add(world, line, at):
    event = record("round.published", village=world.village, about=line, by=world.clerk, at=at, rows=[line])
    return ledger.post([line], event=event)[0]


def sign(at):
    Scorecard.objects.filter(confirmed_at__isnull=True).update(confirmed_at=at, published_at=at)


def run(**options):
    out = StringIO()
    try:
        call_command("replay", stdout=out, **options)
        code = 0
    except SystemExit as ended:
        code = ended.code
    return code, out.getvalue().splitlines()


def test_what_was_signed_comes_out_again(signed):
    assert run() == (0, ["replayed 12, differ 0"])


def test_replay_can_be_narrowed_to_a_quarter_and_a_village(signed):
    assert run(quarter="2026Q3") == (0, ["replayed 6, differ 0"])
    assert run(village=signed.elsewhere.code) == (0, ["replayed 0, differ 0"])


def test_what_came_after_the_signing_makes_no_difference(signed):
    add(signed, ledger.reversal(signed.litter, source="objection:1"), LATER)
    holds.place(entry=signed.litter, cause="objection:2", by=signed.wang, at=LATER)
    assert run()[0] == 0


def test_a_corrected_card_is_replayed_in_both_versions(signed):
    add(signed, ledger.reversal(signed.litter, source="objection:1"), LATER)
    scorecards.correct(subject=signed.wang_home, quarter="2026Q3", by=None, at=LATER)
    assert run() == (0, ["replayed 12, differ 0"])
    sign(LATER)
    assert run() == (0, ["replayed 13, differ 0"])


def test_a_score_that_somebody_changed_is_named(signed):
    card = signed.wang_home.scorecards.get(quarter="2026Q3")
    Scorecard.objects.filter(pk=card.pk).update(total_tenths=1100, colour="red")
    code, lines = run()
    assert (code, lines[-1]) == (1, "replayed 12, differ 1")
    assert [line.split("：")[1] for line in lines[:-1]] == [
        "colour存的是red，重算是green",
        "total_tenths存的是1100，重算是1010",
    ]


def test_a_carry_that_somebody_changed_is_named(signed):
    Carry.objects.filter(scorecard__quarter="2026Q2").update(quantity_milli=1)
    [hit] = [one for one in replay(quarter="2026Q2") if one.differences]
    [(stored, computed)] = hit.differences.values()
    assert (stored["quantity_milli"], computed["quantity_milli"]) == (1, 12_000)
