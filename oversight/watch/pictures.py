"""A figure beside the range of the others, as plain numbers for oversight/watch_range.html."""

from __future__ import annotations

from dataclasses import dataclass

from governance.bars import HEIGHT, WIDTH
from oversight.watch import raters

LEFT = 170


@dataclass(frozen=True)
class Range:
    """One row: where the band of the others begins and how wide it is, and where the own figure stands."""

    words: str
    value: int
    low: int
    high: int
    y: int
    band_x: int
    band_width: int
    x: int
    small: bool

    @property
    def middle(self) -> int:
        """Where the row's middle is."""
        return self.y + HEIGHT // 2


def ranges(rows: list[tuple[str, int, tuple[int, int], bool]]) -> list[Range]:
    """Rows of (words, figure, range of the others, too small to compare) on one scale."""
    most = max((max(value, high) for _, value, (_, high), _ in rows), default=0) or 1

    def place(number: int) -> int:
        return LEFT + round(WIDTH * number / most)

    return [
        Range(
            words, value, low, high, HEIGHT * n, place(low), max(place(high) - place(low), 2), place(value), small
        )
        for n, (words, value, (low, high), small) in enumerate(rows)
    ]  # fmt: skip


def of_rates(everybody: list[raters.Rated]) -> list[tuple[str, list[Range]]]:
    """Two pictures of the raters whose figures are shown: pluses and minuses per hundred household-months."""
    beside = [(each, raters.others(each, everybody)) for each in everybody if each.is_shown]
    plus = [(e.user.name, e.plus_rate, rest.plus_range, e.is_small) for e, rest in beside]
    minus = [(e.user.name, e.minus_rate, rest.minus_range, e.is_small) for e, rest in beside]
    return [("每100户月记几条加分", ranges(plus)), ("每100户月记几条减分", ranges(minus))]
