"""The ledger: the only writer of Entry. Nothing is changed or taken back, only added.

Three steps, because an event names the digests of the lines it brings and a line names its event:

    lines = [ledger.draft(...), ledger.reversal(...)]
    event = record("round.published", rows=[round, *lines], ...)
    ledger.post(lines, event=event)
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import IntegrityError, transaction

from governance.events import row_name
from governance.models import Entry, Event, Rule, Subject
from governance.refusals import Conflict


def draft(
    *,
    subject: Subject,
    rule: Rule,
    quarter: str,
    occurred_on: date,
    raw_tenths: int,
    source: str,
    quantity_milli: int = 0,
    origin: str = Entry.Origin.VILLAGE,
) -> Entry:
    """A line not posted yet: what `rule` alone gives for one fact, booked in `quarter`.

    `raw_tenths` is signed (governance.points.propose), `source` says what was decided ("observation:<key>"):
    one source counts once. No effects.
    """
    return Entry(
        village_id=subject.village_id,
        subject=subject,
        rule=rule,
        quarter=quarter,
        occurred_on=occurred_on,
        raw_tenths=raw_tenths,
        quantity_milli=quantity_milli,
        origin=origin,
        source=source,
    )


def reversal(entry: Entry, *, source: str) -> Entry:
    """The line, not posted yet, that takes `entry` out of the score, booked in the quarter it takes it from.

    What should count instead is a further draft with its own source. No effects.
    """
    line = draft(
        subject=entry.subject,
        rule=entry.rule,
        quarter=entry.quarter,
        occurred_on=entry.occurred_on,
        raw_tenths=-entry.raw_tenths,
        quantity_milli=entry.quantity_milli,
        origin=entry.origin,
        source=source,
    )
    line.reverses = entry
    return line


@transaction.atomic
def post(lines: Sequence[Entry], *, event: Event) -> list[Entry]:
    """Write drafted lines under the event that decided them, all or none.

    Raises Conflict when a source is already counted or an entry already reversed (somebody was first), and
    ValueError when the event does not hold the digest of a line: the log would not vouch for it.
    """
    for line in lines:
        if row_name(line) not in event.digests:
            raise ValueError(f"event {event.name} has no digest of {row_name(line)}")
        line.event, line.posted_at = event, event.at
    try:
        with transaction.atomic():
            return Entry.objects.bulk_create(lines, batch_size=500)
    except IntegrityError as error:
        if _taken(lines):
            raise Conflict("这件事已经记过账了，不能再记一次。请刷新页面，看看是谁先办的。") from error
        raise


def _taken(lines: Sequence[Entry]) -> bool:
    """Whether a line's source is counted already, or its target reversed already."""
    ordinary = [line.source for line in lines if line.reverses_id is None]
    targets = [line.reverses_id for line in lines if line.reverses_id is not None]
    counted = Entry.objects.filter(
        village__in={line.village_id for line in lines}, source__in=ordinary, reverses__isnull=True
    )
    return (
        counted.exists()
        or Entry.objects.filter(reverses__in=targets).exists()
        or len({*ordinary, *targets}) < len(lines)
    )
