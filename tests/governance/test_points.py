"""What one fact is worth by its rule alone, and how points are written."""

import pytest

from governance.points import format_points, format_total, propose
from governance.scoring import Rule, Shape, Step, Window

LEVELS = (Step(1, 100, label="国家级"), Step(2, 50, label="省级"), Step(3, 30, label="镇级"))
CLEAN = (Step(1, 10, label="卫生"), Step(2, 10, label="绿化"), Step(3, 5, label="秩序"))
HOURS = (Step(1, 20, at_milli=10_000), Step(2, 50, at_milli=20_000))
GIVING = (Step(1, 10, at_milli=100_000), Step(2, 15, at_milli=500_000, per_milli=200_000))
AGAIN = (Step(1, 80), Step(2, 150), Step(3, 200))


def rule(shape, sign=1, **numbers):
    return Rule(1, "family", shape, sign, **numbers)


@pytest.mark.parametrize(
    ("shape", "numbers", "fact", "raw", "sentence"),
    [
        ("fixed", {"points_tenths": 20}, {}, 20, "每次记2分。"),
        ("fixed", {"points_tenths": 15, "sign": -1}, {}, -15, "每次减1.5分。"),
        ("self_set", {"points_tenths": 20, "max_tenths": 20}, {}, 20, "每次记2分。"),
        (
            "range",
            {"min_tenths": 50, "max_tenths": 500, "sign": -1},
            {"chosen_tenths": 100},
            -100,
            "可减5到50分，这次减10分。",
        ),
        (
            "per_unit",
            {"points_tenths": 5, "unit": "小时"},
            {"quantity_milli": 5_000},
            25,
            "每小时0.5分，合2.5分。",
        ),
        (
            "per_unit",
            {"points_tenths": 10, "unit_milli": 10_000, "unit": "元", "max_tenths": 30},
            {"quantity_milli": 45_000},
            30,
            "每10元1分，一回最多3分，记3分。",
        ),
        (
            "per_unit",
            {"points_tenths": 5, "sign": -1},
            {"quantity_milli": 3_000},
            -15,
            "每次0.5分，合减1.5分。",
        ),
        ("piecewise", {"steps": GIVING, "unit": "元"}, {"quantity_milli": 99_000}, 0, "不满100元，不记分。"),
        ("piecewise", {"steps": GIVING, "unit": "元"}, {"quantity_milli": 100_000}, 10, "满100元记1分。"),
        (
            "piecewise",
            {"steps": GIVING, "unit": "元"},
            {"quantity_milli": 600_000},
            45,
            "每200元1.5分，合4.5分。",
        ),
        (
            "thresholds",
            {"steps": HOURS, "unit": "小时", "window": Window.YEAR},
            {"quantity_milli": 20_000},
            50,
            "20小时，按累计记5分。",
        ),
        ("ladder", {"steps": LEVELS}, {"labels": ["镇级"]}, 30, "镇级记3分。"),
        ("steps", {"steps": AGAIN, "sign": -1, "window": Window.QUARTER}, {}, -80, "头一次减8分。"),
        ("components", {"steps": CLEAN}, {"labels": ["卫生", "秩序"]}, 15, "卫生、秩序合起来记1.5分。"),
    ],
)
def test_a_rule_proposes_its_own_points_and_says_how(shape, numbers, fact, raw, sentence):
    proposal = propose(rule(Shape(shape), **numbers), **fact)
    assert (proposal.raw_tenths, proposal.sentence) == (raw, sentence)


@pytest.mark.parametrize(("sign", "raw"), [(1, 2), (-1, -1)])
def test_what_does_not_fall_on_a_tenth_is_rounded_for_the_resident(sign, raw):
    assert propose(rule(Shape.PER_UNIT, sign, points_tenths=5), quantity_milli=300).raw_tenths == raw


def test_a_plus_that_is_exact_is_not_rounded_up():
    third = rule(Shape.PER_UNIT, points_tenths=1, unit_milli=3)
    assert propose(third, quantity_milli=9).raw_tenths == 3


@pytest.mark.parametrize(
    ("broken", "fact", "sentence"),
    [
        (rule(Shape.PER_UNIT, unit="小时"), {}, "还没填数量，请填是多少小时。"),
        (rule(Shape.PIECEWISE, steps=GIVING), {"quantity_milli": -1}, "数量不能是负数，请重新填。"),
        (rule(Shape.RANGE, min_tenths=10, max_tenths=100), {}, "还没选分数，请在1到10分之间选一个。"),
        (
            rule(Shape.RANGE, min_tenths=10, max_tenths=100),
            {"chosen_tenths": 101},
            "这一条只能在1到10分之间选，请改一下分数。",
        ),
        (rule(Shape.LADDER, steps=LEVELS), {}, "请选一个级别，只能选一个：国家级、省级、镇级。"),
        (
            rule(Shape.LADDER, steps=LEVELS),
            {"labels": ["省级", "镇级"]},
            "请选一个级别，只能选一个：国家级、省级、镇级。",
        ),
        (
            rule(Shape.LADDER, steps=LEVELS),
            {"labels": ["县级"]},
            "细则里没有“县级”，请从这些里选：国家级、省级、镇级。",
        ),
        (rule(Shape.COMPONENTS, steps=CLEAN), {}, "还没选是哪几项，请至少选一项：卫生、绿化、秩序。"),
        (rule(Shape.SELF_SET, max_tenths=20), {}, "这一条的分数村里还没定，请先在细则里把分数定下来。"),
    ],
)
def test_a_fact_that_does_not_fit_is_refused_with_what_to_do(broken, fact, sentence):
    with pytest.raises(ValueError) as refusal:
        propose(broken, **fact)
    assert str(refusal.value) == sentence


def test_a_component_named_twice_counts_once():
    assert propose(rule(Shape.COMPONENTS, steps=CLEAN), labels=["卫生", "卫生"]).raw_tenths == 10


@pytest.mark.parametrize(
    ("tenths", "points", "total"),
    [(20, "+2", "2"), (-15, "−1.5", "−1.5"), (0, "0", "0"), (1045, "+104.5", "104.5"), (-3, "−0.3", "−0.3")],
)
def test_points_are_written_with_a_true_minus_and_no_needless_nought(tenths, points, total):
    assert (format_points(tenths), format_total(tenths)) == (points, total)
