"""The one table of what is told to whom: event name → kinds, in order; who is told by one is not told by the next.

Every name of governance.event_names stands here or in `silent.SILENT`, with the reason; a test reads both.
"""

from __future__ import annotations

from collections import defaultdict

from notifications.kinds import cases, month, village
from notifications.kinds.base import Kind
from notifications.kinds.reminded import REMINDERS

OF_EVENTS: tuple[Kind, ...] = (*month.KINDS, *cases.KINDS, *village.KINDS)
OF_DEADLINES: tuple[Kind, ...] = tuple(kind for _, kinds in REMINDERS.values() for kind in kinds)
ALL = (*OF_EVENTS, *OF_DEADLINES)
BY_NAME: dict[str, Kind] = {kind.name: kind for kind in ALL}
BY_EVENT: dict[str, list[Kind]] = defaultdict(list)
for _kind in OF_EVENTS:
    BY_EVENT[_kind.event].append(_kind)
BY_EVENT.default_factory = None
