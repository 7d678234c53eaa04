"""The set-based twin says what the score function says, for everybody in the village, on this engine."""

from datetime import date, timedelta
from hashlib import sha256
from itertools import count, pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from governance import holds, ledger, scorecards, scoring, scoring_sql
from governance.events import record
from governance.models import Carry, Division, Entry, Event, Hold, Rule, Scorecard, Subject
from tests import people
from tests.people import NOON
from tests.strategies import QUARTERS, Ledger, ledgers
from transparency import merkle
from transparency.leaf import canonical

EARLIER = NOON - timedelta(days=30)
LATER = NOON + timedelta(days=1)
_codes = count(990199100001)


def compute(world, quarter="2026Q3", at=NOON):
    return scoring_sql.compute(
        village=world.village, quarter=quarter, base_tenths=1000, by=world.clerk, at=at
    )


def post(world, home, rule, points, day=date(2026, 8, 3), at=EARLIER, **fields):
    """One line of a household, posted at a moment."""
    line = ledger.draft(
        **{
            "subject": home,
            "rule": world.rules[rule],
            "quarter": "2026Q3",
            "occurred_on": day,
            "raw_tenths": points,
            "source": f"observation:{next(_codes)}",
            **fields,
        }
    )
    return add(world, line, at)


def add(world, line, at=EARLIER):
    event = record("round.published", village=world.village, about=line, by=world.clerk, at=at, rows=[line])
    return ledger.post([line], event=event)[0]


def card(home, quarter="2026Q3"):
    return Scorecard.objects.filter(subject=home, quarter=quarter).latest("version")


def confirm(*cards, at=NOON):
    for one in cards:
        one.confirmed_at = at
        one.save()


# -- equal to the score function ---------------------------------------------------------------


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cases=st.lists(ledgers(), min_size=1, max_size=2), quarter=st.sampled_from(QUARTERS))
def test_random_ledgers_score_the_same_in_sql_and_as_loaded(world, cases, quarter):
    village = people.village("另一个村", str(next(_codes)))
    homes = [store(world, village, number, case, quarter) for number, case in enumerate(cases)]
    scoring_sql.compute(village=village, quarter=quarter, base_tenths=1000, by=None, at=NOON)
    loaded = scorecards.results(
        [home.pk for home in homes], village=village, quarter=quarter, base=1000, at=NOON
    )
    for home, case in zip(homes, cases, strict=True):
        expected = scoring.score(
            base_tenths=1000, quarter=quarter, entries=case.entries, rules=case.rules, carried=case.carried
        )
        made = card(home, quarter)
        said = scorecards.columns(scorecards.Result(expected, made.prior_id))
        assert {name: getattr(made, name) for name in said} == said
        assert carries_of(made) == scorecards.carries(expected)
        assert scorecards.columns(loaded[home.pk]) == said
        assert loaded[home.pk].score.carry_out == expected.carry_out


def carries_of(made: Scorecard) -> dict:
    return {row.key: scorecards.carry_columns(row) for row in made.carries.all()}


def store(world, village: Division, number: int, case: Ledger, quarter: str) -> Subject:
    """A random ledger as rows of a household of its own."""
    area = people.area(village, f"{number}片", number)
    home = people.subject("1号", area, "某家户", enrolled_from=date(2025, 1, 1))
    book = people.rulebook(village, state="superseded", version=number + 1)
    rules = {rule.id: store_rule(book, rule) for rule in case.rules.values()}
    store_entries(home, rules, case, event_of(world))
    store_carries(home, case, quarter)
    return home


def event_of(world) -> Event:
    return Event.objects.first() or record(
        "round.published", village=world.village, about=world.wang_home, by=None, at=EARLIER
    )


def store_rule(book, rule) -> Rule:
    caps = {}
    for cap in rule.caps:
        caps |= {f"{cap.window}_points": cap.points_tenths, f"{cap.window}_times": cap.times}
    steps = [{"points_tenths": s.points_tenths, "at_milli": s.at_milli, "label": s.label} for s in rule.steps]
    same = ("family", "points_tenths", "group", "group_window", "lasts_quarters", "window")
    own = {name: getattr(rule, name) for name in same}
    return people.rule(book, str(rule.id), "某件事", rule.shape, rule.sign, steps=steps, **own, **caps)


def store_entries(home, rules, case, event):
    stored = {}
    for entry in sorted(case.entries, key=lambda entry: entry.posted_seq):
        stored[entry.id] = Entry.objects.create(
            village=home.village,
            subject=home,
            quarter=entry.quarter,
            occurred_on=entry.occurred_on,
            rule=rules[entry.rule_id],
            origin="department" if entry.department else "village",
            raw_tenths=entry.raw_tenths,
            quantity_milli=entry.quantity_milli,
            reverses=stored.get(entry.reverses),
            source=f"observation:{home.pk}:{entry.id}",
            event=event,
            posted_at=EARLIER,
        )
    held = [stored[entry.id] for entry in case.entries if entry.held]
    Hold.objects.bulk_create(
        Hold(village=home.village, entry=entry, cause="objection:1", placed_at=EARLIER) for entry in held
    )


def store_carries(home, case, quarter):
    """Settled cards of the quarters before `quarter`, handing on what the random ledger says."""
    prior = None
    for settled, following in pairwise(QUARTERS):
        if settled >= quarter:
            return
        given = prior if settled[:4] == quarter[:4] else None
        prior = Scorecard.objects.create(
            village=home.village,
            subject=home,
            quarter=settled,
            prior=given,
            confirmed_at=EARLIER,
            computed_at=EARLIER,
            **dict.fromkeys(("base_tenths", "index_tenths", "total_tenths"), 0),
        )
        Carry.objects.bulk_create(
            Carry(scorecard=prior, key=key, **scorecards.carry_columns(carry))
            for (booked, key), carry in case.carried.items()
            if booked == following
        )


# -- who gets a card, and from what ------------------------------------------------------------


def test_everybody_enrolled_gets_a_card_with_or_without_lines(world):
    post(world, world.wang_home, "litter", -20)
    assert compute(world) == 6
    assert (card(world.wang_home).total_tenths, card(world.wang_home).colour) == (980, "red")
    assert (card(world.liu_home).total_tenths, card(world.liu_home).colour) == (1000, "blue")


def test_who_has_not_agreed_gets_none(world):
    compute(world)
    assert not world.chen_home.scorecards.exists()


def test_other_villages_are_left_alone(world):
    compute(world)
    assert not world.elsewhere_home.scorecards.exists()


@pytest.mark.parametrize(
    ("fields", "cards"),
    [
        ({"enrolled_from": date(2026, 9, 30)}, 1),
        ({"enrolled_from": date(2026, 10, 1)}, 0),
        ({"enrolled_to": date(2026, 11, 16)}, 0),
        ({"enrolled_to": date(2026, 11, 17)}, 1),
        ({"closed_on": date(2026, 11, 1)}, 0),
    ],
)
def test_a_card_needs_an_open_file_that_took_part_and_still_does(world, fields, cards):
    Subject.objects.filter(pk=world.wang_home.pk).update(**fields)
    compute(world)
    assert world.wang_home.scorecards.count() == cards


def test_department_lines_count_in_the_total_and_not_in_the_index(world):
    post(world, world.wang_home, "sweep", 10, origin=Entry.Origin.DEPARTMENT)
    compute(world)
    made = card(world.wang_home)
    assert (made.index_tenths, made.department_tenths, made.total_tenths) == (1000, 10, 1010)


def test_what_is_posted_after_the_moment_does_not_count(world):
    post(world, world.wang_home, "sweep", 10, at=LATER)
    compute(world)
    assert card(world.wang_home).total_tenths == 1000


def test_a_reversal_after_the_moment_does_not_count_yet(world):
    line = post(world, world.wang_home, "sweep", 10)
    add(world, ledger.reversal(line, source="objection:1"), at=LATER)
    compute(world)
    assert card(world.wang_home).total_tenths == 1010


def test_a_held_deduction_does_not_count_and_a_held_plus_does(world):
    for line in (post(world, world.wang_home, "litter", -20), post(world, world.wang_home, "sweep", 10)):
        holds.place(entry=line, cause="objection:1", by=world.wang, at=EARLIER)
    compute(world)
    made = card(world.wang_home)
    assert (made.total_tenths, made.held_count) == (1010, 1)


def test_a_cap_over_the_year_remembers_the_quarter_before(world):
    post(world, world.wang_home, "hours", 20, quantity_milli=12_000, quarter="2026Q2", day=date(2026, 5, 1))
    compute(world, "2026Q2")
    confirm(card(world.wang_home, "2026Q2"), at=EARLIER)
    post(world, world.wang_home, "hours", 0, quantity_milli=9_000)
    compute(world)
    made = card(world.wang_home)
    assert (made.total_tenths, made.prior) == (1030, card(world.wang_home, "2026Q2"))
    assert made.carries.get().quantity_milli == 21_000


def test_the_last_quarter_of_a_year_hands_nothing_on(world):
    post(world, world.wang_home, "hours", 20, quantity_milli=12_000, quarter="2026Q4", day=date(2026, 10, 8))
    compute(world, "2026Q4")
    assert card(world.wang_home, "2026Q4").total_tenths == 1020
    assert not Carry.objects.exists()


# -- again ---------------------------------------------------------------------------------------


def test_each_card_has_its_history_row_with_actor_and_time(world):
    compute(world)
    past = card(world.wang_home).history.get()
    assert (past.history_type, past.history_user, past.history_date, past.history_change_reason) == (
        "+", world.clerk, NOON, "scorecard.computed",
    )  # fmt: skip
    assert past.total_tenths == 1000


def test_cards_nobody_confirmed_are_replaced(world):
    compute(world)
    post(world, world.wang_home, "sweep", 10)
    assert compute(world, at=LATER) == 6
    made = world.wang_home.scorecards.get()
    assert (made.total_tenths, made.version, made.computed_at) == (1010, 1, LATER)
    types = Scorecard.history.filter(subject_id=world.wang_home.pk).order_by("history_id")
    assert list(types.values_list("history_type", flat=True)) == ["+", "-", "+"]


def test_a_confirmed_card_is_never_touched(world):
    compute(world)
    confirm(card(world.wang_home))
    post(world, world.wang_home, "sweep", 10)
    assert compute(world, at=LATER) == 5
    assert world.wang_home.scorecards.get().total_tenths == 1000


# -- the digest of all ---------------------------------------------------------------------------


def test_the_root_is_that_of_the_cards_as_json(world):
    post(world, world.wang_home, "litter", -20)
    compute(world)
    cards = Scorecard.objects.filter(village=world.village).order_by("subject_id")
    plain = [{name: _text(getattr(card, name)) for name in scoring_sql.DIGESTED} for card in cards]
    leaves = [merkle.leaf_hash(sha256(canonical(card)).digest()) for card in plain]
    assert digests(world) == {"governance_scorecards:2026Q3": f"1:{merkle.root(leaves).hex()}:6"}


def test_a_card_changed_later_shows_in_the_root(world):
    compute(world)
    before = digests(world)
    Scorecard.objects.filter(subject=world.wang_home).update(total_tenths=1010)
    assert digests(world) != before


def test_the_first_versions_in_the_history_give_the_same_root(world):
    post(world, world.wang_home, "litter", -20)
    compute(world)
    at = Scorecard.objects.first().computed_at
    first = scoring_sql.first_versions(world.village.pk, "2026Q3", at)
    assert digests(world) == {scoring_sql.set_name("2026Q3"): scoring_sql.set_digest(first)}


def digests(world):
    """What a settlement says of all its cards."""
    return scoring_sql.digests(world.village, "2026Q3", Scorecard.objects.first().computed_at)


def _text(value):
    return value if value is None or isinstance(value, int | str) else str(value)
