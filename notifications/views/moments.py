"""A moment in an address: what was done at once is found again by when it was done, to be taken back."""

from datetime import datetime

from django.utils import timezone
from django.utils.dateparse import parse_datetime

YEARS = range(2000, 9999)  # at either end of what a datetime holds it cannot be said in another zone


def moment(written: str | None) -> datetime | None:
    """A moment as `isoformat` wrote it; None for anything else."""
    try:
        found = parse_datetime(written or "")
    except ValueError:
        return None
    return found if found and timezone.is_aware(found) and found.year in YEARS else None
