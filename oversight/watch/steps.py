"""How many working days each step takes: of the month from the sheet to the notice, and of an objection."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from appeals.models import Objection
from appeals.workbench.figures import nth
from appeals.workbench.tables import Workdays
from governance.access import today
from governance.models import Deadline, Division, Event
from governance.models.people import Role
from governance.policies import value
from governance.requests import reading
from oversight.watch.months import Months
from workflows.models import Round

ROUND_EVENTS = ("round.reviewing", "round.sent_to_committee", "round.resolved", "round.published")


@dataclass
class Step:
    """One step: who does it, within how many working days (None: no number is set), and how many each took.

    `overdue` are those that took longer than they had: a case lawfully extended or waiting has a day of its own.
    """

    name: str
    label: str
    role: str
    within: int | None
    days: list[int] = field(default_factory=list)
    overdue: int = 0

    def took(self, days: int, *, is_late: bool | None = None) -> None:
        """Count one more; late by its own deadline where that is told, else by the number set for the step."""
        self.days.append(days)
        self.overdue += (self.within is not None and days > self.within) if is_late is None else is_late

    @property
    def cases(self) -> int:
        """How many were done."""
        return len(self.days)

    @property
    def median(self) -> int | None:
        """Half took no longer."""
        return nth(self.days, 50)

    @property
    def slow(self) -> int | None:
        """Nine of ten took no longer."""
        return nth(self.days, 90)

    @property
    def late(self) -> int | None:
        """How many took longer than set; None when nothing is set."""
        return None if self.within is None else self.overdue

    @property
    def late_percent(self) -> int:
        """The same as a share, in whole per cent."""
        return round(100 * (self.late or 0) / self.cases) if self.cases else 0


def steps(village: Division, months: Months, *, at: datetime) -> list[Step]:
    """The steps of a village's period, in their order; six queries and those for the village's numbers.

    A sheet's confirmation is counted from when it was due where it was handed in before: the leader waits for all.
    """
    with reading():
        made = _steps(village, today(at))
    rounds = {
        row.key: row
        for row in Round.objects.filter(village=village, month__range=(months.first, months.last))
    }
    told = _told(village, rounds)
    start = months.first - timedelta(days=31)
    count = Workdays(start, today(at))
    _confirmed(made["confirm"], months, count)
    for name, begun, ended in (
        ("review", "round.reviewing", "round.sent_to_committee"),
        ("sign", "round.sent_to_committee", "round.resolved"),
        ("publish", "round.resolved", "round.published"),
    ):
        for moments in told.values():
            if begun in moments and ended in moments:
                made[name].took(_between(count, moments[begun], moments[ended]))
    _objections(made, village, months, count)
    return list(made.values())


def _steps(village: Division, day: date) -> dict[str, Step]:
    def number(name):
        return value(name, village, day)

    return {
        step.name: step
        for step in (
            Step("confirm", "片组长核单", Role.LEADER, number("area_days")),
            Step("review", "理事会审议", Role.COUNCIL, number("council_days")),
            Step("sign", "村两委签字", Role.COMMITTEE, None),
            Step("publish", "文书张贴", Role.CLERK, None),
            Step("accept", "异议收不收", Role.OFFICER, number("objection_accept_days")),
            Step("decide", "异议答复", Role.OFFICER, number("objection_decide_days")),
        )
    }


def _told(village: Division, rounds) -> dict[str, dict[str, datetime]]:
    """When each round came to each step, the last time: {key: {event: moment}}."""
    found: dict[str, dict[str, datetime]] = {}
    rows = Event.objects.filter(
        village=village, about_type=Round._meta.label_lower, about_id__in=[str(key) for key in rounds],
        name__in=ROUND_EVENTS,
    )  # fmt: skip
    for key, name, at in rows.order_by("pk").values_list("about_id", "name", "at"):
        found.setdefault(key, {})[name] = at
    return found


def _confirmed(step: Step, months: Months, count: Workdays) -> None:
    for sheet in months.sheets:
        due = months.due.get(("round.sheets", sheet.round), sheet.filed_at)
        begun = max(sheet.filed_at, due)
        step.took(_between(count, begun, sheet.confirmed_at))


def _objections(made: dict[str, Step], village: Division, months: Months, count: Workdays) -> None:
    since = timezone.make_aware(datetime.combine(months.first, time.min))
    cases = Objection.objects.filter(village=village, filed_at__gte=since).prefetch_related("decisions")
    due = _due(cases)
    for case in cases.order_by("pk"):
        answers: Iterable = case.decisions.all()
        first = next(iter(answers), None)
        if case.accepted_at:
            _took(
                made["accept"], count, case.filed_at, case.accepted_at, due.get(("objection.accept", case.pk))
            )
        if case.accepted_at and first and first.turn == 1:
            _took(
                made["decide"],
                count,
                case.accepted_at,
                first.decided_at,
                due.get(("objection.decide", case.pk)),
            )


def _due(cases) -> dict[tuple[str, int], datetime]:
    """Until when each case was to be taken up and decided, extensions and waits included: {(kind, case): moment}."""
    rows = Deadline.objects.filter(
        about_type=Objection._meta.label_lower, about_id__in=cases.values("pk"),
        kind__in=["objection.accept", "objection.decide"],
    )  # fmt: skip
    return {(kind, about): at for kind, about, at in rows.values_list("kind", "about_id", "due_at")}


def _took(step: Step, count: Workdays, begun: datetime, ended: datetime, due: datetime | None) -> None:
    step.took(_between(count, begun, ended), is_late=due and ended > due)


def _between(count: Workdays, begun: datetime, ended: datetime) -> int:
    return count.after(today(begun), today(ended))
