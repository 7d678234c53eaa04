"""How far second looks agree with the first: by area, as plain numbers. Never which household."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import F, QuerySet

from governance.access import today
from governance.models import Area, Division, Rule
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
    """The months from `first` to `last` that are posted, area by area; three queries."""
    posted = SecondRating.objects.filter(
        village__in=where, round__month__range=(first, last), round__state__in=POSTED
    )
    rows = list(posted.exclude(state=State.CANCELLED).select_related("area", "round"))
    seen, families = _first_seen(rows), _families(rows)
    found: dict[int, Agreement] = {}
    for row in rows:
        each = found.setdefault(row.area_id, Agreement(row.area))
        each.asked += 1
        each.unsure += row.state == State.UNSURE
        each.late += row.state in (State.LATE, State.ASKED)
        if row.state == State.ANSWERED:
            before, now = seen[row.round_id, row.subject_id], _said(row, families)
            each.answered += 1
            each.same += before == now
            each.one_saw_nothing += bool(before) != bool(now)
    return sorted(found.values(), key=lambda each: (each.area.village_id, each.area.position, each.area.name))


def for_the_board(village: Division, *, at: datetime) -> list[tuple[str, int, int]]:
    """What everybody may read: [(where, looked at again, saw the same)] of the last twelve months, by area.

    Only in closed blocks of FEWEST_SHOWN answers: a figure that grew by one answer would say what that one was, as
    the difference to the page of the day before. Nothing is told of the whole village, from which the rest of an
    area would follow.
    """
    this = month_of(today(at))
    first = date(this.year - 1, this.month, 1)
    answers = SecondRating.objects.filter(village=village, round__state__in=POSTED, state=State.ANSWERED)
    rows = sorted(answers.select_related("area", "round__publication"), key=_told_at)
    seen, families = _first_seen(rows), _families(rows)
    by_area = defaultdict(list)
    for row in rows:
        by_area[row.area].append(row)
    shown = []
    for area in sorted(by_area, key=lambda area: (area.position, area.name)):
        told = [row for block in _closed(by_area[area], first) for row in block]
        same = sum(seen[row.round_id, row.subject_id] == _said(row, families) for row in told)
        shown += [(area.name, len(told), same)] if told else []
    return shown


def _told_at(row: SecondRating) -> tuple:
    """When an answer came to count on the board: nothing is ever put before what was told already."""
    posted = getattr(row.round, "publication", None)
    return max(posted.published_at, row.answered_at) if posted else row.answered_at, row.pk


def _closed(rows: list[SecondRating], first: date) -> list[list[SecondRating]]:
    """An area's answers in blocks as they came, without the last that is not full and what began before a month."""
    blocks = [rows[n : n + FEWEST_SHOWN] for n in range(0, len(rows), FEWEST_SHOWN)]
    return [
        block
        for block in blocks
        if len(block) == FEWEST_SHOWN and min(row.round.month for row in block) >= first
    ]


def _said(row: SecondRating, families: dict[str, str]) -> set[str]:
    """What the second look said, as families: a rule's key is another in each version."""
    return {families.get(key, key) for key in row.rules}


def _families(rows: list[SecondRating]) -> dict[str, str]:
    keys = {key for row in rows for key in row.rules}
    return {
        str(key): family for key, family in Rule.objects.filter(key__in=keys).values_list("key", "family")
    }


def _first_seen(rows: list[SecondRating]) -> dict[tuple[int, int], set[str]]:
    """What the first sheet said of each household looked at again: {(round, subject): families of rules}.

    Facts of an earlier month that came in late are left out: the second look is at this month alone.
    """
    found: dict[tuple[int, int], set[str]] = defaultdict(set)
    items = Observation.objects.filter(
        round__in={row.round_id for row in rows}, subject__in={row.subject_id for row in rows},
        occurred_on__gte=F("round__month"),
    ).exclude(state__in=[Observation.State.DRAFTED, Observation.State.WITHDRAWN])  # fmt: skip
    for round, subject, family in items.order_by().values_list("round", "subject", "rule__family"):
        found[round, subject].add(family)
    return found
