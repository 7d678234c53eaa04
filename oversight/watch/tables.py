"""What the watch exports as XLSX: the tables behind its pictures. No household, no colour, no score."""

from __future__ import annotations

from datetime import date

from governance.periods import month_label
from oversight.watch import changed, habits, raters, steps
from oversight.watch.limits import FEWEST_HOUSEHOLDS
from workflows.second_agreement import Agreement

RATERS = (
    "联户党员", "片", "评了几个月", "几户", "户月", "加分条数", "减分条数", "每100户月加分", "别人最少", "别人最多",
    "每100户月减分", "别人最少", "别人最多", "一条平均几分", "各条差多少（标准差）", "连着家家加分", "连着家家一样", "连着没变化",
    "到期才交的条数", "一张单上同一天最多", "过31天才记", "通过的", "没证据的", "同事家户月", "同事家加分", "同事家减分", "说明",
)  # fmt: skip
CHANGED = ("谁", "哪一手", "经手几条", "异议定了几件", "改了几件", "占%")
STEPS = ("哪一步", "定的工作日", "办了几次", "一半在几天内", "九成在几天内", "超期", "占%")
SECOND = (
    "片",
    "抽了几户",
    "说得准的",
    "看法一样",
    "一样的占%",
    "一个有事一个没有",
    "条目不同",
    "说不准",
    "没看",
    "说明",
)
SMALL = "数太少，比不出什么"
FEW = f"不到{FEWEST_HOUSEHOLDS}户，写出来能看出是谁家，所以不写"


def of_raters(everybody: list[raters.Rated], habit_of: dict[int, habits.Habits]) -> list[list[str]]:
    """A line a rater, by area and name."""
    return [
        list(RATERS),
        *(_rater(each, raters.others(each, everybody), habit_of[each.user.pk]) for each in everybody),
    ]


def of_changed(rows: list[changed.Changed]) -> list[list[str]]:
    """A line a person and hat."""
    lines = [
        (row.user.name, row.hat_name, row.handled, row.decided, row.changed, row.percent) for row in rows
    ]
    return [list(CHANGED), *map(_texts, lines)]


def of_steps(rows: list[steps.Step]) -> list[list[str]]:
    """A line a step."""
    lines = [
        (row.label, row.within, row.cases, row.median, row.slow, row.late, row.late_percent) for row in rows
    ]
    return [list(STEPS), *map(_texts, lines)]


def of_second(rows: list[Agreement]) -> list[list[str]]:
    """A line an area."""
    lines = [
        (
            row.area.name, row.asked, row.answered, row.same, row.percent, row.one_saw_nothing, row.other_rules,
            row.unsure, row.late, SMALL if row.is_small else "",
        )
        for row in rows
    ]  # fmt: skip
    return [list(SECOND), *map(_texts, lines)]


def title(first: date, last: date) -> list[str]:
    """The line above all of them."""
    return [f"{month_label(first)}到{month_label(last)}"]


def _rater(each: raters.Rated, rest: raters.Others, habit: habits.Habits) -> list[str]:
    who = (each.user.name, "、".join(each.areas), each.months, each.households, each.household_months)
    if not each.is_shown:
        return _texts((*who, *[None] * (len(RATERS) - len(who) - 1), FEW))
    plus, minus = (rest.plus_range, rest.minus_range) if rest.people else ((None, None), (None, None))
    theirs = (habit.colleagues_months, habit.colleagues_plus, habit.colleagues_minus)
    return _texts(
        (
            *who, each.pluses, each.minuses, each.plus_rate, *plus, each.minus_rate, *minus,
            _points(each.mean_tenths), _points(each.spread_tenths), each.runs.always_plus, each.runs.identical,
            each.runs.blank, habit.late_items, habit.biggest_batch, habit.old_items, habit.taken, habit.unproved,
            *(theirs if habit.tells_colleagues else [None] * 3), SMALL if each.is_small else "",
        )
    )  # fmt: skip


def _points(tenths: int) -> str:
    sign, (whole, rest) = "-" if tenths < 0 else "", divmod(abs(tenths), 10)
    return f"{sign}{whole}.{rest}"


def _texts(cells) -> list[str]:
    return ["" if cell is None else str(cell) for cell in cells]
