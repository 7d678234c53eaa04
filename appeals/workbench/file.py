"""The whole file of a case on one screen: both sides' words, the line and its story, questions, hearings, the clock.

Read only; the number of queries does not grow with what is in the file.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from django.db.models import Q

from appeals import clock
from appeals.hands import entries_of
from appeals.models import Decision, Inquiry, Objection
from appeals.who import IN_OFFICE, check_actor
from appeals.workbench.rows import about, rule_of
from governance import deadlines, holds, stories
from governance.access import today
from governance.events import last, why_of
from governance.models import Deadline, Entry, Event, Rule, User
from governance.refusals import why_not
from governance.stories import Story

EARLIER, SIMILAR = 10, 5
# What happened to a case, as the office says it.
DONE = {
    "objection.filed": "住户提了异议", "objection.claimed": "领了这件", "objection.handed_over": "转交",
    "objection.passed_on": "原来办的人卸任，转给接手的人", "objection.accepted": "收下，开始查",
    "objection.refused": "不收", "objection.decided": "作了决定", "objection.lapsed": "到期没办，按住户的办",
    "objection.review_asked": "住户请求复核", "objection.to_township": "到期没定，转镇里复核",
    "objection.overdue": "复核超期", "objection.at_risk": "快到期，提醒", "objection.extended": "延长",
    "objection.suspended": "等住户补材料，停表", "objection.resumed": "接着办，走表",
    "objection.handed_in": "交了材料", "objection.withdrawn": "住户不办了", "objection.closed": "办结",
    "objection.overtaken": "整批更正撤掉了这一条，办结",
    "inquiry.asked": "发调查函", "inquiry.answered": "答了调查函", "inquiry.late": "调查函到期没答",
    "hearing.called": "定了当面听", "hearing.held": "当面听，有记录", "hearing.cancelled": "当面听取消了",
}  # fmt: skip


@dataclass(frozen=True)
class Done:
    """One thing done about a case: when, what, by whom in which role, in whose words."""

    at: datetime
    what: str
    who: str
    role: str
    why: str


@dataclass(frozen=True)
class Day:
    """One box of the clock: a working day between the start and the end of a step."""

    day: date
    number: int
    css: str


@dataclass
class CaseFile:
    """One case as the officer who opened it sees it."""

    case: Objection
    user: User
    at: datetime

    @property
    def about(self) -> str:
        """What it is about: the fact where there is one, else the rule's or the quarter's words."""
        return self.fact.text if self.fact else about(self.case)

    @property
    def rule(self) -> Rule | None:
        """The rule it is about, in the version it was made under."""
        return rule_of(self.case)

    @cached_property
    def entries(self) -> list[Entry]:
        """The ledger lines it is about."""
        return entries_of(self.case)

    @cached_property
    def lines(self) -> list[tuple[Entry, str, bool]]:
        """[(line, what it is about, does it not count now)]."""
        held = set(holds.open_at(self.at).filter(entry__in=self.entries).values_list("entry", flat=True))
        gone = set(Entry.objects.filter(reverses__in=self.entries).values_list("reverses", flat=True))
        return [
            (
                entry,
                fact.text if (fact := self._facts.get(entry.source)) else entry.rule.text,
                entry.pk in held | gone,
            )
            for entry in self.entries
        ]

    @cached_property
    def fact(self) -> stories.Fact | None:
        """What its one line is about; None where it is about a quarter or something missing."""
        one = self._line
        return one and self._facts.get(one.source)

    @cached_property
    def story(self) -> Story | None:
        """Evidence behind its one line, and who did what when."""
        one = self._line
        return one and stories.story(one.source)

    @cached_property
    def exhibits(self) -> list:
        """What either side handed in."""
        return list(self.case.exhibits.select_related("added_by"))

    @cached_property
    def inquiries(self) -> list[Inquiry]:
        """Whom the office asked, and what they said."""
        return list(self.case.inquiries.select_related("to_user", "asked_by", "answered_by"))

    @cached_property
    def hearings(self) -> list:
        """Meetings of both sides."""
        return list(self.case.hearings.select_related("called_by"))

    @cached_property
    def decisions(self) -> list[Decision]:
        """What was decided, the first instance first."""
        return list(self.case.decisions.select_related("decided_by"))

    @cached_property
    def timeline(self) -> list[Done]:
        """Everything done about it, oldest first."""
        told = Event.objects.filter(
            about_type=self.case._meta.label_lower, about_id=str(self.case.key), name__in=DONE
        ).select_related("by", "body")
        return [
            Done(event.at, DONE[event.name], self._who(event), event.role, why_of(event))
            for event in told.order_by("at", "id")
        ]

    def _who(self, event: Event) -> str:
        """The household by the name on its file: an account of a resident has none."""
        return self.case.for_member.name if event.role == "resident" else str(event.by or "")

    @cached_property
    def why_again(self) -> str:
        """What the household said when it asked for the second review; empty when it did not, or said nothing."""
        return why_of(last(self.case, "objection.review_asked"))

    @cached_property
    def deadline(self) -> Deadline | None:
        """The deadline that runs."""
        return clock.running(self.case)

    @cached_property
    def days(self) -> list[Day]:
        """The step's working days as boxes; empty while no time runs."""
        if self.deadline is None or self.deadline.starts_on is None:
            return []
        day, start, end = today(self.at), self.deadline.starts_on, today(self.deadline.due_at)
        worked = deadlines.workdays_within(start + timedelta(days=1), end)
        return [
            Day(
                each,
                n,
                "is-today" if each == day else "is-used" if each < day else "is-end" if each == end else "",
            )
            for n, each in enumerate(worked, start=1)
        ]

    @cached_property
    def earlier(self) -> list[Objection]:
        """The household's other cases, newest first."""
        others = Objection.objects.filter(subject=self.case.subject_id).exclude(pk=self.case.pk)
        return list(
            others.select_related("entry__rule", "rule", "repair__entry__rule", "scorecard")[:EARLIER]
        )

    @cached_property
    def similar(self) -> list[Decision]:
        """The newest decisions about the same rule, in any version, in this township."""
        if self.rule is None:
            return []
        family = self.rule.family
        same = Q(objection__entry__rule__family=family) | Q(objection__rule__family=family)
        found = Decision.objects.filter(
            same, village__code__startswith=self.case.village.code[:9], decided_by__isnull=False
        ).exclude(objection=self.case.pk)
        return list(found.select_related("objection", "village").order_by("-decided_at", "-id")[:SIMILAR])

    @cached_property
    def refusal(self) -> str:
        """Why the reader cannot act on it now; empty when they can."""
        if self.case.state not in IN_OFFICE:
            return ""
        return why_not(check_actor, self.case, by=self.user, at=self.at)

    @property
    def is_in_office(self) -> bool:
        """Does it wait for the township."""
        return self.case.state in IN_OFFICE

    @cached_property
    def _facts(self) -> dict[str, stories.Fact]:
        return stories.facts(entry.source for entry in self.entries)

    @property
    def _line(self) -> Entry | None:
        return self.entries[0] if len(self.entries) == 1 and not self.case.scorecard_id else None
