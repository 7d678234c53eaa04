"""A line of the ledger is posted by the event that brought it, at that event's moment: what counts when, and who decided."""

from __future__ import annotations

from governance.events import row_name
from governance.models import Entry
from governance.verifying.found import AllSaid, Found

_TABLE = Entry._meta.db_table


def check(found: Found, said: AllSaid) -> None:
    """Compare the event and the moment of each line, which no digest holds, with the event that first named it."""
    rows = Entry.objects.filter(village=found.village).order_by("pk").only("key", "event_id", "posted_at")
    for line in found.reading(rows):
        event, at = said.lines.get(row_name(line), (None, None))
        if event is None:
            continue  # `rows` says that nobody vouches for it
        if line.event_id != event:
            found.broken(_TABLE, line.key, f"是第{event}号事件记的，这一行却写着第{line.event_id}号")
        if line.posted_at != at:
            found.broken(_TABLE, line.key, f"记账的时刻和第{event}号事件的不一样")
