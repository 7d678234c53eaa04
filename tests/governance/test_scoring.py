"""The score of a household: each shape, each limit."""

from dataclasses import replace
from datetime import date

import pytest

from governance.explain import explain
from governance.scoring import Cap, Carry, Entry, Rule, Shape, Step, Window, colour_of, group_key, score

BASE = 1000


def plus(*caps, **numbers):
    return Rule(1, "sweeping", Shape.PER_UNIT, 1, **{"points_tenths": 5, "unit": "小时"} | numbers, caps=caps)


def minus(shape=Shape.FIXED, **numbers):
    return Rule(2, "littering", shape, -1, **numbers)


def booked(id, rule, raw=0, day="2026-07-05", quarter="2026Q3", **rest):
    return Entry(id, rule.id, date.fromisoformat(day), id, quarter, raw, **rest)


def scored(rules, entries, carried=None, quarter="2026Q3"):
    book = {rule.id: rule for rule in rules}
    return score(base_tenths=BASE, quarter=quarter, entries=entries, rules=book, carried=carried)


def effective(result):
    return [line.effective_tenths for line in result.lines]


def sentences(result):
    return [explain(line) for line in result.lines]


def test_a_household_without_entries_stands_at_the_base():
    result = scored([], [])
    assert (result.index_tenths, result.total_tenths, result.colour) == (BASE, BASE, "blue")
    assert (result.lines, result.carry_out) == ((), {})


def test_department_points_are_in_the_total_but_not_in_the_index():
    rule = plus()
    result = scored([rule], [booked(1, rule, 20), booked(2, rule, 30, department=True)])
    assert (result.index_tenths, result.department_tenths, result.total_tenths) == (1020, 30, 1050)
    assert [line.running_tenths for line in result.lines] == [1020, 1050]


@pytest.mark.parametrize(("total", "colour"), [(1001, "green"), (1000, "blue"), (999, "red")])
def test_the_colour_compares_the_total_with_the_base(total, colour):
    assert colour_of(total, 1000) == colour


def test_an_ordinary_line_says_how_its_points_come_about():
    rule = plus()
    assert sentences(scored([rule], [booked(1, rule, 25, quantity_milli=5_000)])) == [
        "每小时0.5分，合2.5分。"
    ]


def test_five_hours_of_sweeping_meet_the_monthly_cap():
    rule = plus(Cap(Window.MONTH, 20))
    entries = [
        booked(1, rule, 25, quantity_milli=5_000),
        booked(2, rule, 5, day="2026-07-09", quantity_milli=1_000),
        booked(3, rule, 5, day="2026-08-01", quantity_milli=1_000),
    ]
    result = scored([rule], entries)
    assert effective(result) == [20, 0, 5]
    assert sentences(result) == [
        "每小时0.5分，合2.5分；一个月最多2分，所以记2分。",
        "每小时0.5分，合0.5分；一个月最多2分，前面已记2分，所以这次不记分。",
        "每小时0.5分，合0.5分。",
    ]


def test_the_month_counts_what_the_day_left():
    rule = plus(Cap(Window.DAY, 20), Cap(Window.MONTH, 30))
    entries = [booked(1, rule, 50), booked(2, rule, 20, day="2026-07-06")]
    assert effective(scored([rule], entries)) == [20, 10]


def test_a_late_fact_is_capped_in_the_quarter_it_is_booked_in():
    rule = plus(Cap(Window.MONTH, 20), lasts_quarters=2)
    entries = [booked(1, rule, 20, day="2026-06-30", quarter="2026Q2"), booked(2, rule, 20, day="2026-06-30")]
    assert effective(scored([rule], entries)) == [20, 20]


def test_the_third_time_in_a_month_of_two_gives_nothing_and_leaves_the_points_cap_alone():
    rule = plus(Cap(Window.MONTH, times=2), Cap(Window.QUARTER, 25))
    days = ("2026-07-01", "2026-07-02", "2026-07-03", "2026-08-01")
    result = scored([rule], [booked(n, rule, 10, day=day) for n, day in enumerate(days, 1)])
    assert effective(result) == [10, 10, 0, 5]
    assert sentences(result)[2:] == [
        "每小时0.5分，合1分；一个月最多记2次，这是第3次，所以这次不记分。",
        "每小时0.5分，合1分；一季最多2.5分，前面已记2分，所以记0.5分。",
    ]


def test_a_deduction_is_capped_towards_nought():
    rule = minus(points_tenths=80, caps=(Cap(Window.DAY, 100),))
    result = scored([rule], [booked(1, rule, -80), booked(2, rule, -80)])
    assert effective(result) == [-80, -20]
    assert sentences(result) == ["每次减8分。", "每次减8分；一天最多减10分，前面已减8分，所以减2分。"]


def test_points_of_earlier_quarters_use_up_the_yearly_cap():
    rule = plus(Cap(Window.YEAR, 50, 3))
    carried = {("2026Q3", "sweeping"): Carry(points_tenths=45, times=2)}
    result = scored([rule], [booked(1, rule, 10), booked(2, rule, 10)], carried)
    assert effective(result) == [5, 0]
    assert result.carry_out == {"sweeping": Carry(points_tenths=50, times=3)}


def test_a_household_that_did_nothing_hands_its_carry_on_and_loses_it_with_the_year():
    carried = {(quarter, "sweeping"): Carry(45, 2) for quarter in ("2026Q3", "2026Q4")}
    assert scored([], [], carried).carry_out == {"sweeping": Carry(45, 2)}
    assert scored([], [], carried, quarter="2026Q4").carry_out == {}


def test_repetition_climbs_the_steps_and_the_last_step_repeats():
    steps = (Step(1, 80), Step(2, 150))
    rule = minus(Shape.STEPS, window=Window.QUARTER, steps=steps)
    result = scored([rule], [booked(n, rule, -80) for n in (1, 2, 3)])
    assert effective(result) == [-80, -150, -150]
    assert sentences(result)[1:] == ["本季第2次，按第二档。", "本季第3次，按第二档。"]


def test_steps_over_a_year_count_on_from_earlier_quarters():
    rule = minus(Shape.STEPS, window=Window.YEAR, steps=(Step(1, 80), Step(2, 150), Step(3, 200)))
    result = scored([rule], [booked(1, rule, -80)], {("2026Q3", "littering"): Carry(80, 1)})
    assert effective(result) == [-150]
    assert result.carry_out == {"littering": Carry(230, 2)}


def test_thresholds_give_the_difference_each_time_one_is_reached():
    steps = (Step(1, 20, at_milli=10_000), Step(2, 50, at_milli=20_000))
    rule = Rule(1, "sweeping", Shape.THRESHOLDS, 1, steps=steps, window=Window.QUARTER, unit="小时")
    entries = [
        booked(n, rule, quantity_milli=hours) for n, hours in enumerate((6_000, 6_000, 2_000, 7_000), 1)
    ]
    result = scored([rule], entries)
    assert effective(result) == [0, 20, 0, 30]
    assert sentences(result) == [
        "本季累计6小时，满10小时才记分。",
        "本季累计12小时，记2分。",
        "本季累计14小时，一共记2分，前面已记2分，所以这次不记分。",
        "本季累计21小时，一共记5分，前面已记2分，所以记3分。",
    ]


def test_thresholds_over_a_year_count_the_hours_of_earlier_quarters():
    rule = Rule(1, "sweeping", Shape.THRESHOLDS, 1, steps=(Step(1, 20, at_milli=10_000),), window=Window.YEAR)
    carried = {("2026Q3", "sweeping"): Carry(quantity_milli=9_000)}
    result = scored([rule], [booked(1, rule, quantity_milli=1_000)], carried)
    assert effective(result) == [20]
    assert result.carry_out["sweeping"].quantity_milli == 10_000


def test_repetition_and_thresholds_need_a_window_to_count_in():
    with pytest.raises(ValueError, match="needs a window"):
        minus(Shape.STEPS, steps=(Step(1, 80),))


def test_one_act_under_two_rules_counts_once_at_its_highest():
    low, high = plus(group="one-act"), replace(plus(), id=3, family="helping", group="one-act")
    entries = [booked(1, low, 10), booked(2, high, 30), booked(3, low, 10, day="2026-07-06")]
    result = scored([low, high], entries)
    assert effective(result) == [0, 30, 10]
    assert sentences(result)[0] == "每小时0.5分，合1分；同一件事合着几条，只按最高的一条记，所以这次不记分。"


def test_of_two_equal_acts_in_a_group_the_first_counts():
    rule = plus(group="one-act")
    assert effective(scored([rule], [booked(2, rule, 10), booked(1, rule, 10)])) == [10, 0]


def test_a_higher_honour_later_in_the_year_adds_only_the_difference():
    steps = (Step(1, 50, label="省级荣誉"), Step(2, 30, label="镇级荣誉"))
    honour = Rule(5, "honour", Shape.LADDER, 1, steps=steps, group="honour", group_window=Window.YEAR)
    carried = {("2026Q3", group_key("honour")): Carry(highest_tenths=30)}
    result = scored([honour], [booked(1, honour, 50)], carried)
    assert effective(result) == [20]
    assert sentences(result) == ["省级荣誉记5分；同一项一年只补高出的部分，前面已记3分，所以记2分。"]
    assert result.carry_out == {group_key("honour"): Carry(highest_tenths=50)}


def test_a_lower_honour_later_in_the_year_takes_nothing_back():
    honour = Rule(5, "honour", Shape.FIXED, 1, group="honour", group_window=Window.YEAR)
    carried = {("2026Q3", group_key("honour")): Carry(highest_tenths=30)}
    assert effective(scored([honour], [booked(1, honour, 10)], carried)) == [0]


def test_a_reversal_gives_its_place_under_the_cap_back():
    rule = plus(Cap(Window.MONTH, 20))
    entries = [booked(1, rule, 20), booked(2, rule, 15), booked(3, rule, -20, reverses=1)]
    result = scored([rule], entries)
    assert effective(result) == [0, 15, 0]
    assert sentences(result)[::2] == ["这条已经撤销，不算分。", "这一笔是把前面的一条撤销，本身不算分。"]


def test_a_held_deduction_counts_for_nothing_and_in_no_step():
    rule = minus(Shape.STEPS, window=Window.QUARTER, steps=(Step(1, 80), Step(2, 150)))
    result = scored([rule], [booked(1, rule, -80, held=True), booked(2, rule, -80)])
    assert effective(result) == [0, -80]
    assert sentences(result)[0] == "您提了异议，办完以前这条不算分。"


def test_an_entry_counts_as_long_as_its_rule_lasts_and_no_longer():
    rule = plus(lasts_quarters=2)
    entries = [booked(1, rule, 10, day="2026-05-05", quarter="2026Q2", quantity_milli=2_000)]
    assert sentences(scored([rule], entries)) == ["2026年第二季度记下的，这一季还算；每小时0.5分，合1分。"]
    assert scored([rule], entries, quarter="2026Q4").lines == ()
    assert scored([rule], entries, quarter="2026Q1").lines == ()


def test_an_entry_that_lasts_is_capped_in_its_own_quarter_and_not_carried_twice():
    rule = plus(Cap(Window.YEAR, 30), lasts_quarters=2)
    entries = [booked(1, rule, 20, day="2026-05-05", quarter="2026Q2"), booked(2, rule, 20)]
    carried = {("2026Q2", "sweeping"): Carry(15, 1), ("2026Q3", "sweeping"): Carry(25, 2)}
    result = scored([rule], entries, carried)
    assert effective(result) == [15, 5]
    assert result.carry_out == {"sweeping": Carry(30, 3)}


def test_a_repetition_that_lasts_speaks_of_the_quarter_it_was_booked_in():
    rule = minus(Shape.STEPS, window=Window.QUARTER, steps=(Step(1, 80),), lasts_quarters=2)
    result = scored([rule], [booked(1, rule, -80, day="2026-05-05", quarter="2026Q2")])
    assert sentences(result) == ["2026年第二季度记下的，这一季还算；当季第1次，按第一档。"]
