"""What one fact would count for before it is saved: the rule's points, and what limits leave of them.

Reads the ledger and what is on its way to it, writes nothing. Source: mockup b-rater-add-fact.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from governance import points, scorecards, scoring
from governance.explain import explain
from governance.models import Rule, Subject
from governance.periods import quarter_of
from governance.refusals import Refused
from governance.scoring import Line, Window
from governance.terms import terms
from workflows.models import Observation, Round
from workflows.observations import Fact, booked_quarter

ON_THE_WAY = [
    Observation.State.DRAFTED,
    Observation.State.FILED,
    Observation.State.CONFIRMED,
    Observation.State.APPROVED,
]
_ID = "this"
_BAR = 200
_THIS = {Window.DAY: "当天", Window.MONTH: "当月", Window.QUARTER: "本季"}


@dataclass(frozen=True)
class Bar:
    """How full a limit in points is: used before, taken now, amounts absolute; widths of a 200 wide drawing."""

    window: str
    cap_tenths: int
    used_tenths: int
    now_tenths: int

    @property
    def used_width(self) -> int:
        """Width of what was used before."""
        return _BAR * self.used_tenths // self.cap_tenths

    @property
    def now_width(self) -> int:
        """Width of what this fact takes."""
        return _BAR * self.now_tenths // self.cap_tenths


@dataclass(frozen=True)
class Estimate:
    """The answer of a rule to a fact: `tenths` would count, `sentence` says why; `bar` for a limit in points."""

    tenths: int
    sentence: str
    bar: Bar | None = None


def rule_terms(rule: Rule) -> str:
    """A rule row's terms in words."""
    return terms(scorecards.as_shape(rule))


def proposed(rule: Rule, fact: Fact) -> points.Proposal:
    """What a rule gives for a fact on its own; ValueError with a sentence when it still misses a number."""
    return points.propose(
        scorecards.as_shape(rule),
        quantity_milli=fact.quantity_milli,
        chosen_tenths=fact.chosen_tenths,
        labels=fact.labels,
    )


def estimate(
    *,
    subject: Subject,
    rule: Rule,
    round: Round,
    fact: Fact,
    at: datetime,
    besides: Observation | None = None,
) -> Estimate:
    """What a fact would count for in its round's quarter, with everything else on its way counted before it.

    `besides` is left out of the count (the draft being edited). Raises ValueError with a sentence when the
    rule still misses a number. Where no rulebook was in force when the quarter began, only the rule speaks.
    """
    proposal = proposed(rule, fact)
    quarter = quarter_of(round.month)
    entry = scoring.Entry(
        _ID, rule.pk, fact.occurred_on, 1 << 62, quarter, proposal.raw_tenths, fact.quantity_milli
    )
    also = {subject.pk: [*_on_the_way(subject, quarter, besides), entry]}
    try:
        base = scorecards.base_tenths(subject.village_id, quarter)
    except Refused:
        return Estimate(proposal.raw_tenths, proposal.sentence)
    found = scorecards.results(
        [subject.pk], village=subject.village_id, quarter=quarter, base=base, at=at, also=also
    )
    lines = found[subject.pk].score.lines
    [mine] = [line for line in lines if line.entry.id == _ID]
    return Estimate(mine.effective_tenths, explain(mine), _bar(mine, lines))


def _on_the_way(subject: Subject, quarter: str, besides: Observation | None) -> Iterable[scoring.Entry]:
    rows = Observation.objects.filter(subject=subject, state__in=ON_THE_WAY).select_related("round")
    for row in rows:
        if booked_quarter(row) == quarter and row != besides:
            yield scoring.Entry(
                f"draft-{row.pk}", row.rule_id, row.occurred_on, (1 << 61) + row.pk, quarter, row.raw_tenths,
                row.quantity_milli,
            )  # fmt: skip


def _bar(mine: Line, lines: Iterable[Line]) -> Bar | None:
    caps = [cap for cap in mine.rule.caps if cap.window in _THIS and cap.points_tenths]
    if not caps:
        return None
    cap = caps[-1]
    bucket = _bucket(cap.window, mine.entry.occurred_on)
    used = sum(
        abs(line.effective_tenths)
        for line in lines
        if line is not mine
        and line.rule.family == mine.rule.family
        and _bucket(cap.window, line.entry.occurred_on) == bucket
    )
    return Bar(_THIS[cap.window], cap.points_tenths, min(used, cap.points_tenths), abs(mine.effective_tenths))


def _bucket(window: Window, day: date):
    return {Window.DAY: day, Window.MONTH: (day.year, day.month)}.get(window)
