"""Recompute everything that the log and the events vouch for, and name each row that is not as it was said.

Four questions, village by village: does the tree over the leaves give the kept roots (`leaves`); does each leaf open to
its event and words (`events`); is each row what the latest event about it said (`rows`, `steps`); were the cards of a quarter
what the settlement said (`cards`). Reads only. What it cannot catch is in docs/trust.md. Source: design/5-trust.md.
"""

from __future__ import annotations

from collections.abc import Iterator

from governance.models import Division
from governance.snapshot import held
from governance.verifying import cards, events, leaves, rows, steps
from governance.verifying.found import Break, Found

__all__ = ["Break", "Found", "verify", "verify_all"]


def verify(village: Division) -> Found:
    """Everything of one village."""
    found = Found(village)
    with held():  # a row that is written between two of the questions would look slipped in
        leaves.check(found)
        said = events.check(found)
        cards.check(found, said)
        steps.check(found, said)
        rows.check(found, said)
    return found


def verify_all(codes: tuple[str, ...] = ()) -> Iterator[Found]:
    """Village after village, all of them or those with these codes."""
    villages = Division.objects.filter(level=Division.Level.VILLAGE).order_by("code")
    for village in villages.filter(code__in=codes) if codes else villages:
        yield verify(village)
