"""What a rule is to the score: its shape, its numbers and its limits.

Plain values without database or clock, so that the same rule can be scored, proposed, explained and replayed.
Every amount here is absolute and in tenths of a point; the rule's sign alone says plus or minus.
Quantities are in thousandths. Source: design 2-domain.md, Rule shapes.
"""

from dataclasses import dataclass
from enum import StrEnum


class Shape(StrEnum):
    """How a rule turns a fact into points."""

    FIXED = "fixed"
    RANGE = "range"
    PER_UNIT = "per_unit"
    PIECEWISE = "piecewise"
    THRESHOLDS = "thresholds"
    LADDER = "ladder"
    STEPS = "steps"
    COMPONENTS = "components"
    SELF_SET = "self_set"


TABLED = frozenset({Shape.PIECEWISE, Shape.THRESHOLDS, Shape.LADDER, Shape.STEPS, Shape.COMPONENTS})


class Window(StrEnum):
    """The stretch of time a count or a cap looks at, shortest first: caps are applied in this order."""

    DAY = "day"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class Step:
    """One row of a rule's table; `n` counts from 1.

    PIECEWISE: the band of a quantity from `at_milli` on; `points_tenths` once, or for every `per_milli`.
    THRESHOLDS: `points_tenths` once the cumulative quantity reaches `at_milli`.
    STEPS: `points_tenths` for the n-th time; the last step repeats.
    LADDER and COMPONENTS: `points_tenths` for `label`.
    """

    n: int
    points_tenths: int
    at_milli: int = 0
    per_milli: int | None = None
    label: str = ""


@dataclass(frozen=True, slots=True)
class Cap:
    """The most a family gives in one window, in points, in times, or both."""

    window: Window
    points_tenths: int | None = None
    times: int | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """One version of a rule; its versions share a `family`, which caps and counts look at.

    `max_tenths` bounds a RANGE from above and is the most one fact of PER_UNIT or PIECEWISE gives (0: no
    such limit). `unit` names what a quantity counts. `window` is where STEPS and THRESHOLDS count. Of the
    rules of one `group`, the highest in a `group_window` counts. An entry counts in `lasts_quarters`
    quarters, its own the first. Raises ValueError when STEPS or THRESHOLDS have no window to count in.
    """

    id: int | str
    family: str
    shape: Shape
    sign: int
    points_tenths: int = 0
    min_tenths: int = 0
    max_tenths: int = 0
    unit_milli: int = 1000
    window: Window | None = None
    steps: tuple[Step, ...] = ()
    caps: tuple[Cap, ...] = ()
    group: str = ""
    group_window: Window = Window.DAY
    lasts_quarters: int = 1
    unit: str = ""

    def __post_init__(self):
        if self.window is None and self.shape in (Shape.STEPS, Shape.THRESHOLDS):
            raise ValueError(f"rule {self.id}: {self.shape} needs a window to count in")

    @property
    def is_yearly(self) -> bool:
        """Whether a count or a cap of this rule reaches over quarters."""
        return self.window is Window.YEAR or any(cap.window is Window.YEAR for cap in self.caps)

    def cap(self, window: Window) -> Cap | None:
        """The cap for `window`, of which there is at most one."""
        return next((cap for cap in self.caps if cap.window is window), None)
