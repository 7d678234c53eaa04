"""One line of the ledger under the draft's rule: the same fact, its points computed anew."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from governance.models import Entry
from governance.points import Fact, propose
from governance.scorecards import as_shape
from governance.shapes import Shape
from oversight.whatif.matching import Match
from workflows.models import Observation

CANNOT = "新细则的算法不同，上季记下的事不够算"


@dataclass(frozen=True)
class Recounted:
    """The raw points of a line under the draft, signed tenths; None where the fact does not tell them."""

    raw_tenths: int | None


def facts(entries: Iterable[Entry]) -> dict[int, Fact]:
    """What was filled in for each line that came out of a monthly review, by the line's id; one query."""
    rows = Observation.objects.filter(entry__in=entries)
    found = rows.values_list("entry__pk", "quantity_milli", "chosen_tenths", "labels")
    return {pk: Fact(quantity, chosen, tuple(labels)) for pk, quantity, chosen, labels in found}


def recount(entry: Entry, match: Match, known: Mapping[int, Fact]) -> Recounted:
    """What the draft gives for a line: as it was where the rule counts the same, else computed from the fact.

    A line that was put there by a case or a repair has no fact of its own: it is counted only where the rule is
    the same. An amount chosen within a range is kept within the draft's range.
    """
    if match.is_same:
        return Recounted(entry.raw_tenths)
    fact = known.get(entry.pk)
    if match.new is None or fact is None:
        return Recounted(None)
    rule = as_shape(match.new)
    if rule.shape is Shape.RANGE:
        if fact.chosen_tenths is None:
            return Recounted(None)
        fact = Fact(chosen_tenths=min(max(fact.chosen_tenths, rule.min_tenths), rule.max_tenths))
    try:
        proposal = propose(
            rule, quantity_milli=fact.quantity_milli, chosen_tenths=fact.chosen_tenths, labels=fact.labels
        )
    except ValueError:
        return Recounted(None)
    return Recounted(proposal.raw_tenths)
