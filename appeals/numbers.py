"""Numbers of cases, as people say them: YY-2026-0001 (objection), XF- (repair), GZ- (correction in bulk)."""

from datetime import datetime

from django.db.models import QuerySet

from governance.access import today


def next_number(kind: str, rows: QuerySet, at: datetime) -> str:
    """The next number of the year among `rows` of one village, whose row the caller has locked."""
    prefix = f"{kind}-{today(at).year}-"
    last = rows.filter(number__startswith=prefix).order_by("-id").values_list("number", flat=True).first()
    return f"{prefix}{int(last.removeprefix(prefix)) + 1 if last else 1:04d}"
