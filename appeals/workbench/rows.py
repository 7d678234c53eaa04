"""The lines of the queue: filtered, counted by tab, marked where time is short. Constant queries for any number."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from appeals import clock
from appeals.models import Objection
from appeals.who import IN_OFFICE, eligible_in, stands_in_for
from governance.access import today
from governance.models import User

State = Objection.State
TABS = {
    "open": "在办", "mine": "我在办", "free": "没人领", "risk": "快到期", "late": "超期", "paused": "等住户补",
    "answered": "等住户看", "done": "办完了",
}  # fmt: skip
SHOWN = (
    "village", "officer", "for_member", "entry__rule", "rule", "scorecard", "repair__entry__rule",
)  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One case in a list; `may` are those who may act on it now."""

    case: Objection
    may: Collection[User]
    risk: bool
    late: bool
    user: User

    @property
    def is_nobodys(self) -> bool:
        """Nobody at all may act on it: to be said loudly."""
        return self.case.state in IN_OFFICE and not self.may

    @property
    def may_claim(self) -> bool:
        """May the reader take it onto their own desk."""
        return self.case.officer_id is None and self.user in self.may

    @property
    def about(self) -> str:
        """What it is about, without the household: the rule's words, or the quarter's."""
        return about(self.case)


def about(case: Objection) -> str:
    """What a case is about in a few words that name nobody."""
    rule = rule_of(case)
    return rule.text if rule else case.get_about_display()


def rule_of(case: Objection):
    """The rule a case is about; None for a quarter's colour, or a missing plus of no known rule."""
    if case.entry_id:
        return case.entry.rule
    return case.repair.entry.rule if case.repair_id else case.rule


def tabs(user: User, *, at: datetime) -> dict[str, Q]:
    """Which cases are under each of TABS; `late` needs `with_lateness`."""
    day, in_office = today(at), Q(state__in=IN_OFFICE)
    running = in_office & Q(suspended_at=None)
    mine = {user.pk} | stands_in_for(user, at=at)
    return {
        "open": in_office,
        "mine": in_office & Q(officer__in=mine),
        "free": in_office & Q(officer=None),
        "risk": running & Q(answer_by__gte=day, answer_by__lte=clock.at_risk_on(day)),
        "late": running & (Q(answer_by__lt=day) | Q(was_late=True)),
        "paused": in_office & Q(suspended_at__isnull=False),
        "answered": Q(state=State.ANSWERED),
        "done": Q(state__in=[State.CLOSED, State.WITHDRAWN]),
    }


def with_lateness(rows: QuerySet[Objection]) -> QuerySet[Objection]:
    """Cases with `was_late`: the township let its day pass before."""
    passed = Objection.history.model.objects.filter(
        id=OuterRef("pk"), history_change_reason="objection.overdue"
    )
    return rows.annotate(was_late=Exists(passed))


def counts(rows: QuerySet[Objection], found: dict[str, Q]) -> dict[str, int]:
    """How many cases are under each tab; one query."""
    return rows.order_by().aggregate(**{name: Count("pk", filter=q) for name, q in found.items()})


def filtered(rows: QuerySet[Objection], said: dict) -> QuerySet[Objection]:
    """Cases of a village, about one thing, under one rule (in any version), in a state, or with a number."""
    if number := said.get("number", "").strip():
        rows = rows.filter(number__icontains=number)
    for name in ("village", "about", "state"):
        if said.get(name):
            rows = rows.filter(**{name: said[name]})
    if family := said.get("rule"):
        rows = rows.filter(
            Q(entry__rule__family=family) | Q(rule__family=family) | Q(repair__entry__rule__family=family)
        )
    return rows


def families(rows: QuerySet[Objection]) -> list[tuple[str, str]]:
    """[(family, words)] of the rules that cases are about, by number."""
    found = {}
    for way in ("entry__rule", "rule", "repair__entry__rule"):
        names = [f"{way}__{field}" for field in ("number", "family", "text")]
        for number, family, text in rows.order_by().values_list(*names).distinct():
            if family:
                found.setdefault(family, (number, text))
    listed = sorted(found.items(), key=lambda each: each[1])
    return [(family, f"{number} {text[:20]}") for family, (number, text) in listed]


def lines(cases: Iterable[Objection], user: User, *, at: datetime) -> list[Line]:
    """Lines of a page of cases, read with SHOWN and `with_lateness`."""
    cases, day = list(cases), today(at)
    may = eligible_in([case for case in cases if case.state in IN_OFFICE], at=at)
    risk = clock.at_risk_on(day)
    return [_line(case, may.get(case.pk, ()), user, day, risk) for case in cases]


def _line(case: Objection, may, user: User, day: date, risk: date) -> Line:
    running = case.state in IN_OFFICE and case.suspended_at is None
    late = running and (case.answer_by < day or case.was_late)
    return Line(case, may, running and not late and case.answer_by <= risk, late, user)
