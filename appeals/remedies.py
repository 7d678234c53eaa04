"""What an outcome changes: lines taken out of the ledger and lines that count instead, first shown, then done.

Nothing here is a free number: what counts instead follows from a rule and a measure, as with any fact.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from appeals.hands import entries_of
from appeals.models import Objection
from appeals.objections import cause_of
from governance import ledger, points, scorecards, scoring
from governance.access import today
from governance.models import Entry, Rule
from governance.periods import quarter_of
from governance.points import Fact
from governance.refusals import Invalid
from governance.scorecards import as_shape

About, Outcome = Objection.About, Objection.Outcome
GRANTING = (Outcome.UPHELD, Outcome.PARTLY, Outcome.LAPSED)
FIXED = {
    -1: "这一条是固定的分，没有一半，只能支持或者不支持。",
    1: "这一条是固定的分，加不了更多。要是别的事漏记了，请住户另外提“该加没加”。",
}
_FIELD = {"range": "chosen", "ladder": "labels", "components": "labels"}


@dataclass(frozen=True)
class Line:
    """A line that would count: a rule, what it gives for the measure, and where it is booked."""

    rule: Rule
    raw_tenths: int
    occurred_on: date
    quarter: str
    quantity_milli: int = 0


@dataclass(frozen=True)
class Remedy:
    """What changes: `out` are lines taken out, `instead` is one that counts in their place or anew."""

    out: Sequence[Entry] = ()
    instead: Line | None = None

    @property
    def quarter(self) -> str | None:
        """The earliest quarter it touches."""
        found = [entry.quarter for entry in self.out] + ([self.instead.quarter] if self.instead else [])
        return min(found, default=None)

    def as_json(self) -> dict:
        """What a decision keeps: keys and figures, no words."""
        line = self.instead
        return {
            "out": [str(entry.key) for entry in self.out],
            "instead": line
            and {
                "rule": str(line.rule.key), "raw_tenths": line.raw_tenths, "quarter": line.quarter,
                "occurred_on": line.occurred_on.isoformat(), "quantity_milli": line.quantity_milli,
            },
        }  # fmt: skip


@dataclass(frozen=True)
class Change:
    """A quarter's score before and after."""

    quarter: str
    before: scoring.Score
    after: scoring.Score

    @property
    def is_change(self) -> bool:
        """Would anything the household sees differ."""
        return (self.before.total_tenths, self.before.colour) != (self.after.total_tenths, self.after.colour)


def of(
    case: Objection, outcome: str, *, measure: Fact | None = None, rule: Rule | None = None,
    out: Sequence[Entry] = (),
) -> Remedy:  # fmt: skip
    """What an outcome would change. Raises Invalid with what is missing or does not fit.

    `measure` is what was really the case, where something counts instead; `rule` the one a missing plus comes
    under; `out` the deductions to take out of a scorecard.
    """
    if outcome not in GRANTING or case.about == About.REPAIR:
        if case.about == About.REPAIR and outcome == Outcome.PARTLY:
            raise Invalid(outcome="修复没批的，只能支持或者不支持，没有一半。")
        return Remedy()
    if case.about == About.SCORECARD:
        return _of_card(case, out)
    if case.about == About.MISSING:
        return _of_missing(case, rule or case.rule, measure)
    return _of_entry(case, outcome, measure)


def changes(case: Objection, remedy: Remedy, *, at: datetime) -> list[Change]:
    """Each quarter's score as it stands and as the outcome would make it, from the first touched to this one.

    "As it stands" counts the hold of this case, "after" no longer. Constant queries per quarter; writes nothing.
    """
    first = remedy.quarter or min((entry.quarter for entry in entries_of(case)), default=None)
    found = _changes(case, remedy, first, at=at)
    return [change for n, change in enumerate(found) if n == 0 or change.is_change]


def effect(case: Objection, remedy: Remedy, *, at: datetime) -> list[Change]:
    """The quarters whose score a remedy changes, "before" being the score as if nobody had objected."""
    found = _changes(case, remedy, remedy.quarter, at=at, before=cause_of(case))
    return [change for change in found if change.is_change]


def lines_of(case: Objection, remedy: Remedy) -> list[Entry]:
    """The ledger lines of a remedy, drafted. What counts instead is known by the case."""
    source = cause_of(case)
    lines = [ledger.reversal(entry, source=source) for entry in remedy.out]
    if line := remedy.instead:
        lines.append(
            ledger.draft(
                subject=case.subject, rule=line.rule, quarter=line.quarter, occurred_on=line.occurred_on,
                raw_tenths=line.raw_tenths, quantity_milli=line.quantity_milli, source=source,
            )
        )  # fmt: skip
    return lines


def from_json(case: Objection, kept: dict) -> Remedy:
    """What a decision kept, as it was decided."""
    out = list(
        Entry.objects.filter(village=case.village_id, key__in=kept.get("out", [])).select_related(
            "rule", "subject"
        )
    )
    line = kept.get("instead")
    if line is None:
        return Remedy(out)
    rule = Rule.objects.get(key=line["rule"], village=case.village_id)
    day = date.fromisoformat(line["occurred_on"])
    return Remedy(out, Line(rule, line["raw_tenths"], day, line["quarter"], line["quantity_milli"]))


def standing(remedy: Remedy) -> Remedy:
    """What is left of a remedy when lines it takes out were taken out otherwise meanwhile; nothing comes in their place."""
    gone = set(Entry.objects.filter(reverses__in=remedy.out).values_list("reverses", flat=True))
    if not gone:
        return remedy
    return Remedy([entry for entry in remedy.out if entry.pk not in gone])


def _of_entry(case: Objection, outcome: str, measure: Fact | None) -> Remedy:
    """A deduction goes, wholly or down to less; a plus too small becomes larger. Never worse than it was."""
    entry = case.entry
    if entry.rule.sign < 0 and outcome != Outcome.PARTLY:
        return Remedy([entry])
    if entry.rule.shape in (Rule.Shape.FIXED, Rule.Shape.SELF_SET):
        raise Invalid(outcome=FIXED[entry.rule.sign])
    raw = _worth(entry.rule, measure)
    if raw <= entry.raw_tenths:
        now = points.format_points(entry.raw_tenths)
        raise Invalid(
            outcome=f"这样算出来是{points.format_points(raw)}，不比原来的{now}好。提异议不能让人吃亏，没有改的就选“不支持”。"
        )
    if not raw:
        raise Invalid(outcome="这样算就不减分了，请选“支持”。")
    return Remedy([entry], _line(case, entry.rule, raw, measure, entry.occurred_on, entry.quarter))


def _of_missing(case: Objection, rule: Rule | None, measure: Fact | None) -> Remedy:
    if rule is None or rule.sign < 0:
        raise Invalid(rule="请选按细则哪一条加分。")
    raw = _worth(rule, measure)
    if raw <= 0:
        raise Invalid(outcome="这样算出来不加分，请核对数量。")
    return Remedy([], _line(case, rule, raw, measure, case.occurred_on, quarter_of(case.occurred_on)))


def _of_card(case: Objection, out: Sequence[Entry]) -> Remedy:
    allowed = {entry.pk for entry in entries_of(case) if entry.rule.sign < 0}
    if not out or {entry.pk for entry in out} - allowed:
        raise Invalid(out="请勾上这一季里要撤掉的减分，一条也没有就选“不支持”。")
    return Remedy(list(out))


def _line(case, rule, raw, measure, day, quarter) -> Line:
    return Line(rule, raw, day, quarter, measure.quantity_milli)


def _worth(rule: Rule, measure: Fact | None) -> int:
    """What the rule gives for what was really the case, signed tenths."""
    if measure is None:
        raise Invalid(measure="请填实际是多少，分由细则来算。")
    try:
        return points.propose(
            as_shape(rule), quantity_milli=measure.quantity_milli, chosen_tenths=measure.chosen_tenths,
            labels=measure.labels,
        ).raw_tenths  # fmt: skip
    except ValueError as error:
        raise Invalid(**{_FIELD.get(rule.shape, "quantity"): str(error)}) from error


def _changes(
    case: Objection, remedy: Remedy, first: str | None, *, at: datetime, before: str = ""
) -> list[Change]:
    """Each quarter from the first to this one; `before` is the cause of holds that did not count before either."""
    reached = scorecards.reached(first) if first else []
    return [
        _change(case, remedy, quarter, at=at, before=before)
        for quarter in reached
        if quarter <= quarter_of(today(at))
    ]


def _change(case: Objection, remedy: Remedy, quarter: str, *, at: datetime, before: str) -> Change:
    subject, base = case.subject_id, scorecards.base_tenths(case.village_id, quarter)
    asked = {"village": case.village_id, "quarter": quarter, "base": base, "at": at}
    also = {subject: [*map(scorecards.undone, remedy.out), *_added(remedy)]}
    was = scorecards.results([subject], **asked, without=before)[subject].score
    is_then = scorecards.results([subject], **asked, also=also, without=cause_of(case))[subject]
    return Change(quarter, was, is_then.score)


def _added(remedy: Remedy) -> list[scoring.Entry]:
    line = remedy.instead
    if line is None:
        return []
    newest = 2**62  # posted after everything that is there
    return [
        scoring.Entry(
            newest, line.rule.pk, line.occurred_on, newest, line.quarter, line.raw_tenths, line.quantity_milli
        )
    ]
