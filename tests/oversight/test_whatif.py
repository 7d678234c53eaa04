"""要是用新细则: a draft tried on a posted quarter: the same facts, other rules, and counts that point at nobody."""

from datetime import date, timedelta
from io import BytesIO
from itertools import product

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from governance import consents, holds, ledger, rulebooks
from governance.events import record
from governance.models import Carry, Entry, Event, Rulebook, Scorecard, Subject
from oversight.whatif import trial as trials
from oversight.whatif.counts import FEWEST_HOMES, HIDDEN, LEAST, NONE, shown, summary
from oversight.whatif.matching import GONE, TURNED, UNCLEAR
from oversight.whatif.recount import CANNOT
from tests import people
from tests.months import Month
from tests.oversight import ledgers
from tests.oversight.looking_back import built, clock, text
from tests.people import NOON


@pytest.fixture
def world(db):
    return built()


@pytest.fixture
def draft(world) -> Rulebook:
    """A copy of the rulebook in force, to be changed."""
    return rulebooks.copy(rulebook=world.rulebook, by=world.clerk, at=NOON - timedelta(days=5))


def change(draft, which: str, **columns) -> None:
    rule = draft.rules.get(number=which)
    for name, value in columns.items():
        setattr(rule, name, value)
    rule.save()


def run(draft, quarter="2026Q3"):
    return trials.run(draft, quarter, at=NOON)


def home_of(trial, world, home: Subject):
    """One household of a trial, which goes by id."""
    order = Subject.objects.filter(scorecards__quarter=trial.quarter).order_by("pk")
    return trial.homes[list(order.distinct()).index(home)]


@pytest.fixture
def october(world) -> Month:
    """The last quarter of 2026 with one line of most shapes, by the real services; its cards posted."""
    month = Month(world, NOON - timedelta(days=10)).open()
    month.observe("litter", world.wang_home, "litter")
    month.observe("block", world.wang_home, "block", chosen_tenths=30, grounds="堵了半条")
    month.observe("volunteer", world.liu_home, "volunteer", quantity_milli=5000)
    month.observe("yard", world.liu_home, "yard", labels=("卫生", "秩序"))
    month.observe("honour", world.zhao_home, "honour", labels=("镇级",))
    month.observe("burning", world.zhao_home, "burning")
    month.to_publication()
    ledgers.post(world, "2026Q4", at=NOON - timedelta(days=1))
    return month


# -- the same facts under other rules ----------------------------------------------------------------------------


def test_a_copy_that_changes_nothing_moves_nobody(october, draft):
    trial = run(draft, "2026Q4")
    assert {home.change for home in trial.homes} == {0}
    assert not trial.left_out


@pytest.mark.parametrize(
    ("number", "columns", "whose", "expected"),
    [
        ("1.2", {"points_tenths": 50}, "wang_home", -30),  # fixed: 2 became 5
        ("1.3", {"max_tenths": 20}, "wang_home", 10),  # range: 3 is more than 2
        ("1.3", {"min_tenths": 40}, "wang_home", -10),  # range: 3 is less than 4
        ("2.1", {"month_points": None}, "liu_home", 5),  # per unit: 2.5 was capped at 2
        ("2.1", {"points_tenths": 2}, "liu_home", -10),  # per unit: 1 for five hours
    ],
)
def test_a_changed_rule_is_applied_to_the_fact_itself(
    october, world, draft, number, columns, whose, expected
):
    change(draft, number, **columns)
    trial = run(draft, "2026Q4")
    moved = home_of(trial, world, getattr(world, whose))
    assert moved.change == expected
    assert sum(home.change for home in trial.homes) == expected
    assert not trial.left_out


def test_a_level_and_the_parts_of_a_sum_are_looked_up_in_the_draft(october, world, draft):
    draft.rules.get(number="3.1").steps.filter(label="镇级").update(points_tenths=80)
    draft.rules.get(number="4.2").steps.filter(label="秩序").update(points_tenths=20)
    trial = run(draft, "2026Q4")
    assert home_of(trial, world, world.zhao_home).change == 30
    assert home_of(trial, world, world.liu_home).change == 15


def test_steps_by_repetition_are_counted_anew(october, world, draft):
    draft.rules.get(number="4.1").steps.filter(n=1).update(points_tenths=10)
    assert home_of(run(draft, "2026Q4"), world, world.zhao_home).change == 70


def test_a_level_that_the_draft_does_not_know_is_not_counted_and_told(october, world, draft):
    draft.rules.get(number="3.1").steps.filter(label="镇级").update(label="乡级")
    trial = run(draft, "2026Q4")
    assert trial.left_out == {(world.rules["honour"].pk, CANNOT): 1}
    assert home_of(trial, world, world.zhao_home).change == -50


def test_a_rule_that_is_gone_or_turned_is_not_counted_and_told(october, world, draft):
    draft.rules.get(number="1.2").delete()
    change(draft, "2.1", sign=-1)
    trial = run(draft, "2026Q4")
    assert trial.left_out == {
        (world.rules["litter"].pk, GONE): 1,
        (world.rules["volunteer"].pk, TURNED): 1,
    }
    assert home_of(trial, world, world.wang_home).change == 20


def test_a_rule_of_another_family_is_known_by_its_words(october, world, draft):
    change(draft, "1.2", family="new", points_tenths=50, number="9.9")
    assert home_of(run(draft, "2026Q4"), world, world.wang_home).change == -30


def test_of_two_rules_alike_none_is_guessed(october, world, draft):
    change(draft, "1.2", number="8.1")
    twin = draft.rules.get(number="8.1")
    people.rule(draft, "8.2", twin.text, twin.shape, -1, points_tenths=90, family=twin.family)
    assert run(draft, "2026Q4").left_out == {(world.rules["litter"].pk, UNCLEAR): 1}


def test_a_line_put_there_by_a_case_counts_only_where_its_rule_is_the_same(world, draft):
    ledgers.line(world, world.wang_home, "litter", -15)
    ledgers.line(world, world.wang_home, "sweep", 7)
    ledgers.post(world)
    change(draft, "1.2", points_tenths=50)
    trial = run(draft)
    assert trial.left_out == {(world.rules["litter"].pk, CANNOT): 1}
    assert home_of(trial, world, world.wang_home).now == 7


def test_what_was_taken_back_counts_neither_way(world, draft):
    gone = ledgers.line(world, world.wang_home, "litter", -20)
    ledgers.post(world)
    back = ledger.reversal(gone, source="objection:1")
    event = record("case.decided", village=world.village, about=back, by=world.officer, at=NOON, rows=[back])
    ledger.post([back], event=event)
    draft.rules.get(number="1.2").delete()
    trial = run(draft)
    assert home_of(trial, world, world.wang_home).change == 0
    assert not trial.left_out


def test_what_is_held_stays_held_under_the_draft(october, world, draft):
    item = october.items["litter"]
    item.refresh_from_db()
    holds.place(entry=item.entry, cause="objection:1", by=world.wang, at=NOON - timedelta(hours=1))
    change(draft, "1.2", points_tenths=50)
    assert home_of(run(draft, "2026Q4"), world, world.wang_home).change == 0


def test_a_new_start_is_measured_from_itself(october, draft):
    draft.base_tenths = 800
    draft.save()
    assert {home.change for home in run(draft, "2026Q4").homes} == {0}


def test_what_earlier_quarters_used_up_is_taken_over_under_the_draft_s_name(world, draft):
    ledgers.line(world, world.wang_home, "hours", 0, quarter="2026Q2", quantity_milli=12_000)
    ledgers.post(world, "2026Q2")
    ledgers.line(world, world.wang_home, "hours", 0, quantity_milli=9_000, occurred_on=date(2026, 8, 9))
    ledgers.post(world)
    change(draft, "2.3", family="new")
    assert Carry.objects.exists()
    assert home_of(run(draft), world, world.wang_home).change == 0


def test_nothing_is_written(october, draft):
    before = [model.objects.count() for model in (Entry, Scorecard, Event)]
    change(draft, "1.2", points_tenths=50)
    run(draft, "2026Q4")
    assert before == [model.objects.count() for model in (Entry, Scorecard, Event)]


def test_who_withdrew_since_is_not_counted_any_more(october, world, draft):
    with_all = len(run(draft, "2026Q4").homes)
    consents.withdraw(member=world.head, by=world.wang, at=NOON)
    assert len(run(draft, "2026Q4").homes) == with_all - 1


# -- who crosses, and by which rule ------------------------------------------------------------------------------


@pytest.fixture
def many(world) -> list[Subject]:
    """Twenty more households: eight with a plus and a smaller minus, five with a minus, the rest without a line."""
    made = ledgers.homes(world, 20)
    for home in made[:8]:
        ledgers.line(world, home, "sweep", 10)
        ledgers.line(world, home, "litter", -5)
    for home in made[8:13]:
        ledgers.line(world, home, "litter", -20)
    ledgers.post(world)
    return made


def test_crossings_are_counted_with_the_rule_that_does_most(world, many, draft):
    draft.rules.get(number="1.1").delete()  # eight fall from above to below
    trial = run(draft)
    found = summary(trial)
    assert dict(found.crossings) == {"往上过线": "没有", "往下过线": "8户", "不过线": "18户"}
    [by_rule] = found.by_rule
    assert (by_rule.match.old.number, by_rule.touched, by_rule.up, by_rule.down) == (
        "1.1",
        "8户",
        "没有",
        "8户",
    )
    assert dict(found.bands)["少1分到5分"] == "8户"
    assert [(rule.number, why, count) for rule, why, count in found.left_out] == [("1.1", GONE, "8条")]


def test_a_crossing_by_two_rules_is_put_to_the_heavier(world, many, draft):
    draft.rules.get(number="1.2").delete()
    trial = run(draft)
    up = [home for home in trial.homes if home.crossing == 1]
    assert len(up) == 5  # those with a minus only; the eight stay above
    assert {home.because_of for home in up} == {world.rules["litter"].pk}


def test_a_village_of_few_households_is_not_counted(october, draft):
    change(draft, "1.2", points_tenths=50)
    found = summary(run(draft, "2026Q4"))
    assert found.is_too_few
    assert not found.crossings
    assert not found.by_rule


# -- small counts ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("counts", "texts"),
    [
        ([0, 0, 20], ["没有", "没有", "20户"]),
        ([5, 8, 20], ["5户", "8户", "20户"]),
        ([1, 0, 20], ["不写数", "没有", "不写数"]),
        ([2, 8, 20], ["不写数", "不写数", "20户"]),
        ([1, 1, 20], ["不写数", "不写数", "不写数"]),
        ([2, 2, 2, 20], ["不写数", "不写数", "不写数", "20户"]),
    ],
)
def test_one_and_two_are_hidden_and_so_is_what_would_give_them_away(counts, texts):
    assert shown(counts) == texts


@given(st.lists(st.integers(0, 9), min_size=2, max_size=4))
def test_no_small_count_can_be_worked_out_from_the_others_and_the_whole(counts):
    """Who knows the whole, of ten households or more, finds several numbers possible for each small part."""
    texts, whole = shown(counts), sum(counts)
    if whole < FEWEST_HOMES:
        return
    possible = [parts for parts in product(*map(numbers, texts)) if sum(parts) == whole]
    assert tuple(counts) in possible
    for n, count in enumerate(counts):
        if 0 < count < LEAST:
            assert len({parts[n] for parts in possible}) > 1


def numbers(text: str):
    """What a text may stand for, within what is tried here."""
    return {NONE: [0], HIDDEN: range(1, 37)}.get(text) or [int(text.removesuffix("户"))]


# -- the page ----------------------------------------------------------------------------------------------------


@pytest.fixture
def page(client, world):
    def get(book, user=world.lin, name="whatif", **query):
        client.force_login(user)
        with clock():
            return client.get(reverse(name, args=[book.key]), query)

    return get


def test_the_page_names_no_household_and_no_colour(world, many, draft, page):
    draft.rules.get(number="1.1").delete()
    body = text(page(draft))
    assert "往下过线" in body
    assert "8户" in body
    words = ["示范户", "达标户", "待提升户", *(home.name for home in Subject.objects.all())]
    assert [word for word in words if word in body] == []
    assert [home for home in Subject.objects.all() if str(home.key) in body] == []


def test_who_reads_it_and_who_does_not(world, draft, page):
    for user in (world.clerk, world.lin, world.committee[0], world.supervision, world.supervisor):
        assert page(draft, user).status_code == 200
        with clock():
            assert reverse("whatif", args=[draft.key]) in text(page_of_book(page, draft, user))
    for user in (world.li, world.shi, world.officer, world.elsewhere_clerk, world.wang):
        assert page(draft, user).status_code == 404


def page_of_book(page, draft, user):
    return page(draft, user, name="rulebook")


def test_a_rulebook_in_force_is_not_tried(world, many, page):
    assert "这一版已经施行了" in text(page(world.rulebook))
    assert page(world.rulebook, name="whatif_export").status_code == 403


def test_without_a_posted_quarter_there_is_nothing_to_try_it_on(draft, page):
    assert "还没有公示过的季" in text(page(draft))


def test_the_counts_go_out_hidden_as_on_the_page(world, many, draft, page):
    ledgers.line(world, many[15], "giving", -1)
    draft.rules.get(number="2.2").delete()
    answer = page(draft, name="whatif_export")
    rows = list(load_workbook(BytesIO(answer.content)).active.iter_rows(values_only=True))
    assert ("往上过线", "不写数") in [row[:2] for row in rows]
    assert any(row[:3] == ("2.2", "给村里公益事业捐款", GONE) and row[3] == "不到3条" for row in rows)


def test_thirty_households_more_cost_no_query_more(world, many, draft, page):
    page(draft)
    with CaptureQueriesContext(connection) as few:
        page(draft)
    Scorecard.objects.all().delete()
    for n in range(30):
        home = people.household(f"{300 + n}号", world.east, f"新户{n}", rater=world.zhou)
        ledgers.line(world, home, "litter", -20)
    ledgers.post(world)
    with CaptureQueriesContext(connection) as more:
        assert "56户" in text(page(draft))
    assert len(more) == len(few)
