"""How each rater's months look beside those of the others: how many pluses and minuses, how even, how regular.

A figure never stands alone: with it go the number of months and households, and the range of the others.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from statistics import fmean, pstdev

from governance.models import User
from governance.periods import next_month
from oversight.watch.limits import FEWEST_HOUSEHOLD_MONTHS, FEWEST_HOUSEHOLDS, FEWEST_MONTHS
from oversight.watch.months import Months, SheetSeen


@dataclass(frozen=True)
class Runs:
    """The longest row of months in which every household got the same; 0 when there was none."""

    always_plus: int
    identical: int
    blank: int


@dataclass(frozen=True)
class Rated:
    """One rater's period. Rates are items per hundred household-months; points in tenths."""

    user: User
    areas: tuple[str, ...]
    months: int
    households: int
    household_months: int
    pluses: int
    minuses: int
    mean_tenths: int
    spread_tenths: int
    fewest_households: int  # in one month
    runs: Runs

    @property
    def items(self) -> int:
        """All facts recorded."""
        return self.pluses + self.minuses

    @property
    def plus_rate(self) -> int:
        """Pluses per hundred household-months."""
        return _rate(self.pluses, self.household_months)

    @property
    def minus_rate(self) -> int:
        """Minuses per hundred household-months."""
        return _rate(self.minuses, self.household_months)

    @property
    def minus_share(self) -> int | None:
        """What share of the items takes points away, in whole per cent; None of nothing."""
        return round(100 * self.minuses / self.items) if self.items else None

    @property
    def is_shown(self) -> bool:
        """Enough households that no figure points at one of them; below that only how many they are is told."""
        return self.households >= FEWEST_HOUSEHOLDS

    @property
    def is_small(self) -> bool:
        """Too little to compare with anybody."""
        return self.months < FEWEST_MONTHS or self.household_months < FEWEST_HOUSEHOLD_MONTHS


@dataclass(frozen=True)
class Others:
    """Everybody else of the same village taken together, and between which rates they lie; only who is shown."""

    people: int
    household_months: int
    pluses: int
    minuses: int
    plus_range: tuple[int, int]
    minus_range: tuple[int, int]

    @property
    def plus_rate(self) -> int:
        """Pluses per hundred household-months."""
        return _rate(self.pluses, self.household_months)

    @property
    def minus_rate(self) -> int:
        """Minuses per hundred household-months."""
        return _rate(self.minuses, self.household_months)

    @property
    def is_small(self) -> bool:
        """Too little to hold anybody's figures against."""
        return self.household_months < FEWEST_HOUSEHOLD_MONTHS


def rated(months: Months) -> list[Rated]:
    """Every rater of the period, by area and name."""
    return [_of(user, months) for user in months.raters]


def others(of: Rated, all_of_them: list[Rated]) -> Others:
    """The same figures of everybody but one; a range made of a single household's rater would tell its sheet."""
    rest = [each for each in all_of_them if each.user != of.user and each.is_shown]
    fit = [each for each in rest if not each.is_small] or rest
    return Others(
        len(rest),
        sum(each.household_months for each in rest),
        sum(each.pluses for each in rest),
        sum(each.minuses for each in rest),
        _range([each.plus_rate for each in fit]),
        _range([each.minus_rate for each in fit]),
    )


def _of(user: User, months: Months) -> Rated:
    sheets, items = months.sheets_of[user.pk], months.items_of[user.pk]
    signs, points = Counter(item.sign for item in items), [item.tenths for item in items]
    sizes = Counter()
    for sheet in sheets:
        sizes[sheet.month] += len(sheet.subjects)
    names = sorted({(months.areas[s.area].position, months.areas[s.area].name) for s in sheets})
    return Rated(
        user,
        tuple(name for _, name in names),
        len(sizes),
        len(frozenset().union(*(sheet.subjects for sheet in sheets))),
        sizes.total(),
        signs[1],
        signs[-1],
        round(fmean(points)) if points else 0,
        round(pstdev(points)) if points else 0,
        min(sizes.values()),
        _runs(sheets, months),
    )


def _runs(sheets: list[SheetSeen], months: Months) -> Runs:
    """What each month's households got, then the longest rows of months in which it was alike."""
    got: dict[date, dict[int, set[tuple[int, int]]]] = {}
    for sheet in sheets:
        got.setdefault(sheet.month, {}).update({subject: set() for subject in sheet.subjects})
    for item in months.items_of[sheets[0].rater]:
        if item.subject in got.get(item.month, {}):
            got[item.month][item.subject].add((item.rule, item.sign))
    return Runs(
        _longest(got, lambda each: all(one and all(sign > 0 for _, sign in one) for one in each)),
        _longest(got, lambda each: len({frozenset(one) for one in each}) == 1 and bool(each[0])),
        _longest(got, lambda each: not any(each)),
    )


def _longest(got: dict[date, dict[int, set]], alike) -> int:
    best = run = 0
    expected = None
    for month in sorted(got):
        follows = month == expected
        run = (run if follows else 0) + 1 if alike(list(got[month].values())) else 0
        best, expected = max(best, run), next_month(month)
    return best


def _rate(items: int, household_months: int) -> int:
    return round(100 * items / household_months) if household_months else 0


def _range(rates: list[int]) -> tuple[int, int]:
    return (min(rates), max(rates)) if rates else (0, 0)
