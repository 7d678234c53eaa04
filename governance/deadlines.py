"""By when: deadlines are rows; the ticker fires what is due, once (design/3-processes.md)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from django.db import models, transaction
from django.utils import timezone

from governance import workdays
from governance.access import today
from governance.models import CalendarDay, Deadline, Division

# kind -> what to do when it passes: handler(about_id, at). Upper layers register theirs at start.
HANDLERS: dict[str, Callable[[int, datetime], None]] = {}


def handles(kind: str):
    """Register the function that runs when deadlines of a kind pass."""

    def register(handler):
        HANDLERS[kind] = handler
        return handler

    return register


def end_of(day: date) -> datetime:
    """The last moment of a calendar day, local time: what 「10月28日前」 means."""
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min)) - timedelta(seconds=1)


def workdays_after(at: datetime, days: int) -> workdays.Due:
    """The day `days` working days after a moment, by the official calendar under the entered rows."""
    rows = CalendarDay.objects.filter(day__year__gte=today(at).year)  # whole years: workdays looks for them
    known = dict(rows.values_list("day", "is_workday"))
    return workdays.add_workdays(today(at), days, known)


def set_deadline(
    kind: str, *, about: models.Model, village: Division, due: datetime, provisional: bool = False
) -> Deadline:
    """Set, move or re-open the one deadline of a kind about a thing."""
    row, _ = Deadline.objects.update_or_create(
        about_type=about._meta.label_lower,
        about_id=about.pk,
        kind=kind,
        defaults={
            "village": village,
            "due_at": due,
            "provisional": provisional,
            "fired_at": None,
            "cancelled_at": None,
        },
    )
    return row


def cancel(kind: str, *, about: models.Model, at: datetime) -> None:
    """A deadline that no longer matters because the thing was done."""
    _open().filter(kind=kind, about_type=about._meta.label_lower, about_id=about.pk).update(cancelled_at=at)


def fire_due(at: datetime) -> list[Deadline]:
    """Fire every deadline that is due, each in its own transaction, each once however many tickers run.

    A handler that fails leaves its deadline open for the next tick and does not stop the others: its
    error is raised at the end.
    """
    fired, failed = [], []
    for row in _open().filter(due_at__lte=at).order_by("due_at", "pk"):
        try:
            if _fire(row, at):
                fired.append(row)
        except Exception as error:
            if _open().filter(pk=row.pk).exists():  # else another ticker was first and this one came too late
                failed.append(error)
    if failed:
        raise ExceptionGroup(f"{len(failed)} of {len(failed) + len(fired)} deadlines failed", failed)
    return fired


@transaction.atomic
def _fire(row: Deadline, at: datetime) -> bool:
    """Run the handler, then mark the deadline: things are locked before their deadlines, as everywhere."""
    if not _open().filter(pk=row.pk).exists():
        return False
    HANDLERS[row.kind](row.about_id, at)
    marked = bool(_open().filter(pk=row.pk, due_at__lte=at).update(fired_at=at))
    moved = not marked and _open().filter(pk=row.pk).exists()  # the handler set it anew, for later
    transaction.set_rollback(not (marked or moved))
    return marked or moved


def _open():
    return Deadline.objects.filter(fired_at__isnull=True, cancelled_at__isnull=True)
