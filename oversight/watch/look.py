"""Look at a village's last months and raise what is worth a question; once a quarter each, never held against anybody."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from governance.access import check_role, today
from governance.events import record
from governance.models import Area, Division, User
from governance.periods import month_of, quarter_of
from governance.saving import save
from oversight.models import Finding
from oversight.opening import ROLES
from oversight.watch import changed, habits, months, raters, steps
from oversight.watch.limits import LIMITS, MONTHS, Kind
from workflows import second_agreement
from workflows.models import Round
from workflows.second_ratings import POSTED
from workflows.steps import lock


@dataclass(frozen=True)
class Raised:
    """What was found, before it is a row; exactly one of user, area and step."""

    kind: str
    figures: dict[str, int]
    user: User | None = None
    area: Area | None = None
    step: str = ""

    @property
    def about(self) -> str:
        """Whom or what it is about, as it is stored."""
        if self.user:
            return f"user:{self.user.key}"
        return f"area:{self.area.pk}" if self.area else f"step:{self.step}"


@transaction.atomic
def look(*, village: Division, by: User | None, at: datetime) -> list[Finding]:
    """Raise what the last MONTHS posted months show and nobody has been asked about; returns the new findings.

    `by` is a supervisor, or None when a month's end starts it. Safe to repeat: one question per kind and person in a
    quarter, and none while an earlier one is not closed. Raises Refused (not a supervisor here). Effects: the rows,
    an event for each. Nothing else follows from a finding.
    """
    role = check_role(by, *ROLES, village=village, at=at) if by else "system"
    lock(village)
    period = last_months(village, MONTHS, at=at)
    if period is None:
        return []
    known = Finding.objects.filter(village=village).values_list("kind", "about", "quarter", "state")
    quarter = quarter_of(period[1])
    taken = {
        (kind, about) for kind, about, of, state in known if of == quarter or state != Finding.State.CLOSED
    }
    new = [each for each in found(village, *period, at=at) if (each.kind, each.about) not in taken]
    return [_raise(each, village, period, by=by, at=at, role=role) for each in new]


def last_months(village: Division, many: int, *, at: datetime) -> tuple[date, date] | None:
    """The first and the last of the newest posted months, `many` calendar months in all; None when none is posted."""
    posted = Round.objects.filter(village=village, state__in=POSTED, month__lte=month_of(today(at)))
    last = posted.order_by("-month").values_list("month", flat=True).first()
    return last and (months_before(last, many - 1), last)


def months_before(month: date, many: int) -> date:
    """The first day of the month that many months earlier."""
    count = month.year * 12 + month.month - 1 - many
    return date(count // 12, count % 12 + 1, 1)


def found(village: Division, first: date, last: date, *, at: datetime) -> Iterator[Raised]:
    """Everything above its limit in a period, whether or not it was asked about before."""
    here = Division.objects.filter(pk=village.pk)
    stock = months.read(here, first, last)
    everybody = raters.rated(stock)
    for each in everybody:
        if each.is_shown and not each.is_small:
            yield from _rates(each, raters.others(each, everybody))
        yield from _runs(each, raters.others(each, everybody))
    homes = habits.homes_in_office(here, on=today(at))
    shown = {each.user.pk for each in everybody if each.is_shown}
    for user, habit in habits.habits(stock, homes).items():
        if user in shown:
            yield from _habits(stock.users[user], habit)
    yield from _favours(stock, homes)
    yield from _changed(changed.changed(here, first, last))
    yield from _slow(steps.steps(village, stock, at=at))
    yield from _disagree(second_agreement.by_area(here, first, last))


def _rates(each: raters.Rated, rest: raters.Others) -> Iterator[Raised]:
    for kind, items, rate, others in (
        (Kind.SEVERE, each.minuses, each.minus_rate, rest.minus_rate),
        (Kind.GENEROUS, each.pluses, each.plus_rate, rest.plus_rate),
    ):
        limit = LIMITS[kind].numbers
        if not rest.is_small and items >= limit["items"] and rate >= limit["times"] * max(others, 1):
            low, high = rest.minus_range if kind == Kind.SEVERE else rest.plus_range
            yield Raised(
                kind,
                {
                    "items": items, "rate": rate, "others": others, "low": low, "high": high, "months": each.months,
                    "households": each.households, "people": rest.people,
                },
                each.user,
            )  # fmt: skip


def _runs(each: raters.Rated, rest: raters.Others) -> Iterator[Raised]:
    for kind, run in (
        (Kind.ALWAYS_PLUS, each.runs.always_plus),
        (Kind.IDENTICAL, each.runs.identical),
        (Kind.BLANK, each.runs.blank),
    ):
        limit = LIMITS[kind].numbers
        others_record = kind != Kind.BLANK or rest.pluses + rest.minuses > 0
        if run >= limit["months"] and each.fewest_households >= limit["households"] and others_record:
            figures = {"run": run, "months": each.months, "households": each.fewest_households}
            yield Raised(kind, figures, each.user)


def _habits(user: User, habit: habits.Habits) -> Iterator[Raised]:
    for kind, most, figures in (
        (Kind.BATCH, habit.biggest_batch, {"batch": habit.biggest_batch, "late": habit.late_items}),
        (Kind.OLD_FACTS, habit.most_old, {"batch": habit.most_old, "old": habit.old_items}),
        (Kind.NO_EVIDENCE, habit.unproved, {"items": habit.unproved, "taken": habit.taken}),
    ):
        if most >= LIMITS[kind].numbers["items"]:
            yield Raised(kind, figures, user)


def _favours(stock: months.Months, homes: dict[int, int]) -> Iterator[Raised]:
    """Once for each of the two, without saying who the other is: the figures are of somebody's household."""
    best: dict[int, habits.Favour] = {}
    for each in habits.favours(stock, homes):
        best.setdefault(each.rater, each)
    for rater, each in best.items():
        figures = {
            "given": each.given, "received": each.received, "months": each.months, "rate": each.rate,
            "elsewhere": each.rate_elsewhere,
        }  # fmt: skip
        yield Raised(Kind.FAVOURS, figures, stock.users[rater])


def _changed(rows: Iterable[changed.Changed]) -> Iterator[Raised]:
    limit, best = LIMITS[Kind.OVERTURNED].numbers, {}
    for row in rows:
        if row.changed >= limit["cases"] and row.percent >= limit["percent"]:
            best.setdefault(row.user.pk, row)
    for row in best.values():
        hat = list(changed.HATS).index(row.hat)
        figures = {"changed": row.changed, "decided": row.decided, "handled": row.handled, "hat": hat}
        yield Raised(Kind.OVERTURNED, figures, row.user)


def _slow(rows: Iterable[steps.Step]) -> Iterator[Raised]:
    limit = LIMITS[Kind.SLOW].numbers
    for row in rows:
        if (row.late or 0) >= limit["cases"] and row.late_percent >= limit["percent"]:
            figures = {
                "late": row.late, "cases": row.cases, "within": row.within, "median": row.median, "slow": row.slow,
            }  # fmt: skip
            yield Raised(Kind.SLOW, figures, step=row.name)


def _disagree(rows: Iterable[second_agreement.Agreement]) -> Iterator[Raised]:
    limit = LIMITS[Kind.DISAGREE].numbers
    for row in rows:
        if row.answered >= limit["households"] and row.percent < limit["percent"]:
            figures = {
                "answered": row.answered, "same": row.same, "nothing": row.one_saw_nothing, "other": row.other_rules,
            }  # fmt: skip
            yield Raised(Kind.DISAGREE, figures, area=row.area)


def _raise(each: Raised, village: Division, period: tuple[date, date], *, by, at, role) -> Finding:
    row = Finding(
        village=village, kind=each.kind, user=each.user, area=each.area, step=each.step, about=each.about,
        first=period[0], last=period[1], quarter=quarter_of(period[1]), figures=each.figures, found_at=at,
        found_by=by,
    )  # fmt: skip
    save(row, action="finding.found", by=by, at=at)
    record(
        "finding.found", village=village, about=row, by=by, at=at, role=role, rows=[row],
        detail={"kind": each.kind, "figures": each.figures},
    )  # fmt: skip
    return row
