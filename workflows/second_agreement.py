"""How far second looks agree with the first: by area, as plain numbers. Never which household."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet

from governance.access import today
from governance.models import Area, Division
from governance.periods import month_of
from workflows.models import Observation, SecondRating
from workflows.second_ratings import POSTED

State = SecondRating.State
# Fewer would point at somebody: who knows that one household was drawn would read its sheet off the number.
FEWEST_SHOWN = 5


@dataclass
class Agreement:
    """Second looks of one area: how many were asked for and answered, and how many saw the same."""

    area: Area
    asked: int = 0
    answered: int = 0
    same: int = 0
    one_saw_nothing: int = 0  # one of the two recorded something, the other nothing
    unsure: int = 0
    late: int = 0

    @property
    def other_rules(self) -> int:
        """Both saw something, but not under the same rules."""
        return self.answered - self.same - self.one_saw_nothing

    @property
    def percent(self) -> int | None:
        """What share of the answered saw the same, in whole per cent; None of nothing."""
        return round(100 * self.same / self.answered) if self.answered else None

    @property
    def is_small(self) -> bool:
        """So few that the share says little."""
        return self.answered < FEWEST_SHOWN


def by_area(where: QuerySet[Division], first: date, last: date) -> list[Agreement]:
    """The months from `first` to `last` that are posted, area by area; two queries."""
    rows = list(
        SecondRating.objects.filter(
            village__in=where, round__month__range=(first, last), round__state__in=POSTED
        )
        .exclude(state=State.CANCELLED)
        .select_related("area")
    )
    seen = _first_seen(rows)
    found: dict[int, Agreement] = {}
    for row in rows:
        each = found.setdefault(row.area_id, Agreement(row.area))
        each.asked += 1
        each.unsure += row.state == State.UNSURE
        each.late += row.state in (State.LATE, State.ASKED)
        if row.state == State.ANSWERED:
            before, now = seen[row.round_id, row.subject_id], set(row.rules)
            each.answered += 1
            each.same += before == now
            each.one_saw_nothing += bool(before) != bool(now)
    return sorted(found.values(), key=lambda each: (each.area.village_id, each.area.position, each.area.name))


def for_the_board(village: Division, *, at: datetime) -> list[tuple[str, int, int]]:
    """What everybody may read: [(where, looked at again, saw the same)] of the last twelve months.

    An area with fewer than FEWEST_SHOWN is left out. The whole village is told only when no area is: from both
    together the numbers of the areas left out would follow.
    """
    this = month_of(today(at))
    first = date(this.year - 1, this.month, 1)
    found = by_area(Division.objects.filter(pk=village.pk), first, this)
    shown = [(each.area.name, each.answered, each.same) for each in found if not each.is_small]
    answered, same = sum(each.answered for each in found), sum(each.same for each in found)
    return shown or ([("全村", answered, same)] if answered >= FEWEST_SHOWN else [])


def _first_seen(rows: list[SecondRating]) -> dict[tuple[int, int], set[str]]:
    """What the first sheet said of each household looked at again: {(round, subject): rule keys}."""
    found: dict[tuple[int, int], set[str]] = defaultdict(set)
    items = Observation.objects.filter(
        round__in={row.round_id for row in rows}, subject__in={row.subject_id for row in rows}
    ).exclude(state__in=[Observation.State.DRAFTED, Observation.State.WITHDRAWN])
    for round, subject, rule in items.order_by().values_list("round", "subject", "rule__key"):
        found[round, subject].add(str(rule))
    return found
