"""By when: deadlines are rows; the ticker fires what is due, once (design/3-processes.md)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from django.db import models, transaction
from django.utils import timezone

from governance import workdays
from governance.access import today
from governance.failures import said
from governance.models import CalendarDay, Deadline, Division

# kind -> what to do when it passes: handler(about_id, at). Upper layers register theirs at start.
HANDLERS: dict[str, Callable[[int, datetime], None]] = {}
# The slowest ticker comes once a minute: what is due for longer than this was missed.
GRACE = timedelta(minutes=5)
# kind -> what else keeps the day: moved(about_id, day, at), called when a new calendar moves a deadline.
MOVED: dict[str, Callable[[int, date, datetime], None]] = {}


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
    return workdays_from(today(at), days)


def workdays_from(day: date, days: int) -> workdays.Due:
    """The day `days` working days after a day; that day itself is not counted."""
    return workdays.add_workdays(day, days, _known(day))


def workday_before(day: date) -> date:
    """The last working day before a day."""
    known, found = _known(day - timedelta(days=30)), day - timedelta(days=1)
    while not workdays.is_workday(found, known).worked:
        found -= timedelta(days=1)
    return found


def workdays_within(first: date, last: date) -> list[date]:
    """The working days from `first` to `last`, both included; one query."""
    known = _known(first)
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return [day for day in days if workdays.is_workday(day, known).worked]


def set_workdays(
    kind: str, *, about: models.Model, village: Division, days: int, at: datetime, is_residents: bool = False
) -> Deadline:
    """Set the deadline of a kind to the end of the `days`-th working day after a moment.

    In a year the calendar does not know it is provisional, and counted again by `recount`. `is_residents`: it
    is the household's own time.
    """
    due = workdays_after(at, days)
    counted = {"starts_on": today(at), "workdays": days, "is_residents": is_residents}
    return set_deadline(
        kind, about=about, village=village, due=end_of(due.on), provisional=due.provisional, **counted
    )


@transaction.atomic
def recount(at: datetime) -> list[Deadline]:
    """A year of the calendar came in: count the provisional deadlines again. Returns those that moved.

    Never to the resident's disadvantage: their own time may only grow, what others owe them only come sooner
    (design/2-domain.md, Policy).
    """
    moved = []
    rows = (
        _open().filter(provisional=True, workdays__isnull=False).select_for_update(of=("self",), no_key=True)
    )
    for row in rows.order_by("pk"):
        counted = workdays_from(row.starts_on, row.workdays)
        better = max if row.is_residents else min
        before, row.due_at = row.due_at, better(row.due_at, end_of(counted.on))
        row.provisional = counted.provisional
        row.save(update_fields=["due_at", "provisional"])
        if row.due_at != before:
            moved.append(row)
            if row.kind in MOVED:
                MOVED[row.kind](row.about_id, today(row.due_at), at)
    return moved


def set_deadline(
    kind: str,
    *,
    about: models.Model,
    village: Division,
    due: datetime,
    provisional: bool = False,
    starts_on: date | None = None,
    workdays: int | None = None,
    is_residents: bool = False,
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
            "starts_on": starts_on,
            "workdays": workdays,
            "is_residents": is_residents,
            "fired_at": None,
            "cancelled_at": None,
            "failed_at": None,
            "failures": 0,
            "error": "",
        },
    )
    return row


def cancel(kind: str, *, about: models.Model, at: datetime) -> None:
    """A deadline that no longer matters because the thing was done."""
    _open().filter(kind=kind, about_type=about._meta.label_lower, about_id=about.pk).update(cancelled_at=at)


def fire_due(at: datetime) -> list[Deadline]:
    """Fire every deadline that is due, each in its own transaction, each once however many tickers run.

    A handler that fails leaves its deadline open for the next tick, with a note for the operators, and does not
    stop the others: its error is raised at the end.
    """
    fired, failed = [], []
    for row in due(at):
        try:
            if fire(row, at):
                fired.append(row)
        except Exception as error:
            if note_failure(row, error, at):  # else another ticker was first and this one came too late
                failed.append(error)
    if failed:
        raise ExceptionGroup(f"{len(failed)} of {len(failed) + len(fired)} deadlines failed", failed)
    return fired


def due(at: datetime) -> models.QuerySet[Deadline]:
    """Deadlines that are to be fired now, the oldest first."""
    return _open().filter(due_at__lte=at).order_by("due_at", "pk")


@transaction.atomic
def fire(row: Deadline, at: datetime) -> bool:
    """Run the handler of one deadline that is due, then mark it; False when it is not open (any more).

    Things are locked before their deadlines, as everywhere. Raises what the handler raises. A handler that ends
    the thing cancels what is open about it, this deadline too: it fired all the same.
    """
    if not _open().filter(pk=row.pk, due_at__lte=at).exists():
        return False
    HANDLERS[row.kind](row.about_id, at)
    unfired = Deadline.objects.filter(pk=row.pk, fired_at__isnull=True, due_at__lte=at)
    marked = bool(unfired.update(fired_at=at, cancelled_at=None))
    moved = not marked and _open().filter(pk=row.pk).exists()  # the handler set it anew, for later
    transaction.set_rollback(not (marked or moved))
    return marked or moved


def note_failure(row: Deadline, error: Exception, at: datetime) -> bool:
    """Keep that a deadline's handler failed: kind and place of the error, no words. False when it is not open."""
    note = {"failed_at": at, "failures": models.F("failures") + 1, "error": said(error)}
    return bool(_open().filter(pk=row.pk).update(**note))


def missed(at: datetime) -> models.QuerySet[Deadline]:
    """Deadlines that should have fired: tried in vain, or due for longer than a ticker may take; oldest first."""
    late = models.Q(failed_at__isnull=False) | models.Q(due_at__lte=at - GRACE)
    return _open().filter(late, due_at__lte=at).order_by("due_at", "pk")


def _known(start: date) -> dict[date, bool]:
    """The entered rows of whole years from that of `start` on: workdays looks for them."""
    rows = CalendarDay.objects.filter(day__gte=date(start.year, 1, 1))
    return dict(rows.values_list("day", "is_workday"))


def _open():
    return Deadline.objects.filter(fired_at__isnull=True, cancelled_at__isnull=True)
