"""What an adult sees of their own household: the sheet of a quarter, line by line, and who may see it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, F, OuterRef, Subquery

from governance import holds, scorecards, scoring, stories
from governance.access import today
from governance.explain import explain
from governance.models import Consent, Entry, Member, Scorecard, Subject, User
from governance.periods import previous_quarter, quarter_of
from governance.points import format_total
from governance.requests import read_once
from governance.stories import Case, Fact, Mend


@dataclass(frozen=True)
class Row:
    """One line of the sheet with what stands behind it."""

    entry: Entry
    line: scoring.Line
    sentence: str
    fact: Fact | None
    case: Case | None
    mend: Mend | None
    at: datetime

    @property
    def can_be_mended(self) -> bool:
        """Is there a way to make it good, or one under way: a new one only while it counts."""
        return self.mend is not None and (not self.mend.is_new or (self.is_counted and not self.is_held))

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
    """A household's quarter as of a moment; `card` is there once people signed and posted it.

    `is_changing`: a newer card was made since and waits for signatures.
    """

    quarter: str
    score: scoring.Score
    rows: list[Row]
    card: Scorecard | None
    is_changing: bool = False

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


@dataclass(frozen=True)
class Before:
    """The quarter before the one that is shown, in short."""

    quarter: str
    card: Scorecard | None
    open_until: datetime | None


@dataclass(frozen=True)
class Agreed:
    """Who of a household agreed to what: each adult's standing purposes, and who is its head."""

    by_member: dict[int, set[str]]
    head: int | None

    def has(self, member: int | None, purpose: str) -> bool:
        """Does an adult's consent to a purpose stand."""
        return purpose in self.by_member.get(member, ())

    @property
    def adults(self) -> int:
        """How many adults live there."""
        return len(self.by_member)

    @property
    def scored(self) -> int:
        """How many of them agreed to be scored."""
        return sum(Consent.Purpose.SCORING in purposes for purposes in self.by_member.values())


def member_of(user: User) -> Member | None:
    """The adult that an account is bound to, in a household still open; None for anybody else."""
    members = Member.objects.filter(user=user, left_on__isnull=True, subject__closed_on__isnull=True)
    return members.select_related("subject", "village").first()


def adult_of(user: User, subject: Subject | int) -> Member | None:
    """The adult of this household that an account is bound to; None for a neighbour or anybody else."""
    member = member_of(user)
    return member if member and member.subject_id == getattr(subject, "pk", subject) else None


@read_once
def agreed(subject: int) -> Agreed:
    """What the adults of a household agreed to; one query."""
    members = Member.objects.filter(subject=subject, left_on__isnull=True)
    purpose = F("consents__purpose"), F("consents__withdrawn_on")
    by_member, head = {}, None
    for pk, is_head, name, withdrawn_on in members.values_list("pk", "is_head", *purpose):
        head = pk if is_head else head
        by_member.setdefault(pk, set()).update([name] if name and not withdrawn_on else [])
    return Agreed(by_member, head)


def sees_score(member: Member) -> bool:
    """May this adult see the score: their own consent stands and so does the head's (limits 1 and 4)."""
    here = agreed(member.subject_id)
    return all(here.has(adult, Consent.Purpose.SCORING) for adult in (member.pk, here.head))


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
    card = _posted_cards(subject, quarter).get(quarter)
    score = scorecards.lines(subject=subject, quarter=quarter, at=card.computed_at if card else at)
    return Sheet(quarter, score, _rows(score.lines, at), card, bool(card and card.is_changing))


def sheet_as_of(subject: Subject, quarter: str, *, at: datetime) -> Sheet:
    """A household's quarter as it stood at a moment: the card posted by then, else the lines posted by then.

    Cases and repairs are told as they are now. Raises Refused when no rulebook was in force.
    """
    cards = Scorecard.objects.filter(subject=subject, quarter=quarter, published_at__lte=at)
    card = cards.order_by("-version").first()
    score = scorecards.lines(subject=subject, quarter=quarter, at=card.computed_at if card else at)
    return Sheet(quarter, score, _rows(score.lines, at), card)


def before(subject: Subject, quarter: str, *, at: datetime) -> Before:
    """The quarter before `quarter`: its card, and until when one of its lines can be objected to."""
    earlier = previous_quarter(quarter)
    lines = Entry.objects.filter(subject=subject, quarter=earlier, reverses=None, reversed_by=None)
    sources = lines.exclude(pk__in=holds.open_at(at).values("entry")).values_list("source", flat=True)
    windows = [fact.open_until for fact in stories.facts(sources).values() if at < fact.open_until]
    card = _posted_cards(subject, quarter).get(earlier)
    return Before(earlier, card, min(windows, default=None))


def _posted_cards(subject: Subject, quarter: str) -> dict[str, Scorecard]:
    return _posted(subject.pk, (previous_quarter(quarter), quarter))


@read_once
def _posted(subject: int, quarters: tuple[str, ...]) -> dict[str, Scorecard]:
    """The newest card of each quarter that people signed and posted; `is_changing` when a newer one waits."""
    newer = Scorecard.objects.filter(
        subject=subject, quarter=OuterRef("quarter"), version__gt=OuterRef("version"), confirmed_at=None
    )
    rows = Scorecard.objects.filter(subject=subject, quarter__in=quarters, confirmed_at__isnull=False)
    rows = rows.annotate(is_changing=Exists(newer))
    return {card.quarter: card for card in rows.filter(published_at__isnull=False).order_by("version")}


def _rows(lines: tuple[scoring.Line, ...], at: datetime) -> list[Row]:
    cause = holds.open_at(at).filter(entry=OuterRef("pk")).values("cause")
    shown = Entry.objects.select_related("rule").only(
        "key", "occurred_on", "raw_tenths", "quantity_milli", "reverses", "source", "rule__number", "rule__text",
        "rule__unit", "rule__repairable",
    )  # fmt: skip
    entries = shown.annotate(cause=Subquery(cause)).in_bulk([line.entry.id for line in lines])
    facts = stories.facts(entry.source for entry in entries.values())
    cases = stories.cases(entry.cause for entry in entries.values() if entry.cause)
    mends = stories.mends(list(entries.values()))
    return [
        Row(
            entry=(entry := entries[line.entry.id]),
            line=line,
            sentence=explain(line),
            fact=facts.get(entry.source),
            case=cases.get(entry.cause),
            mend=mends.get(entry.pk),
            at=at,
        )
        for line in lines
    ]
