"""What an objection is against, and until when that can still be said (design/2-domain.md, Policy)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from appeals.models import Objection, Repair
from governance import stories
from governance.access import today
from governance.models import Entry, Rule, Scorecard, Subject
from governance.periods import quarter_label
from governance.refusals import Conflict, Invalid, Refused
from workflows.models import Publication

About = Objection.About
YEAR = timedelta(days=366)
GONE = "这件事过了一年，不能再提了。"


@dataclass(frozen=True)
class Against:
    """One thing a household disagrees with; which fields are set follows from `about`."""

    about: str
    subject: Subject
    entry: Entry | None = None
    scorecard: Scorecard | None = None
    repair: Repair | None = None
    rule: Rule | None = None
    occurred_on: date | None = None

    @classmethod
    def line(cls, entry: Entry) -> Against:
        """One line of the ledger."""
        return cls(About.ENTRY, entry.subject, entry=entry)

    @classmethod
    def card(cls, scorecard: Scorecard) -> Against:
        """A quarter's score and colour."""
        return cls(About.SCORECARD, scorecard.subject, scorecard=scorecard)

    @classmethod
    def missing(cls, subject: Subject, occurred_on: date, rule: Rule | None = None) -> Against:
        """A plus that should have been recorded for a day; the rule where the household knows it."""
        return cls(About.MISSING, subject, rule=rule, occurred_on=occurred_on)

    @classmethod
    def refusal(cls, repair: Repair) -> Against:
        """A repair that was not taken."""
        return cls(About.REPAIR, repair.subject, repair=repair)

    @classmethod
    def of(cls, case: Objection) -> Against:
        """What a case is against."""
        return cls(
            case.about, case.subject, case.entry, case.scorecard, case.repair, case.rule, case.occurred_on
        )

    def cases(self):
        """Cases of this household about the same thing, newest first."""
        same = {"entry": self.entry, "scorecard": self.scorecard, "repair": self.repair, "rule": self.rule}
        if self.about == About.MISSING:
            same["occurred_on"] = self.occurred_on
        return Objection.objects.filter(subject=self.subject, about=self.about, **same)


def check_open(against: Against, *, at: datetime) -> bool:
    """May it be objected to now; True when the notice's window is over, so that the officer weighs the ground first.

    Raises Refused (nothing to object to, a year has passed), Conflict (a case is open) or Invalid (the day).
    """
    if case := against.cases().filter(state__in=Objection.OPEN).first():
        raise Conflict(
            f"这件事已经提过异议{case.number}，正在办，不用再提。要补充，到那件异议里添材料，或者到村部说。"
        )
    return {
        About.ENTRY: _line_is_late, About.SCORECARD: _card_is_late, About.MISSING: _day_is_late,
        About.REPAIR: _refusal_is_late,
    }[against.about](against, at)  # fmt: skip


def open_until(against: Against) -> datetime | None:
    """The end of the notice's window; None where there was no notice."""
    if against.entry:
        fact = stories.facts([against.entry.source]).get(against.entry.source)
        return fact and fact.open_until
    if against.scorecard:
        notice = _quarter_notice(against.scorecard)
        return notice and notice.window_ends
    return None


def _line_is_late(against: Against, at: datetime) -> bool:
    entry = against.entry
    if entry.reverses_id or Entry.objects.filter(reverses=entry).exists():
        raise Refused("这一条已经撤销了，不算分，不用再提。")
    if at - entry.posted_at > YEAR:
        raise Refused(GONE)
    until = open_until(against)
    return until is None or at >= until


def _card_is_late(against: Against, at: datetime) -> bool:
    card = against.scorecard
    if card.published_at is None:
        raise Refused(
            f"{quarter_label(card.quarter)}的分还没公示，公示了才能提。单条记分不对，可以现在就提那一条。"
        )
    newest = Scorecard.objects.filter(subject=card.subject, quarter=card.quarter, published_at__isnull=False)
    if newest.order_by("-version").first() != card:
        raise Refused("这一季的分后来更正过，请对最新的那一版提。")
    if at - card.published_at > YEAR:
        raise Refused(GONE)
    notice = _quarter_notice(card)
    return notice is None or at >= notice.window_ends


def _day_is_late(against: Against, at: datetime) -> bool:
    day = against.occurred_on
    if day is None or day > today(at):
        raise Invalid(occurred_on="请写是哪一天的事，不能写还没到的日子。")
    if today(at) - day > YEAR:
        raise Invalid(occurred_on=GONE)
    if not against.subject.is_enrolled(day):
        raise Invalid(occurred_on="那一天这一户还没有参加评议，不记分，也就没有漏记。")
    if against.rule and against.rule.sign < 0:
        raise Invalid(rule="请选一条加分的细则。")
    return False


def _refusal_is_late(against: Against, at: datetime) -> bool:
    repair = against.repair
    if repair.state != Repair.State.REFUSED:
        raise Refused(f"这次修复现在是“{repair.get_state_display()}”，没批的才能提异议。")
    refused_at = repair.history.order_by("-history_date").first().history_date
    if at - refused_at > YEAR:
        raise Refused(GONE)
    return False


def _quarter_notice(card: Scorecard) -> Publication | None:
    return Publication.objects.filter(
        settlement__village=card.village_id, settlement__quarter=card.quarter
    ).first()
