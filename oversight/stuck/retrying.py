"""A retry: by an operator, with a reason, once; what came of it is an event either way."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Model, QuerySet
from django.utils import timezone

from governance import access
from governance.events import record
from governance.failures import said
from governance.members import check_reason
from governance.middleware import is_busy
from governance.models import Appointment, Division, Event, User
from governance.models.people import Role
from governance.refusals import Conflict
from oversight.stuck.registry import SOURCES, Item, Source

AT_ONCE = 50  # in one request: each is a transaction of its own


@dataclass(frozen=True)
class Outcome:
    """What came of one retry; `error` is kind and place of what went wrong."""

    item: Item
    done: bool
    error: str = ""


@dataclass(frozen=True)
class Attempt:
    """One line of what was tried: who, when, where, why, and with what outcome."""

    event: Event
    what: str
    why: str
    done: bool
    error: str


def places(user: User, *, at: datetime) -> QuerySet[Division]:
    """Villages whose machinery a user keeps going."""
    return access.villages(user, Role.OPERATOR, at=at)


def retry(*, source: Source, row: Model, why: str, by: User, at: datetime) -> Outcome:
    """Try one stuck thing again, in one transaction with its event; one that fails leaves only its own event.

    Raises Refused (no operator here), Invalid (no reason), and Conflict with who was first when it is not stuck
    any more. Locks as the function does that it calls.
    """
    [item] = source.items([row])
    role = access.check_role(by, Role.OPERATOR, village=item.village, at=at)
    check_reason(why)
    if not is_stuck(source, row, at=at):
        raise Conflict(_who_was_first(source, row, None))
    told = {"village": item.village, "about": row, "by": by, "at": at, "role": role, "why": why.strip()}
    told["subject_key"] = source.household(row)
    detail = {"source": source.name, "what": item.title}
    try:
        with transaction.atomic():
            source.retry(row, by=by, at=at)
            record(source.done, **told, detail=detail)
    except Exception as error:
        if is_busy(error):
            raise
        if not is_stuck(source, row, at=at):
            raise Conflict(_who_was_first(source, row, error)) from error
        with transaction.atomic():
            source.note(row, error, at=at)
            record(source.failed, **told, detail={**detail, "error": said(error)})
        return Outcome(item, False, said(error))
    return Outcome(item, True)


def retry_each(
    *, source: Source, rows: Iterable[Model], why: str, by: User, at: datetime
) -> tuple[list[Outcome], int]:
    """Try several again, each by itself and whatever becomes of the others: outcomes, and how many others had done.

    Raises Refused or Invalid as `retry`, before anything is done.
    """
    outcomes, late = [], 0
    for row in rows:
        try:
            outcomes.append(retry(source=source, row=row, why=why, by=by, at=at))
        except Conflict:
            late += 1
    return outcomes, late


def is_stuck(source: Source, row: Model, *, at: datetime) -> bool:
    """Is a row still among what is stuck."""
    return source.rows(Division.objects.all(), at=at).filter(pk=row.pk).exists()


def attempts(where: QuerySet[Division]) -> QuerySet[Event]:
    """What operators of some villages tried, newest first."""
    return _attempts().filter(village__in=where)


def attempts_on(source: Source, row: Model) -> QuerySet[Event]:
    """What was tried with one thing, newest first."""
    about_id = str(getattr(row, "key", row.pk))
    return _attempts().filter(about_type=row._meta.label_lower, about_id=about_id)


def in_words(events: Iterable[Event]) -> list[Attempt]:
    """Attempts as the page tells them; no queries."""
    done = {source.done for source in SOURCES.values()}
    return [_attempt(event, event.name in done) for event in events]


def _attempts() -> QuerySet[Event]:
    names = {name for source in SOURCES.values() for name in (source.done, source.failed) if name}
    # By who acts: an operator has few events, a village many.
    operators = Appointment.objects.filter(role=Role.OPERATOR).values("user")
    rows = Event.objects.filter(by__in=operators, name__in=names)
    return rows.select_related("by", "village", "body").order_by("-at", "-id")


def _attempt(event: Event, done: bool) -> Attempt:
    body = json.loads(event.body.content) if hasattr(event, "body") else {}
    detail = body.get("detail", {})
    return Attempt(event, detail.get("what", ""), body.get("why", ""), done, detail.get("error", ""))


def _who_was_first(source: Source, row: Model, error: Exception | None) -> str:
    event = attempts_on(source, row).filter(name=source.done).first()
    if event is None:
        return str(error) if isinstance(error, Conflict) else "这件刚刚办掉了，不用再办。"
    when = timezone.localtime(event.at)
    return f"{event.by}在{when.month}月{when.day}日{when:%H:%M}已经办了，不用再办。您写的没有存。"
