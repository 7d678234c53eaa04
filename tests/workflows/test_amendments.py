"""A line is corrected after the quarter was signed: what waits, for which households, and what stays as it was."""

from datetime import timedelta

import pytest
from django.core.serializers import serialize
from django.db import connection
from django.test.utils import CaptureQueriesContext

from governance import holds
from governance.events import row_name
from governance.models import Event, Scorecard
from governance.refusals import Conflict
from governance.replay import replay
from tests import people
from tests.workflows.settled import JANUARY, LATER, Q4, computed, line, october, posted, signed, take_out
from workflows import amendments, publications
from workflows.models import Amendment, Publication

DAY = timedelta(days=1)


@pytest.fixture
def month(world):
    return october(world)


@pytest.fixture
def quarter(world, month):
    """2026Q4 on the board; 王家户 is red with 96 points."""
    return posted(world)


def card(world, version=1):
    return Scorecard.objects.get(subject=world.wang_home, quarter=Q4, version=version)


def as_stored(*rows) -> str:
    return serialize("json", rows)


def follow(world, at=LATER, cause="case:2"):
    return amendments.follow(subject=world.wang_home, quarter=Q4, cause=cause, by=world.officer, at=at)


# -- what follows ----------------------------------------------------------------------------------


def test_a_line_taken_out_of_a_signed_quarter_makes_a_new_card_that_waits(world, month, quarter):
    first, notice = as_stored(card(world)), as_stored(quarter.publication)
    [row] = take_out(world, line(month, "堆柴"))
    assert (row.state, row.settlement, row.subject) == ("waiting", quarter, world.wang_home)
    assert (row.scorecard.version, row.scorecard.total_tenths, row.scorecard.confirmed_at) == (2, 990, None)
    assert as_stored(card(world)) == first
    assert as_stored(Publication.objects.get(pk=quarter.publication.pk)) == notice
    event = Event.objects.get(name="amendment.made")
    assert event.subject_key == world.wang_home.key
    assert {row_name(row), row_name(row.scorecard)} <= set(event.digests)


def test_a_second_correction_gives_the_waiting_one_the_newer_card(world, month, quarter):
    [first] = take_out(world, line(month, "堆柴"))
    [again] = take_out(world, line(month, "乱倒"), at=LATER + DAY, cause="case:2")
    assert again.pk == first.pk
    assert (again.cause, again.scorecard.version, again.scorecard.total_tenths) == ("case:2", 2, 1010)
    assert set(again.history.values_list("cause", flat=True)) == {"case:1", "case:2"}


def test_a_score_that_is_what_it_was_again_drops_what_waits(world, month, quarter):
    holds.place(entry=line(month, "乱倒"), cause="case:2", by=world.wang, at=JANUARY + DAY / 2)
    [made] = follow(world)
    assert made.scorecard.total_tenths == 980
    holds.lift(cause="case:2", by=world.officer, at=LATER + DAY)
    [dropped] = follow(world, at=LATER + DAY)
    assert (dropped.pk, dropped.state, dropped.scorecard) == (made.pk, Amendment.State.DROPPED, None)
    assert world.wang_home.scorecards.count() == 1
    assert Event.objects.filter(name="amendment.dropped").count() == 1


def test_where_nothing_came_out_otherwise_nothing_waits(world, month, quarter):
    assert follow(world) == []
    assert not Amendment.objects.exists()


def test_a_quarter_nobody_has_signed_reads_the_ledger_by_itself(world, month):
    computed(world)
    assert take_out(world, line(month, "堆柴")) == []


def test_a_quarter_computed_after_the_act_began_is_not_passed_by(world, month, quarter):
    with pytest.raises(Conflict, match="再办一次"):
        take_out(world, line(month, "堆柴"), at=JANUARY - DAY)


def test_a_lasting_line_is_followed_into_the_quarters_it_reaches(world, month):
    from governance.models import Rule
    from tests.months import Month
    from workflows import settlements

    Rule.objects.filter(pk=world.rules["block"].pk).update(lasts_quarters=2)
    world.rules["block"].refresh_from_db()
    posted(world)
    spring = JANUARY + timedelta(days=90)
    Month(world, spring, spring.date().replace(month=2, day=1)).open().to_publication()
    at = spring + timedelta(days=30)
    first = settlements.start(village=world.village, quarter="2027Q1", by=world.clerk, at=at)
    publications.publish_settlement(settlement=signed(world, first, at), by=world.clerk, at=at)
    rows = take_out(world, line(month, "堆柴"), at=at + DAY)
    assert sorted((row.settlement.quarter, row.scorecard.total_tenths) for row in rows) == [
        ("2026Q4", 990), ("2027Q1", 1000),
    ]  # fmt: skip


def test_many_households_cost_as_many_questions_as_one_where_nothing_changed(world, month, quarter):
    costs = []
    for homes in ([world.wang_home], [world.wang_home, world.liu_home, world.zhao_home, world.sun_home]):
        with CaptureQueriesContext(connection) as queries:
            amendments.follow_all(subjects=homes, quarter=Q4, cause="bulk:1", by=world.officer, at=LATER)
        costs.append(len(queries))
    assert costs[0] == costs[1]


def test_what_waits_does_not_disturb_replay(world, month, quarter):
    take_out(world, line(month, "堆柴"))
    assert not [one.differences for one in replay() if one.differences]


# -- the notice of correction ------------------------------------------------------------------------


def test_a_month_s_correction_counts_what_went_and_what_came_by_dimension(world, month):
    notice = month.round.publication
    before = as_stored(notice)
    entries = take_out(world, line(month, "堆柴"), at=JANUARY, follow=False, instead=-10)
    made = publications.correct_month(round=month.round, entries=entries, by=world.officer, at=JANUARY)
    assert (made.amends, made.year, made.number) == (notice, 2027, 1)
    assert made.content["title"] == "柳溪村2026年10月联户评议公示的更正"
    assert made.content["of"] == {"title": notice.content["title"], "year": 2026, "number": notice.number}
    [row] = [row for row in made.content["dimensions"] if row["taken"]]
    assert row == {
        "dimension": "public", "label": world.rules["block"].get_dimension_display(),
        "taken": 1, "new": 1, "sum_tenths": 20,
    }  # fmt: skip
    assert made.log_root
    assert as_stored(Publication.objects.get(pk=notice.pk)) == before


def test_nothing_corrected_is_not_posted(world, month):
    assert publications.correct_month(round=month.round, entries=[], by=world.officer, at=JANUARY) is None


def test_a_month_s_correction_names_nobody(world, month):
    entries = take_out(world, line(month, "堆柴"), at=JANUARY, follow=False)
    made = publications.correct_month(round=month.round, entries=entries, by=None, at=JANUARY)
    words = str(made.content)
    assert not [w for w in ("王", world.east.name, "1号", world.rules["block"].text) if w in words]
    assert made.window_ends > people.NOON
