"""The roster of a day, taken out by the clerk: it holds names, so that it was taken out is an event."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from governance.access import check_role
from governance.events import record
from governance.models import Division, User
from governance.models.people import Role
from governance.spreadsheets import xlsx
from oversight.asof import differences, roster
from oversight.asof.days import Days


@transaction.atomic
def roster_out(*, village: Division, days: Days, by: User, at: datetime) -> bytes:
    """The roster of a day, or what differs between two days, as XLSX. Raises Refused (not the clerk)."""
    role = check_role(by, Role.CLERK, village=village, at=at)
    if pair := days.earlier_first:
        found = roster.difference(village, pair, at=at)
        lines = differences.table(found, lambda home: home.cells, roster.HEADS)
    else:
        lines = [roster.HEADS, *(home.cells for home in roster.homes(village, days.on, at=at).values())]
    detail = {"rows": len(lines) - 1, "on": str(days.on), "then": str(days.then or "")}
    record("roster.exported", village=village, about=village, by=by, at=at, role=role, detail=detail)
    return xlsx(lines)
