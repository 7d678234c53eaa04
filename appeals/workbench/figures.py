"""How objections went in a place and a time: how many, how they ended, how long they took. Never by household.

One pass over the cases that were filed in the period; a constant number of queries.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.db.models import Count, QuerySet
from django.utils import timezone

from appeals.models import Objection
from appeals.workbench.rows import rule_of
from governance import deadlines
from governance.access import today
from governance.models import Division, Event, User
from workflows.models import Observation

State, Outcome = Objection.State, Objection.Outcome
DECIDED = (Outcome.UPHELD, Outcome.PARTLY, Outcome.REJECTED, Outcome.LAPSED)
FOR_THE_HOUSEHOLD = (Outcome.UPHELD, Outcome.PARTLY, Outcome.LAPSED)
COUNTED = ("objection.extended", "objection.suspended", "objection.lapsed", "objection.review_asked")


@dataclass
class Figures:
    """What became of some cases; days are working days from filing to the first answer."""

    outcomes: Counter = field(default_factory=Counter)
    days: list[int] = field(default_factory=list)
    events: Counter = field(default_factory=Counter)
    received: int = 0
    open: int = 0
    withdrawn: int = 0
    overturned: int = 0
    rated: int | None = None  # for a rater: how many of their entries were posted, so that the number is fair

    @property
    def decided(self) -> int:
        """How many were decided, or decided themselves."""
        return sum(self.outcomes[outcome] for outcome in DECIDED)

    @property
    def upheld(self) -> int:
        """How many ended for the household, wholly or in part."""
        return sum(self.outcomes[outcome] for outcome in FOR_THE_HOUSEHOLD)

    @property
    def share(self) -> str:
        """What part of the decided ended for the household; empty when none was decided."""
        return f"{round(100 * self.upheld / self.decided)}%" if self.decided else ""

    @property
    def median(self) -> int | None:
        """The median of the days."""
        return nth(self.days, 50)

    @property
    def slow(self) -> int | None:
        """Nine of ten took no longer."""
        return nth(self.days, 90)

    @property
    def extended(self) -> int:
        """How often the time was extended."""
        return self.events["objection.extended"]

    @property
    def suspended(self) -> int:
        """How often the household was waited for."""
        return self.events["objection.suspended"]

    @property
    def lapsed(self) -> int:
        """How many nobody decided in time."""
        return self.events["objection.lapsed"]

    @property
    def reviewed(self) -> int:
        """How many second reviews were asked for."""
        return self.events["objection.review_asked"]


@dataclass(frozen=True)
class Report:
    """The whole, and the same by village, rule and rater: [(words, figures)], the most first."""

    whole: Figures
    villages: list[tuple[str, Figures]]
    rules: list[tuple[str, Figures]]
    raters: list[tuple[str, Figures]]


def report(where: QuerySet[Division], first: date, last: date) -> Report:
    """Objections filed in some villages from `first` to `last`, both included."""
    cases = list(
        Objection.objects.filter(
            village__in=where, filed_at__gte=_start(first), filed_at__lt=_start(last + timedelta(days=1))
        )
        .select_related("village", "entry__rule", "rule", "repair__entry__rule")
        .prefetch_related("decisions")
        .order_by("id")
    )
    told = _told(cases)
    worked = _worked(cases)
    whole, villages, rules = Figures(), defaultdict(Figures), defaultdict(Figures)
    raters = defaultdict(Figures)
    rater_of = _raters(cases)
    for case in cases:
        rule, rater = rule_of(case), rater_of.get(case.entry_id)
        groups = [whole, villages[case.village.name]]
        groups += [rules[f"{rule.number} {rule.text[:24]}"]] if rule else []
        groups += [raters[rater]] if rater else []
        for group in groups:
            _add(group, case, told[str(case.key)], worked)
    for user, count in _rated(raters, where, first, last).items():
        raters[user].rated = count
    named = {user.name: figures for user, figures in raters.items()}
    return Report(whole, *(_sorted(each) for each in (villages, rules, named)))


def nth(numbers: Iterable[int], percent: int) -> int | None:
    """The smallest number that at least `percent` of all do not exceed; None of nothing."""
    ordered = sorted(numbers)
    return ordered[max(0, -(-len(ordered) * percent // 100) - 1)] if ordered else None


def _add(figures: Figures, case: Objection, told: Counter, worked: list[date]) -> None:
    figures.received += 1
    figures.open += case.state in Objection.OPEN
    figures.withdrawn += case.state == State.WITHDRAWN
    figures.events += told
    answers = list(case.decisions.all())
    if not answers:
        return
    figures.outcomes[answers[-1].outcome] += 1
    figures.overturned += len(answers) == 2 and answers[0].outcome != answers[1].outcome
    filed, answered = today(case.filed_at), today(answers[0].decided_at)
    figures.days.append(sum(filed < day <= answered for day in worked))


def _told(cases: list[Objection]) -> dict[str, Counter]:
    found = {str(case.key): Counter() for case in cases}
    events = Event.objects.filter(
        about_type=Objection._meta.label_lower, about_id__in=found, name__in=COUNTED
    )
    for key, name in events.values_list("about_id", "name"):
        found[key][name] += 1
    return found


def _worked(cases: list[Objection]) -> list[date]:
    """The working days between the first filing and the last answer."""
    ends = [decision.decided_at for case in cases for decision in case.decisions.all()]
    return deadlines.workdays_within(today(cases[0].filed_at), today(max(ends))) if ends else []


def _raters(cases: list[Objection]) -> dict[int, User]:
    """Who wrote down the line a case is about: {entry id: rater}."""
    items = Observation.objects.filter(entry__pk__in=[case.entry_id for case in cases if case.entry_id])
    return {item.entry.pk: item.sheet.rater for item in items.select_related("entry", "sheet__rater")}


def _rated(raters, where, first: date, last: date) -> dict[User, int]:
    """How many entries each of some raters had posted for those days."""
    rows = Observation.objects.filter(
        sheet__rater__in=list(raters),
        village__in=where,
        entry__isnull=False,
        occurred_on__range=(first, last),
    )
    counts = dict(rows.order_by().values_list("sheet__rater").annotate(n=Count("pk")))
    return {user: counts.get(user.pk, 0) for user in raters}


def _sorted(found: dict) -> list[tuple[str, Figures]]:
    return sorted(found.items(), key=lambda each: (-each[1].received, each[0]))


def _start(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
