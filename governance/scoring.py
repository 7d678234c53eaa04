"""The score of one subject in one quarter: a pure function of its ledger entries and their rules.

Everything that shows, settles, previews or replays a score uses `score` or its twin in SQL.
Source: design 2-domain.md, Scores.

Order is (occurred_on, posted_seq) everywhere. Each step below works on the output of the one before:

1. A reversal takes out its target and itself. A correction is a reversal and a new ordinary entry. Every
   reversal given takes effect, whatever its quarter: who asks for the score as of a day gives the entries
   of that day. An entry taken out does not count; neither does a held one.
2. Entries of `quarter` count, and those of earlier quarters that their rule makes last. All others are
   left out from the start, lines included.
3. Partitions. A window's partition is (name, window, booked quarter, bucket): the bucket is the day or the
   month of occurred_on, and nothing for QUARTER and YEAR. As the booked quarter is always part of it, an
   entry that lasts is counted among entries of its own quarter, with the carry of that quarter.
4. Raw points. STEPS take their order, THRESHOLDS the cumulative quantity, in the partition (family, rule's
   window); all other shapes the points stored. In a YEAR window counts start from the carry.
5. Exclusive group: in the partition (group, group window) the first of the highest |raw| counts. In a YEAR
   window it counts only by what exceeds the carry's highest.
6. Caps, layer by layer DAY, MONTH, QUARTER, YEAR, in the partition (family, layer), by the entry's own rule:
   entries that still have a value are numbered, those past the cap's times fall to 0; then with c the
   cumulative amount, an entry keeps min(c, cap) - min(c before, cap). In YEAR both start from the carry.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from governance.points import amount_reached
from governance.shapes import Cap, Rule, Shape, Step, Window

__all__ = [
    "Cap", "Carry", "Entry", "Line", "Reason", "Rule", "Score", "Shape", "Step", "Window", "colour_of",
    "group_key", "score",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entry:
    """A ledger entry of one subject; `raw_tenths` is signed, `quarter` is where it is booked, as "2026Q3"."""

    id: int | str
    rule_id: int | str
    occurred_on: date
    posted_seq: int
    quarter: str
    raw_tenths: int
    quantity_milli: int = 0
    department: bool = False
    reverses: int | str | None = None
    held: bool = False


@dataclass(frozen=True, slots=True)
class Carry:
    """What earlier quarters of the year hand to a quarter, under a family or under "group:" and its name.

    A family carries the amount given, the times and the quantity; a group the highest |raw| only. `times`
    are the entries that gave something, which is what a cap numbers; of STEPS all that counted, as the
    third time is the third even where a cap left it nothing.
    """

    points_tenths: int = 0
    times: int = 0
    quantity_milli: int = 0
    highest_tenths: int = 0

    def plus(self, other: "Carry") -> "Carry":
        """Both together: sums, and the higher of the highest."""
        return Carry(
            self.points_tenths + other.points_tenths,
            self.times + other.times,
            self.quantity_milli + other.quantity_milli,
            max(self.highest_tenths, other.highest_tenths),
        )


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a line is worth what it is: a machine code and its numbers, amounts absolute.

    lasting (booked quarter) · reversed () · held () · step (which time, which step) ·
    threshold (cumulative quantity, reached before) · exclusive () · exclusive_year (highest before) ·
    cap_<window>_times (cap, which time) · cap_<window>_points (cap, given before).
    """

    code: str
    values: tuple[int | str, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """One entry on the sheet: its points before and after limits, why, and the running total with it."""

    entry: Entry
    rule: Rule
    raw_tenths: int
    effective_tenths: int
    why: tuple[Reason, ...]
    running_tenths: int


@dataclass(frozen=True, slots=True)
class Score:
    """The sheet: index = base + village entries, total = index + department entries."""

    base_tenths: int
    index_tenths: int
    department_tenths: int
    total_tenths: int
    colour: str
    lines: tuple[Line, ...]
    carry_out: dict[str, Carry] = field(default_factory=dict)


Carried = Mapping[tuple[str, str], Carry]

_NOTHING = Carry()


def score(
    *,
    base_tenths: int,
    quarter: str,
    entries: Iterable[Entry],
    rules: Mapping[int | str, Rule],
    carried: Carried | None = None,
) -> Score:
    """Score one subject for `quarter` from its entries, in any order, as the steps above say.

    `carried` holds, per (quarter, key), what earlier quarters of that year handed over: the `carry_out` of
    the quarter before. Raises KeyError when the rule of an entry is not in `rules`. No effects.
    """
    carried = carried or {}
    rows = _rows_in_order(quarter, entries, rules)
    counting = [row for row in rows if row.counts]
    _read_history(counting, carried)
    _apply_groups(counting, carried)
    for window in Window:
        _apply_caps(window, counting, carried)
    department = sum(row.value for row in counting if row.entry.department)
    total = base_tenths + sum(row.value for row in counting)
    return Score(
        base_tenths=base_tenths,
        index_tenths=total - department,
        department_tenths=department,
        total_tenths=total,
        colour=colour_of(total, base_tenths),
        lines=_lines(base_tenths, rows),
        carry_out=_carry_out(quarter, counting, carried),
    )


def colour_of(total_tenths: int, base_tenths: int) -> str:
    """Green above the base, blue at it, red below it."""
    if total_tenths == base_tenths:
        return "blue"
    return "green" if total_tenths > base_tenths else "red"


def group_key(group: str) -> str:
    """The key an exclusive group's carry is kept under; a family's key is the family itself."""
    return f"group:{group}"


class _Row:
    """An entry on its way: `raw` as layer 4 leaves it, `value` as the latest layer does."""

    __slots__ = ("counts", "entry", "raw", "rule", "value", "why")

    def __init__(self, entry: Entry, rule: Rule):
        self.entry = entry
        self.rule = rule
        self.raw = self.value = entry.raw_tenths
        self.why: list[Reason] = []
        self.counts = True

    def set_aside(self, code: str) -> None:
        """Let the entry count for nothing and in nothing."""
        self.counts = False
        self.value = 0
        self.why.append(Reason(code))

    def take(self, amount: int, code: str, *values: int) -> None:
        """Set the raw points that history gives, `amount` absolute."""
        self.raw = self.value = self.rule.sign * amount
        self.why.append(Reason(code, values))

    def limit(self, amount: int, code: str, *values: int) -> None:
        """Let at most `amount`, absolute, through; note the reason only where it takes something away."""
        if amount < abs(self.value):
            self.value = amount if self.value > 0 else -amount
            self.why.append(Reason(code, values))


def _rows_in_order(quarter: str, entries: Iterable[Entry], rules: Mapping) -> list[_Row]:
    ordered = sorted(entries, key=lambda entry: (entry.occurred_on, entry.posted_seq))
    reversed_ids = {entry.reverses for entry in ordered if entry.reverses is not None}
    rows = []
    for entry in ordered:
        row = _Row(entry, rules[entry.rule_id])
        if not 0 <= _quarters_between(entry.quarter, quarter) < row.rule.lasts_quarters:
            continue
        if entry.quarter != quarter:
            row.why.append(Reason("lasting", (entry.quarter,)))
        if entry.reverses is not None or entry.id in reversed_ids:
            row.set_aside("reversed")
        elif entry.held:
            row.set_aside("held")
        rows.append(row)
    return rows


def _quarters_between(earlier: str, later: str) -> int:
    return (int(later[:4]) - int(earlier[:4])) * 4 + int(later[5]) - int(earlier[5])


def _partition(name: str, window: Window, entry: Entry) -> Hashable:
    day = entry.occurred_on
    if window is Window.DAY:
        return name, window, entry.quarter, day
    if window is Window.MONTH:
        return name, window, entry.quarter, day.year, day.month
    return name, window, entry.quarter


def _carry_into(window: Window, key: str, entry: Entry, carried: Carried) -> Carry:
    return carried.get((entry.quarter, key), _NOTHING) if window is Window.YEAR else _NOTHING


def _read_history(rows: Sequence[_Row], carried: Carried) -> None:
    """Layer 4: the n-th time, or the cumulative quantity."""
    seen: dict[Hashable, tuple[int, int]] = {}
    for row in rows:
        rule, entry = row.rule, row.entry
        if rule.window is None:
            continue
        key = _partition(rule.family, rule.window, entry)
        carry = _carry_into(rule.window, rule.family, entry, carried)
        times, before = seen.get(key) or (carry.times, carry.quantity_milli)
        seen[key] = times + 1, before + entry.quantity_milli
        if rule.shape is Shape.STEPS:
            step = rule.steps[min(times, len(rule.steps) - 1)]
            row.take(step.points_tenths, "step", times + 1, step.n)
        elif rule.shape is Shape.THRESHOLDS:
            reached = amount_reached(rule.steps, before)
            now = before + entry.quantity_milli
            row.take(amount_reached(rule.steps, now) - reached, "threshold", now, reached)


def _apply_groups(rows: Sequence[_Row], carried: Carried) -> None:
    """Layer 5: one act under several rules counts once, at its highest."""
    groups: dict[Hashable, list[_Row]] = {}
    for row in rows:
        if row.rule.group:
            groups.setdefault(_partition(row.rule.group, row.rule.group_window, row.entry), []).append(row)
    for members in groups.values():
        winner = max(members, key=lambda row: abs(row.raw))
        for row in members:
            if row is not winner:
                row.limit(0, "exclusive")
        key = group_key(winner.rule.group)
        highest = _carry_into(winner.rule.group_window, key, winner.entry, carried).highest_tenths
        winner.limit(max(0, abs(winner.raw) - highest), "exclusive_year", highest)


def _apply_caps(window: Window, rows: Sequence[_Row], carried: Carried) -> None:
    """Layer 6, one window: first times, then points."""
    used: dict[Hashable, tuple[int, int]] = {}
    for row in rows:
        if not row.value:
            continue
        family, cap = row.rule.family, row.rule.cap(window)
        key = _partition(family, window, row.entry)
        carry = _carry_into(window, family, row.entry, carried)
        times, before = used.get(key) or (carry.times, carry.points_tenths)
        if cap and cap.times is not None and times >= cap.times:
            row.limit(0, f"cap_{window}_times", cap.times, times + 1)
        used[key] = times + 1, before + abs(row.value)
        if cap and cap.points_tenths is not None:
            given = min(before, cap.points_tenths)
            row.limit(cap.points_tenths - given, f"cap_{window}_points", cap.points_tenths, given)


def _lines(base_tenths: int, rows: Sequence[_Row]) -> tuple[Line, ...]:
    lines, running = [], base_tenths
    for row in rows:
        running += row.value
        lines.append(Line(row.entry, row.rule, row.raw, row.value, tuple(row.why), running))
    return tuple(lines)


def _carry_out(quarter: str, rows: Sequence[_Row], carried: Carried) -> dict[str, Carry]:
    """What `quarter` hands to the next: its own carry and its own entries; nothing into a new year."""
    if quarter.endswith("Q4"):
        return {}
    carry = {key: value for (booked, key), value in carried.items() if booked == quarter}
    for row in rows:
        if row.entry.quarter == quarter:
            for key, own in _carries(row):
                carry[key] = carry.get(key, _NOTHING).plus(own)
    return carry


def _carries(row: _Row) -> Iterable[tuple[str, Carry]]:
    """What one entry adds to the carry of its family and of its group, where these reach over quarters."""
    rule = row.rule
    if rule.is_yearly:
        times = int(rule.shape is Shape.STEPS or row.value != 0)
        yield rule.family, Carry(abs(row.value), times, row.entry.quantity_milli)
    if rule.group and rule.group_window is Window.YEAR:
        yield group_key(rule.group), Carry(highest_tenths=abs(row.raw))
