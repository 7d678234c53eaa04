"""Random ledgers of one subject: what the score function and its SQL twin must agree on."""

from datetime import date, timedelta
from typing import NamedTuple

from hypothesis import strategies as st

from governance.scoring import Cap, Carry, Entry, Rule, Shape, Step, Window, group_key

# The last of one year and three of the next, so that windows, carries and lasting entries cross the new year.
QUARTERS = ("2025Q4", "2026Q1", "2026Q2", "2026Q3")
FAMILIES = ("sweeping", "littering")
GROUPS = ("one-act", "honour")

_SIGNS = {"sweeping": 1, "littering": -1}
_FIRST_DAYS = {name: date(int(name[:4]), int(name[5]) * 3 - 2, 1) for name in QUARTERS}
# Few days, so that they meet; the days before a quarter's first are the last ones of the quarter before.
_days = st.sampled_from([-1, -1, 0, 0, 1, 32, 89, 89]).map(timedelta)
_amounts = st.integers(0, 60)
_quantities = st.integers(0, 20_000)
_windows = st.sampled_from(Window)


class Ledger(NamedTuple):
    """The rules by id, the entries of one subject and its carries, ready for `score`."""

    rules: dict[int, Rule]
    entries: list[Entry]
    carried: dict[tuple[str, str], Carry]


def caps():
    """Up to one cap for each window, in points, in times or in both."""
    limits = st.sampled_from([(1, 0), (0, 1), (1, 1)])
    one = st.builds(_cap, _windows, limits, st.integers(1, 80), st.integers(1, 4))
    return st.lists(one, max_size=4, unique_by=lambda cap: cap.window).map(tuple)


def _cap(window, limits, points, times):
    in_points, in_times = limits
    return Cap(window, points if in_points else None, times if in_times else None)


@st.composite
def steps(draw):
    """Up to three steps that rise, as people write them."""
    amounts = sorted(draw(st.lists(st.integers(1, 60), min_size=1, max_size=3)))
    thresholds = sorted(
        draw(st.lists(_quantities, min_size=len(amounts), max_size=len(amounts), unique=True))
    )
    return tuple(
        Step(n, amount, at_milli=at, label=f"第{n}档")
        for n, (amount, at) in enumerate(zip(amounts, thresholds, strict=True), 1)
    )


@st.composite
def rules(draw, id):
    """A rule of any shape with caps in any window, perhaps in an exclusive group, perhaps lasting."""
    family = draw(st.sampled_from(FAMILIES))
    return Rule(
        id=id,
        family=family,
        shape=draw(st.sampled_from(Shape)),
        sign=_SIGNS[family],
        points_tenths=draw(st.integers(1, 60)),
        min_tenths=1,
        max_tenths=60,
        window=draw(_windows),
        steps=draw(steps()),
        caps=draw(caps()),
        group=draw(st.sampled_from(("", "", *GROUPS))),
        group_window=draw(_windows),
        lasts_quarters=draw(st.integers(1, 4)),
        unit="小时",
    )


@st.composite
def entries(draw, id, rule):
    """An ordinary entry of `rule`; only a deduction is held. Some facts come in late."""
    quarter = draw(st.sampled_from(QUARTERS))
    return Entry(
        id=id,
        rule_id=rule.id,
        occurred_on=_FIRST_DAYS[quarter] + draw(_days),
        posted_seq=id,
        quarter=quarter,
        raw_tenths=rule.sign * draw(_amounts),
        quantity_milli=draw(_quantities),
        department=draw(st.booleans()),
        held=rule.sign < 0 and draw(st.booleans()),
    )


@st.composite
def reversals(draw, id, target):
    """The entry that takes `target` out, booked with it or later."""
    quarter = draw(st.sampled_from(QUARTERS[QUARTERS.index(target.quarter) :]))
    return Entry(
        id=id,
        rule_id=target.rule_id,
        occurred_on=target.occurred_on,
        posted_seq=id,
        quarter=quarter,
        raw_tenths=-target.raw_tenths,
        quantity_milli=target.quantity_milli,
        department=target.department,
        reverses=target.id,
    )


@st.composite
def ledgers(draw):
    """Families in several versions, groups, caps, holds, reversals, several quarters and carries."""
    book = {id: draw(rules(id)) for id in range(1, draw(st.integers(1, 5)) + 1)}
    ordinary = [
        draw(entries(id, book[draw(st.sampled_from(sorted(book)))]))
        for id in range(1, draw(st.integers(0, 14)) + 1)
    ]
    targets = draw(st.lists(st.sampled_from(ordinary), unique=True, max_size=3)) if ordinary else []
    taken_out = [draw(reversals(id, target)) for id, target in enumerate(targets, len(ordinary) + 1)]
    return Ledger(book, draw(st.permutations(ordinary + taken_out)), draw(carries()))


def carries():
    """Totals handed to some quarters, as settled scorecards would hold them."""
    family = st.builds(Carry, _amounts, st.integers(0, 4), _quantities)
    group = st.builds(Carry, highest_tenths=_amounts)
    some = {(quarter, name): family for quarter in QUARTERS[2:] for name in FAMILIES}
    some |= {(quarter, group_key(name)): group for quarter in QUARTERS[2:] for name in GROUPS}
    return st.fixed_dictionaries({}, optional=some)
