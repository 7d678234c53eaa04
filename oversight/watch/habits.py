"""Patterns of single raters: late batches, facts long past, items without evidence, colleagues' households, favours."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import timezone

from governance.models import Appointment, Member
from oversight.watch.limits import FEWEST_HOUSEHOLDS, Kind, number
from oversight.watch.months import TAKEN, Item, Months

LAST_MOMENT = timedelta(days=1)


@dataclass(frozen=True)
class Habits:
    """One rater's habits: counts of items, and the most of them on one sheet."""

    late_items: int  # on sheets handed in within a day of the due date, or after it
    biggest_batch: int  # facts of one day on one such sheet
    old_items: int  # recorded long after the day
    most_old: int  # on one sheet
    taken: int  # went through the council
    unproved: int  # of these, without any evidence although asked for, or a deduction
    colleagues_months: int  # household-months of the homes of others in office
    colleagues_plus: int
    colleagues_minus: int
    tells_colleagues: bool  # neither these homes nor the others are so few that the counts point at one


@dataclass(frozen=True)
class Favour:
    """Two raters who rate each other's homes, both with pluses only: counts for the first of the two."""

    rater: int
    other: int
    given: int
    received: int
    months: int
    rate: int  # pluses per hundred household-months for that home
    rate_elsewhere: int


def habits(months: Months, homes: dict[int, int]) -> dict[int, Habits]:
    """Every rater's habits, by user id; `homes` are those of people in office (see `homes_in_office`)."""
    return {user.pk: _of(user.pk, months, homes) for user in months.raters}


def homes_in_office(where, *, on: date) -> dict[int, int]:
    """{user id: subject id} of everybody who holds an office in some villages on a day; one query."""
    posts = Appointment.objects.on(on).filter(division__in=where)
    rows = Member.objects.filter(left_on__isnull=True, user__in=posts.values("user"))
    return dict(rows.values_list("user", "subject"))


def favours(months: Months, homes: dict[int, int]) -> list[Favour]:
    """Raters who rate each other's homes, with pluses only and more than elsewhere: one row for each of the two.

    Declared kin never rate each other's homes: recusal hands them on. A shared surname or a door nearby is no ground.
    """
    found = []
    raters = [user.pk for user in months.raters if user.pk in homes]
    items, seen = _by_home(months), _months_by_home(months)
    for one in raters:
        for other in raters:
            if one != other:
                found += _favour(one, other, homes, items, seen, months)
    return found


def _favour(one, other, homes, items, seen, months) -> list[Favour]:
    given, received = items[one, homes[other]], items[other, homes[one]]
    least, least_months = number(Kind.FAVOURS, "items"), number(Kind.FAVOURS, "months")
    for side in (given, received):
        if len(side) < least or any(item.sign < 0 for item in side):
            return []
        if len({item.month for item in side}) < least_months:
            return []
    rate, elsewhere = _rates(one, homes[other], items, seen, months)
    back, back_elsewhere = _rates(other, homes[one], items, seen, months)
    times = number(Kind.FAVOURS, "times")
    if rate < times * elsewhere or back < times * back_elsewhere:
        return []
    return [
        Favour(
            one, other, len(given), len(received), len({item.month for item in given}), rate, elsewhere
        )
    ]  # fmt: skip


def _rates(rater: int, home: int, items, seen, months: Months) -> tuple[int, int]:
    """Pluses per hundred household-months for one home and for all the others."""
    all_months = sum(len(sheet.subjects) for sheet in months.sheets_of[rater])
    all_plus = sum(item.sign > 0 for item in months.items_of[rater])
    here, plus_here = seen[rater, home], len(items[rater, home])
    rest = all_months - here
    return (
        round(100 * plus_here / here) if here else 0,
        round(100 * (all_plus - plus_here) / rest) if rest else 0,
    )


def _by_home(months: Months) -> dict[tuple[int, int], list[Item]]:
    found = defaultdict(list)
    for item in months.items:
        found[item.rater, item.subject].append(item)
    return found


def _months_by_home(months: Months) -> Counter:
    return Counter((sheet.rater, subject) for sheet in months.sheets for subject in sheet.subjects)


def _of(rater: int, months: Months, homes: dict[int, int]) -> Habits:
    items, sheets = months.items_of[rater], {sheet.pk: sheet for sheet in months.sheets_of[rater]}
    late = [item for item in items if _is_late(item, sheets, months)]
    old = [item for item in items if _waited(item, sheets) > number(Kind.OLD_FACTS, "days")]
    taken = [item for item in items if item.state in TAKEN]
    theirs = {home for user, home in homes.items() if user != rater}
    signs = Counter(item.sign for item in items if item.subject in theirs)
    rated = frozenset().union(*(sheet.subjects for sheet in sheets.values()))
    return Habits(
        len(late),
        max(Counter((item.sheet, item.occurred_on) for item in late).values(), default=0),
        len(old),
        max(Counter(item.sheet for item in old).values(), default=0),
        len(taken),
        sum(not item.proved and (item.asks_evidence or item.sign < 0) for item in taken),
        sum(len(sheet.subjects & theirs) for sheet in sheets.values()),
        signs[1],
        signs[-1],
        all(not homes or len(homes) >= FEWEST_HOUSEHOLDS for homes in (rated & theirs, rated - theirs)),
    )


def _is_late(item: Item, sheets, months: Months) -> bool:
    sheet = sheets.get(item.sheet)
    due = sheet and months.due.get(("round.sheets", sheet.round))
    return bool(due and sheet.filed_at >= due - LAST_MOMENT)


def _waited(item: Item, sheets) -> int:
    """Days from the fact to the sheet being handed in."""
    sheet = sheets.get(item.sheet)
    return (timezone.localdate(sheet.filed_at) - item.occurred_on).days if sheet else 0
