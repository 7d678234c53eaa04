"""What came out otherwise, in words: of a card with both values, without a card only what and by how much."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from governance.points import format_points, format_total

_NAMES = {
    "base_tenths": "起始分",
    "index_tenths": "村里评议后的分",
    "department_tenths": "部门记分",
    "total_tenths": "合计",
    "colour": "颜色",
    "held_count": "暂不计的条数",
    "prior_id": "接着哪一张算",
}
_COLOURS = {"green": "示范户", "blue": "达标户", "red": "待提升户"}
_CARRY = {"points_tenths": "分", "times": "次", "quantity_milli": "数量", "highest_tenths": "最高分"}


@dataclass(frozen=True)
class Off:
    """One value that was stored otherwise than it comes out; `by` tells the distance without either value."""

    name: str
    stored: str
    computed: str
    by: str


GONE = Off("整份", "签过字", "没有了", "签过字的这一份不见了")


def offs(differences: Mapping[str, tuple[object, object]]) -> list[Off]:
    """Differences of governance.scorecards in words, in its order."""
    return [_off(name, *values) for name, values in differences.items()]


def _off(name: str, stored, computed) -> Off:
    label = _NAMES.get(name) or f"一年里累计的（{name.removeprefix('carry ')}）"
    return Off(label, _value(name, stored), _value(name, computed), _by(name, stored, computed))


def _value(name: str, value) -> str:
    if value is None:
        return "没有"
    if name == "colour":
        return _COLOURS.get(value, str(value))
    if isinstance(value, dict):
        return "，".join(f"{_CARRY[key]}{_carried(key, one)}" for key, one in value.items() if one)
    return format_total(value) if name.endswith("_tenths") else str(value)


def _carried(key: str, value: int) -> str:
    if key == "quantity_milli":
        return f"{value // 1000}" + (f".{value % 1000:03d}".rstrip("0") if value % 1000 else "")
    return format_total(value) if key.endswith("_tenths") else str(value)


def _by(name: str, stored, computed) -> str:
    """How far apart, where the values are points; a colour or a carry is only said to differ."""
    if name.endswith("_tenths") and None not in (stored, computed):
        return f"存的比重算的{format_points(stored - computed)}分"
    return "不一样"
