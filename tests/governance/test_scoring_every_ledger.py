"""What holds for the score of every household, whatever its ledger."""

from dataclasses import replace
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from governance.explain import explain
from governance.scoring import Cap, Carry, Entry, Rule, Shape, Window, group_key, score
from tests.governance.oracle import Oracle, bucket
from tests.strategies import QUARTERS, Ledger, ledgers

BASE = 1000
quarters = st.sampled_from(QUARTERS)


def for_every_ledger(*more):
    """Run a test on random ledgers; how long one takes says nothing on a shared machine."""
    return lambda test: settings(deadline=None)(given(ledgers(), quarters, *more)(test))


def run(ledger: Ledger, quarter: str, entries=None):
    book, ordinary, carried = ledger
    return score(
        base_tenths=BASE,
        quarter=quarter,
        entries=ordinary if entries is None else entries,
        rules=book,
        carried=carried,
    )


@for_every_ledger()
def test_every_line_is_worth_what_the_definition_says(ledger, quarter):
    expected = Oracle(ledger, quarter)
    result = run(ledger, quarter)
    worth = {line.entry.id: line.effective_tenths for line in result.lines}
    assert {id: worth[id] for id in expected.value} == expected.value
    assert all(worth[id] == 0 for id in worth.keys() - expected.value.keys())
    assert result.total_tenths == BASE + sum(worth.values())


@for_every_ledger()
def test_the_carry_is_what_came_in_and_what_the_quarter_gave(ledger, quarter):
    expected = Oracle(ledger, quarter)
    own = [e for e in expected.counting if e.quarter == quarter]
    for key, carry in run(ledger, quarter).carry_out.items():
        brought = ledger.carried.get((quarter, key), Carry())
        alike = [e for e in own if expected.rule(e).family == key and expected.rule(e).is_yearly]
        given = [e for e in alike if expected.value[e.id] or expected.rule(e).shape is Shape.STEPS]
        honours = [e for e in own if group_key(expected.rule(e).group) == key]
        honours = [e for e in honours if expected.rule(e).group_window is Window.YEAR]
        assert carry == Carry(
            brought.points_tenths + sum(abs(expected.value[e.id]) for e in alike),
            brought.times + len(given),
            brought.quantity_milli + sum(e.quantity_milli for e in alike),
            max(
                [
                    brought.highest_tenths,
                    *(abs(expected.raw[e.id]) for e in honours),
                ]
            ),
        )


@for_every_ledger(st.randoms())
def test_the_order_in_which_entries_are_given_does_not_matter(ledger, quarter, random):
    shuffled = list(ledger.entries)
    random.shuffle(shuffled)
    assert run(ledger, quarter, shuffled) == run(ledger, quarter)


@for_every_ledger()
def test_reversing_an_entry_is_as_if_it_had_never_been_posted(ledger, quarter):
    gone = {e.reverses for e in ledger.entries} | {e.id for e in ledger.entries if e.reverses}
    never = run(ledger, quarter, [e for e in ledger.entries if e.id not in gone])
    result = run(ledger, quarter)
    kept = [line for line in result.lines if line.entry.id not in gone]
    assert replace(result, lines=()) == replace(never, lines=())
    assert kept == list(never.lines)


@for_every_ledger()
def test_no_family_gives_more_than_its_cap_in_any_window(ledger, quarter):
    lines = run(ledger, quarter).lines
    for line in lines:
        alike = [other for other in lines if other.rule.family == line.rule.family]
        for cap in line.rule.caps:
            same = [o for o in alike if bucket(cap.window, o.entry) == bucket(cap.window, line.entry)]
            upto = same[: same.index(line) + 1]
            if line.effective_tenths and cap.points_tenths is not None:
                assert sum(abs(o.effective_tenths) for o in upto) <= cap.points_tenths
            if line.effective_tenths and cap.times is not None:
                assert sum(o.effective_tenths != 0 for o in upto) <= cap.times


@for_every_ledger()
def test_a_limit_only_ever_brings_a_line_nearer_to_nought(ledger, quarter):
    for line in run(ledger, quarter).lines:
        assert 0 <= line.effective_tenths * line.rule.sign <= abs(line.raw_tenths)


@for_every_ledger()
def test_a_held_deduction_is_as_if_it_were_not_there(ledger, quarter):
    without = run(ledger, quarter, [e for e in ledger.entries if not e.held])
    assert without.total_tenths == run(ledger, quarter).total_tenths


@for_every_ledger()
def test_a_plus_outside_all_groups_never_lowers_the_total(ledger, quarter):
    ungrouped = {id: replace(rule, group="") for id, rule in ledger.rules.items()}
    sweep = Rule(0, "sweeping", Shape.PER_UNIT, 1, points_tenths=5, caps=(Cap(Window.MONTH, 20),))
    ledger = ledger._replace(rules=ungrouped | {sweep.id: sweep})
    more = [*ledger.entries, Entry(99, sweep.id, date(2026, 7, 5), 99, quarter, 20)]
    assert run(ledger, quarter, more).total_tenths >= run(ledger, quarter).total_tenths


@for_every_ledger()
def test_points_are_whole_tenths_and_add_up(ledger, quarter):
    result = run(ledger, quarter)
    assert type(result.total_tenths) is type(result.index_tenths) is int
    assert result.index_tenths + result.department_tenths == result.total_tenths
    assert [BASE, *(line.running_tenths for line in result.lines)][-1] == result.total_tenths


@for_every_ledger()
def test_every_line_is_explained_and_every_difference_has_its_reason(ledger, quarter):
    for line in run(ledger, quarter).lines:
        assert explain(line).endswith("。")
        assert line.why or line.effective_tenths == line.raw_tenths
