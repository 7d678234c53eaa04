"""What one fact is worth by its rule alone, before history and caps, and points as people read them.

Source: design 2-domain.md, Rule shapes. Integers and exact fractions only.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from governance.shapes import Rule, Shape, Step


@dataclass(frozen=True, slots=True)
class Proposal:
    """The signed points a rule gives for one fact, in tenths, and the sentence that says how."""

    raw_tenths: int
    sentence: str


@dataclass(frozen=True, slots=True)
class Fact:
    """What was filled in: a quantity, an amount chosen within a range, labels ticked."""

    quantity_milli: int = 0
    chosen_tenths: int | None = None
    labels: tuple[str, ...] = ()


def propose(
    rule: Rule, *, quantity_milli: int = 0, chosen_tenths: int | None = None, labels: Iterable[str] = ()
) -> Proposal:
    """The points `rule` gives for one fact on its own.

    `quantity_milli` is in thousandths of the rule's unit, `chosen_tenths` an absolute amount. What does not
    fall on a tenth is rounded for the resident. Raises ValueError with a Chinese sentence for the person who
    fills in the fact: what is wrong and what to do.
    """
    fact = Fact(quantity_milli, chosen_tenths, tuple(labels))
    raw = math.ceil(rule.sign * _AMOUNT[rule.shape](rule, fact))
    return Proposal(raw, f"{describe(rule, raw, quantity_milli, fact.labels)}。")


def amount_reached(steps: Sequence[Step], quantity_milli: int) -> int:
    """The highest amount whose threshold `quantity_milli` reaches; 0 below the first."""
    return max((step.points_tenths for step in steps if step.at_milli <= quantity_milli), default=0)


def format_points(tenths: int) -> str:
    """Signed points with a true minus: "+2", "−1.5", "0"."""
    return f"+{_decimal(tenths, 10)}" if tenths > 0 else format_total(tenths)


def format_total(tenths: int) -> str:
    """A total: "104.5", and with a true minus below nought."""
    return f"−{_decimal(-tenths, 10)}" if tenths < 0 else _decimal(tenths, 10)


def format_quantity(rule: Rule, quantity_milli: int) -> str:
    """A quantity in the rule's unit: "2.5小时"."""
    return f"{_decimal(quantity_milli, 1000)}{rule.unit or '次'}"


def words(sign: int, amount_tenths: int) -> str:
    """An absolute amount as it is said: "记2分", "减1.5分"."""
    return f"{'记' if sign > 0 else '减'}{format_total(amount_tenths)}分"


def describe(rule: Rule, raw_tenths: int, quantity_milli: int = 0, labels: Sequence[str] = ()) -> str:
    """How the rule comes to `raw_tenths`, as a clause without its full stop."""
    given = words(rule.sign, abs(raw_tenths))
    match rule.shape:
        case Shape.RANGE:
            span = f"{format_total(rule.min_tenths)}到{format_total(rule.max_tenths)}分"
            return f"可{given[0]}{span}，这次{given}"
        case Shape.PER_UNIT:
            return _per(rule, rule.points_tenths, rule.unit_milli, quantity_milli, given)
        case Shape.PIECEWISE:
            return _band_words(rule, quantity_milli, given)
        case Shape.THRESHOLDS:
            return f"{format_quantity(rule, quantity_milli)}，按累计{given}"
        case Shape.LADDER:
            return f"{_level(rule, raw_tenths, labels)}{given}"
        case Shape.STEPS:
            return f"头一次{given}"
        case Shape.COMPONENTS:
            return f"{'、'.join(labels) or '几项'}合起来{given}"
        case Shape.FIXED | Shape.SELF_SET:
            return f"每次{given}"


def _decimal(value: int, scale: int) -> str:
    """A non-negative integer over a power of ten, without needless noughts."""
    whole, rest = divmod(value, scale)
    digits = f"{rest:0{len(str(scale)) - 1}d}".rstrip("0")
    return f"{whole}.{digits}" if digits else str(whole)


def _per(rule: Rule, points_tenths: int, per_milli: int, quantity_milli: int, given: str) -> str:
    unit = format_quantity(rule, per_milli).removeprefix("1" if per_milli == 1000 else "")
    rate = f"每{unit}{format_total(points_tenths)}分"
    if 0 < rule.max_tenths * per_milli < points_tenths * quantity_milli:
        return f"{rate}，一回最多{format_total(rule.max_tenths)}分，{given}"
    return f"{rate}，合{given.removeprefix('记')}"


def _band_words(rule: Rule, quantity_milli: int, given: str) -> str:
    band = _band(rule, quantity_milli)
    if band is None:
        return f"不满{format_quantity(rule, min(step.at_milli for step in rule.steps))}，不{given[0]}分"
    if band.per_milli:
        return _per(rule, band.points_tenths, band.per_milli, quantity_milli, given)
    return f"满{format_quantity(rule, band.at_milli)}{given}"


def _level(rule: Rule, raw_tenths: int, labels: Sequence[str]) -> str:
    """The level chosen; the ledger keeps its points only, so a level is named where they tell which."""
    same = labels or [step.label for step in rule.steps if step.points_tenths == abs(raw_tenths)]
    return same[0] if len(same) == 1 else "按级别"


def _band(rule: Rule, quantity_milli: int) -> Step | None:
    reached = [step for step in rule.steps if step.at_milli <= quantity_milli]
    return max(reached, key=lambda step: step.at_milli, default=None)


def _fixed(rule: Rule, fact: Fact) -> int:
    return rule.points_tenths


def _self_set(rule: Rule, fact: Fact) -> int:
    if not rule.points_tenths:
        raise ValueError("这一条的分数村里还没定，请先在细则里把分数定下来。")
    return rule.points_tenths


def _range(rule: Rule, fact: Fact) -> int:
    span = f"{format_total(rule.min_tenths)}到{format_total(rule.max_tenths)}分"
    if fact.chosen_tenths is None:
        raise ValueError(f"还没选分数，请在{span}之间选一个。")
    if not rule.min_tenths <= fact.chosen_tenths <= rule.max_tenths:
        raise ValueError(f"这一条只能在{span}之间选，请改一下分数。")
    return fact.chosen_tenths


def _per_unit(rule: Rule, fact: Fact) -> int | Fraction:
    return _at_most(rule, Fraction(rule.points_tenths * _quantity(rule, fact), rule.unit_milli))


def _piecewise(rule: Rule, fact: Fact) -> int | Fraction:
    quantity = _quantity(rule, fact)
    band = _band(rule, quantity)
    if band is None:
        return 0
    times = Fraction(quantity, band.per_milli) if band.per_milli else 1
    return _at_most(rule, band.points_tenths * times)


def _thresholds(rule: Rule, fact: Fact) -> int:
    return amount_reached(rule.steps, _quantity(rule, fact))


def _steps(rule: Rule, fact: Fact) -> int:
    return rule.steps[0].points_tenths


def _ladder(rule: Rule, fact: Fact) -> int:
    if len(fact.labels) != 1:
        raise ValueError(f"请选一个级别，只能选一个：{_choices(rule)}。")
    return _labelled(rule, fact)


def _components(rule: Rule, fact: Fact) -> int:
    if not fact.labels:
        raise ValueError(f"还没选是哪几项，请至少选一项：{_choices(rule)}。")
    return _labelled(rule, fact)


def _labelled(rule: Rule, fact: Fact) -> int:
    """The sum of the labels chosen, each counted once."""
    points = {step.label: step.points_tenths for step in rule.steps}
    for label in fact.labels:
        if label not in points:
            raise ValueError(f"细则里没有“{label}”，请从这些里选：{_choices(rule)}。")
    return sum(points[label] for label in set(fact.labels))


def _choices(rule: Rule) -> str:
    return "、".join(step.label for step in rule.steps)


def _quantity(rule: Rule, fact: Fact) -> int:
    if fact.quantity_milli < 0:
        raise ValueError("数量不能是负数，请重新填。")
    if fact.quantity_milli == 0:
        raise ValueError(f"还没填数量，请填是多少{rule.unit or '次'}。")
    return fact.quantity_milli


def _at_most(rule: Rule, amount: int | Fraction) -> int | Fraction:
    """No more than one fact of the rule can give."""
    return min(amount, rule.max_tenths) if rule.max_tenths else amount


_AMOUNT: dict[Shape, Callable[[Rule, Fact], int | Fraction]] = {
    Shape.FIXED: _fixed,
    Shape.RANGE: _range,
    Shape.PER_UNIT: _per_unit,
    Shape.PIECEWISE: _piecewise,
    Shape.THRESHOLDS: _thresholds,
    Shape.LADDER: _ladder,
    Shape.STEPS: _steps,
    Shape.COMPONENTS: _components,
    Shape.SELF_SET: _self_set,
}
