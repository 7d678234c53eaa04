"""What a rule gives and where it stops, in words: 每小时0.5分，一个月最多2分 (design/2-domain.md, Rule shapes)."""

from governance.points import format_quantity, format_total
from governance.shapes import Cap, Rule, Shape, Window

_SPAN = {Window.DAY: "一天", Window.MONTH: "一个月", Window.QUARTER: "一季", Window.YEAR: "一年"}


def terms(rule: Rule) -> str:
    """How a rule counts and its limits, without its text and without a full stop."""
    return "，".join([_counts(rule), *map(_limit, rule.caps)])


def _counts(rule: Rule) -> str:
    verb = "加" if rule.sign > 0 else "减"
    match rule.shape:
        case Shape.RANGE:
            return f"{verb}{format_total(rule.min_tenths)}到{format_total(rule.max_tenths)}分，要写明为什么"
        case Shape.PER_UNIT:
            each = format_quantity(rule, rule.unit_milli).removeprefix("1" if rule.unit_milli == 1000 else "")
            return f"每{each}{verb}{format_total(rule.points_tenths)}分"
        case Shape.PIECEWISE:
            return "、".join(_band(rule, step, verb) for step in rule.steps)
        case Shape.THRESHOLDS:
            reached = [
                f"满{format_quantity(rule, s.at_milli)}{verb}{format_total(s.points_tenths)}分"
                for s in rule.steps
            ]
            return f"{_SPAN[rule.window]}累计" + "、".join(reached)
        case Shape.STEPS:
            times = [f"第{step.n}次{verb}{format_total(step.points_tenths)}分" for step in rule.steps]
            return f"{_SPAN[rule.window]}里" + "、".join(times)
        case Shape.LADDER | Shape.COMPONENTS:
            return "、".join(f"{step.label}{verb}{format_total(step.points_tenths)}分" for step in rule.steps)
        case _:
            return f"每次{verb}{format_total(rule.points_tenths)}分"


def _band(rule: Rule, step, verb: str) -> str:
    given = f"{verb}{format_total(step.points_tenths)}分"
    each = f"每{format_quantity(rule, step.per_milli)}" if step.per_milli else ""
    return f"满{format_quantity(rule, step.at_milli)}{'起' if each else ''}{each}{given}"


def _limit(cap: Cap) -> str:
    most = [f"{format_total(cap.points_tenths)}分"] if cap.points_tenths is not None else []
    most += [f"{cap.times}次"] if cap.times is not None else []
    return f"{_SPAN[cap.window]}最多{'、'.join(most)}"
