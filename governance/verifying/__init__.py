"""Recompute everything that the log and the events vouch for, and name each row that is not as it was said.

Four questions, place by place: does the tree over the leaves give the kept roots (`leaves`); does each leaf open to
its event and words (`events`); is each row what the latest event about it said (`rows`, `lines`, `steps`); were the cards of
a quarter what the settlement said (`cards`). Reads only. What it cannot catch is in docs/trust.md. Source: design/5-trust.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from governance.models import Division, Entry, Event, RuleStep, Scorecard
from governance.snapshot import held
from governance.verifying import cards, events, leaves, lines, rows, steps
from governance.verifying.found import AllSaid, Break, Found
from transparency.models import Checkpoint, Epoch, Leaf, Log

__all__ = ["ALSO", "AllSaid", "Break", "Found", "places", "verify", "verify_all"]

# check(found, said): what layers above have events vouch for in their own way.
ALSO: list[Callable[[Found, AllSaid], None]] = []


def verify(village: Division) -> Found:
    """Everything of one village, or of a place above that has a log; what cannot be read at all is a break too."""
    found = Found(village)
    # Before the snapshot: what is signed while it is held would look as if the log had become shorter.
    remembered = leaves.remembered(found)
    with held():  # a row that is written between two of the questions would look slipped in
        with found.naming(Log):
            leaves.check(found, remembered)
        said = events.check(found)
        for table, ask in ((Scorecard, cards), (RuleStep, steps), (Entry, lines), (Event, rows)):
            with found.naming(table):
                ask.check(found, said)
        for check in ALSO:
            with found.naming(Event):
                check(found, said)
    return found


def verify_all(codes: tuple[str, ...] = ()) -> Iterator[Found]:
    """Place after place, all of them or those with these codes."""
    for place in places(codes):
        if place.pk:
            yield verify(place)
        else:
            found = Found(place)
            found.broken(Division._meta.db_table, place.code, "有这个代码的日志，却没有这个地方")
            yield found


def places(codes: tuple[str, ...] = ()) -> list[Division]:
    """Every village, and whatever else has a log or an event, by code; a log of no place is a place without a row."""
    logs = {code for model in (Log, Epoch, Checkpoint, Leaf) for code in _codes(model)}
    told = set(Event.objects.order_by().values_list("village", flat=True).distinct())
    known = {place.code: place for place in Division.objects.all()}
    wanted = [
        known.get(code) or Division(code=code, name=code)
        for code in sorted(logs | known.keys())
        if not codes or code in codes
    ]
    village = Division.Level.VILLAGE
    return [each for each in wanted if each.level == village or each.code in logs or each.pk in told]


def _codes(model) -> Iterator[str]:
    return model.objects.order_by().values_list("village", flat=True).distinct().iterator()
