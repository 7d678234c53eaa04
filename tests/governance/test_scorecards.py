"""Cards and sheets: what counts as of a moment, and how a settled quarter is corrected."""

from datetime import date, timedelta
from itertools import count

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from governance import holds, ledger, scorecards, scoring_sql
from governance.events import record
from governance.models import Rulebook
from governance.refusals import Refused
from governance.saving import save
from governance.shapes import Cap, Shape, Step, Window
from tests import people
from tests.people import NOON

EARLIER = NOON - timedelta(days=30)
LATER = NOON + timedelta(days=1)
_numbers = count(1)


def post(world, rule, points, *, at=EARLIER, **fields):
    """One line of 王家户 in the third quarter."""
    line = ledger.draft(
        **{
            "subject": world.wang_home,
            "rule": world.rules[rule],
            "quarter": "2026Q3",
            "occurred_on": date(2026, 8, 3),
            "raw_tenths": points,
            "source": f"observation:{next(_numbers)}",
            **fields,
        }
    )
    return add(world, line, at)


def add(world, line, at):
    event = record("round.published", village=world.village, about=line, by=world.clerk, at=at, rows=[line])
    return ledger.post([line], event=event)[0]


def settle(world, quarter="2026Q3", at=NOON):
    """The confirmed card of 王家户."""
    scoring_sql.compute(village=world.village, quarter=quarter, base_tenths=1000, by=world.clerk, at=at)
    return confirm(world.wang_home.scorecards.get(quarter=quarter), at)


def confirm(card, at):
    card.confirmed_at = at
    save(card, action="scorecard.confirmed", by=None, at=at)
    return card


def sheet(world, quarter="2026Q3", at=NOON):
    return scorecards.lines(subject=world.wang_home, quarter=quarter, at=at)


# -- the rules as the score function takes them --------------------------------------------------


def test_a_rule_row_becomes_the_value_that_scores(world):
    rules = scorecards.rules_for([world.rules[name].pk for name in ("volunteer", "hours", "yard")])
    volunteer, hours, yard = rules.values()
    assert (volunteer.shape, volunteer.caps, volunteer.window) == (
        Shape.PER_UNIT, (Cap(Window.MONTH, 20),), None,
    )  # fmt: skip
    assert hours.window is Window.YEAR
    assert hours.steps == (Step(1, 20, at_milli=10_000), Step(2, 50, at_milli=20_000))
    assert yard.cap(Window.MONTH).times == 1


def test_rules_are_loaded_in_two_queries(world, django_assert_num_queries):
    with django_assert_num_queries(2):
        scorecards.rules_for([rule.pk for rule in world.rules.values()])


# -- the base -------------------------------------------------------------------------------------


def test_the_base_is_that_of_the_rulebook_in_force_in_the_quarter(world):
    newer = people.rulebook(world.elsewhere, version=2, starts_quarter="2026Q3")
    older = people.rulebook(world.elsewhere, version=1, state=Rulebook.State.SUPERSEDED)
    Rulebook.objects.filter(pk=older.pk).update(base_tenths=800)
    assert scorecards.base_tenths(world.elsewhere, "2026Q2") == 800
    assert scorecards.base_tenths(world.elsewhere, "2026Q4") == newer.base_tenths == 1000


def test_without_a_rulebook_there_is_no_score_but_a_sentence(world):
    with pytest.raises(Refused, match="2025年第四季度村里还没有施行的评分细则"):
        scorecards.base_tenths(world.village, "2025Q4")


# -- my points ------------------------------------------------------------------------------------


def test_a_sheet_shows_each_line_of_the_quarter(world):
    line = post(world, "sweep", 10)
    post(world, "sweep", 10, quarter="2026Q2", occurred_on=date(2026, 5, 1))
    score = sheet(world)
    assert [(one.entry.id, one.effective_tenths) for one in score.lines] == [(line.pk, 10)]
    assert score.total_tenths == 1010


def test_a_sheet_costs_as_many_queries_for_thirty_lines_as_for_one(world):
    settle(world, "2026Q2", EARLIER)
    post(world, "sweep", 10)
    costs = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            sheet(world)
        costs.append(len(queries))
        for _ in range(29):
            post(world, "volunteer", 5)
    assert costs == [6, 6]


def test_a_held_deduction_is_on_the_sheet_and_does_not_count(world):
    line = post(world, "litter", -20)
    holds.place(entry=line, cause="objection:1", by=world.wang, at=EARLIER)
    assert (sheet(world).total_tenths, sheet(world).lines[0].why[-1].code) == (1000, "held")
    holds.lift(cause="objection:1", by=world.officer, at=LATER)
    assert sheet(world, at=LATER).total_tenths == 980
    assert sheet(world, at=NOON).total_tenths == 1000


def test_a_held_plus_goes_on_counting(world):
    holds.place(entry=post(world, "sweep", 10), cause="objection:1", by=world.wang, at=EARLIER)
    assert sheet(world).total_tenths == 1010


def test_a_lasting_line_keeps_the_carry_its_own_quarter_had(world):
    rule = people.rule(
        world.rulebook,
        "9.1",
        "一年只算一次的好事",
        "fixed",
        1,
        points_tenths=10,
        year_times=1,
        lasts_quarters=4,
    )
    world.rules["once"] = rule
    post(world, "once", 10, quarter="2026Q1", occurred_on=date(2026, 2, 1))
    settle(world, "2026Q1", EARLIER)
    post(world, "once", 10, quarter="2026Q2", occurred_on=date(2026, 5, 1))
    settle(world, "2026Q2", EARLIER)
    assert [line.effective_tenths for line in sheet(world).lines] == [10, 0]


# -- corrections -----------------------------------------------------------------------------------


def reverse(world, line, at=LATER):
    add(world, ledger.reversal(line, source="objection:1"), at)


def test_a_correction_is_a_new_version_and_leaves_the_old(world):
    line = post(world, "litter", -20)
    first = settle(world)
    reverse(world, line)
    card = scorecards.correct(subject=world.wang_home, quarter="2026Q3", by=world.officer, at=LATER)
    first.refresh_from_db()
    assert (first.version, first.total_tenths, first.colour) == (1, 980, "red")
    assert (card.version, card.total_tenths, card.colour, card.confirmed_at) == (2, 1000, "blue", None)
    assert card.history.get().history_user == world.officer


def test_a_correction_nobody_signed_is_replaced_by_the_next(world):
    lines = [post(world, "litter", -20), post(world, "litter", -20)]
    settle(world)
    for line, total in zip(lines, (980, 1000), strict=True):
        add(world, ledger.reversal(line, source=f"objection:{total}"), LATER)
        scorecards.correct(subject=world.wang_home, quarter="2026Q3", by=world.officer, at=LATER)
        newest = world.wang_home.scorecards.latest("version")
        assert (newest.version, newest.total_tenths) == (2, total)
    assert world.wang_home.scorecards.count() == 2


def test_a_correction_stores_what_it_hands_on(world):
    line = post(world, "hours", 0, quantity_milli=12_000)
    settle(world)
    post(world, "hours", 0, quantity_milli=8_000, at=LATER)
    card = scorecards.correct(subject=world.wang_home, quarter="2026Q3", by=world.officer, at=LATER)
    assert card.carries.get(key=line.rule.family).quantity_milli == 20_000


def test_before_the_first_card_is_signed_there_is_nothing_to_correct(world):
    scoring_sql.compute(village=world.village, quarter="2026Q3", base_tenths=1000, by=None, at=NOON)
    with pytest.raises(Refused, match="还没签字"):
        scorecards.correct(subject=world.wang_home, quarter="2026Q3", by=world.officer, at=LATER)


def test_a_correction_does_not_ripple_into_a_settled_quarter(world):
    line = post(world, "hours", 0, quantity_milli=12_000, quarter="2026Q2", occurred_on=date(2026, 5, 1))
    settle(world, "2026Q2", EARLIER)
    later = post(world, "hours", 0, quantity_milli=9_000)
    settled = settle(world)
    assert settled.total_tenths == 1030
    reverse(world, line)
    confirm(scorecards.correct(subject=world.wang_home, quarter="2026Q2", by=None, at=LATER), LATER)
    again = scorecards.correct(
        subject=world.wang_home, quarter="2026Q3", by=None, at=LATER + timedelta(days=1)
    )
    assert (again.total_tenths, again.prior) == (1030, settled.prior)
    assert sheet(world, at=LATER + timedelta(days=1)).lines[0].entry.id == later.pk
