"""What an adult sees of their own household: the sheet of a quarter, line by line, and who may see it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from governance import consents, holds, scorecards, scoring, stories
from governance.access import today
from governance.explain import explain
from governance.models import Consent, Entry, Member, Scorecard, Subject, User
from governance.periods import previous_quarter, quarter_of
from governance.points import format_total
from governance.stories import Case, Fact


@dataclass(frozen=True)
class Row:
    """One line of the sheet with what stands behind it."""

    entry: Entry
    line: scoring.Line
    sentence: str
    fact: Fact | None
    case: Case | None
    at: datetime

    @property
    def is_counted(self) -> bool:
        """Is this an ordinary line: neither taken back, nor itself a taking back."""
        return self.entry.reverses_id is None and "reversed" not in self.codes

    @property
    def is_held(self) -> bool:
        """Does it not count because a case is open."""
        return "held" in self.codes

    @property
    def is_open(self) -> bool:
        """May it be objected to now: posted, in its window, no case yet."""
        return (
            self.is_counted and self.case is None and self.fact is not None and self.at < self.fact.open_until
        )

    @property
    def codes(self) -> set[str]:
        """Why it is worth what it is, as codes."""
        return {reason.code for reason in self.line.why}


@dataclass(frozen=True)
class Sheet:
    """A household's quarter as of a moment; `card` is there once people signed and posted it."""

    quarter: str
    score: scoring.Score
    rows: list[Row]
    card: Scorecard | None

    @property
    def open_until(self) -> datetime | None:
        """The next moment at which a line can no longer be objected to; None when no line can."""
        return min((row.fact.open_until for row in self.rows if row.is_open), default=None)

    @property
    def held(self) -> int:
        """How many lines do not count while their case is open."""
        return sum(row.is_held for row in self.rows)

    @property
    def village_tenths(self) -> int:
        """What the village's own lines come to."""
        return self.score.index_tenths - self.score.base_tenths

    @property
    def difference(self) -> str:
        """Above or below what everybody starts with, as it is said."""
        more = self.score.total_tenths - self.score.base_tenths
        if not more:
            return "和起始分一样"
        return f"比起始分{'多' if more > 0 else '少'}{format_total(abs(more))}分"


def member_of(user: User) -> Member | None:
    """The adult that an account is bound to, in a household still open; None for anybody else."""
    members = Member.objects.filter(user=user, left_on__isnull=True, subject__closed_on__isnull=True)
    return members.select_related("subject__area", "village").first()


def sees_score(member: Member) -> bool:
    """May this adult see the score: their own consent stands and so does the head's (limits 1 and 4)."""
    own = consents.standing(member).filter(purpose=Consent.Purpose.SCORING)
    return own.exists() and consents.is_agreed(member.subject)


def quarters_of(subject: Subject, at: datetime) -> list[str]:
    """The quarters a household can look at, newest first: from its enrolment to the current one."""
    found, first = [quarter_of(today(at))], quarter_of(subject.enrolled_from)
    while found[-1] > first:
        found.append(previous_quarter(found[-1]))
    return found


def sheet(subject: Subject, quarter: str, *, at: datetime) -> Sheet:
    """A household's quarter: as it was computed when it is signed and posted, else as of now.

    A constant number of queries however many lines. Raises Refused when no rulebook was in force.
    """
    card = _posted_card(subject, quarter)
    score = scorecards.lines(subject=subject, quarter=quarter, at=card.computed_at if card else at)
    return Sheet(quarter, score, _rows(score.lines, at), card)


def _posted_card(subject: Subject, quarter: str) -> Scorecard | None:
    rows = Scorecard.objects.filter(subject=subject, quarter=quarter, confirmed_at__isnull=False)
    return rows.filter(published_at__isnull=False).order_by("-version").first()


def _rows(lines: tuple[scoring.Line, ...], at: datetime) -> list[Row]:
    entries = Entry.objects.select_related("rule__rulebook").in_bulk([line.entry.id for line in lines])
    causes = dict(holds.open_at(at).filter(entry__in=entries).values_list("entry_id", "cause"))
    facts = stories.facts(entry.source for entry in entries.values())
    cases = stories.cases(causes.values())
    return [
        Row(
            entry=(entry := entries[line.entry.id]),
            line=line,
            sentence=explain(line),
            fact=facts.get(entry.source),
            case=cases.get(causes.get(entry.pk, "")),
            at=at,
        )
        for line in lines
    ]
