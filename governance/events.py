"""One line per thing done, written in the transaction of the thing: event, private body, log leaf.

The event is also the outbox: notifications reads events it has not delivered (design/4-architecture.md).
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import models
from django.utils import timezone

from governance.models import Division, Event, EventBody, User
from governance.requests import current_request_id
from transparency import log
from transparency.leaf import canonical, commit


def record(
    name: str,
    *,
    village: Division,
    about: models.Model,
    by: User | None,
    at: datetime,
    role: str = "",
    why: str = "",
    detail: dict | None = None,
    subject_key: UUID | None = None,
    rows: Iterable[models.Model] = (),
    digests: dict[str, str] | None = None,
) -> Event:
    """Write the event of an action, its erasable body, and the log leaf that commits to both.

    `why` is a person's reason and `detail` before and after: both may hold personal words, so they live
    only in the encrypted body. `rows` are digested (non-personal columns, see `digest`), so a later edit
    of one of them shows. Must run inside the action's transaction; locks the village's log head, the
    last lock in the order round, process, entity, log head. Source: design/5-trust.md.
    """
    digests = {**(digests or {}), **{row_name(row): digest(row) for row in rows}}
    about_type, about_id = about._meta.label_lower, str(getattr(about, "key", about.pk))
    body = {
        "name": name,
        "about": f"{about_type}:{about_id}",
        "by": str(by.key) if by else "system",
        "role": role,
        "at": at.astimezone(timezone.get_default_timezone()).isoformat(timespec="seconds"),
        "why": why,
        "detail": detail or {},
        "digests": digests,
    }
    salt = secrets.token_bytes(32)
    leaf = (name, period(at), commit(salt, body))
    [seq] = log.append(village.code, [leaf], settings.LOG_ORIGIN)
    event = Event.objects.create(
        village=village,
        name=name,
        about_type=about_type,
        about_id=about_id,
        subject_key=subject_key,
        by=by,
        role=role,
        at=at,
        request_id=current_request_id(),
        digests=digests,
        seq=seq,
    )
    EventBody.objects.create(event=event, salt=salt, content=canonical(body).decode())
    return event


def record_each(
    name: str,
    told: Mapping[UUID, Iterable[models.Model]],
    *,
    village: Division,
    about: models.Model,
    by: User | None,
    at: datetime,
    role: str,
    why: str,
) -> dict[UUID, Event]:
    """As `record`, once for each household concerned, with its own rows: {subject key: its event}.

    A handful of queries for any number of households.
    """
    about_type, about_id = about._meta.label_lower, str(getattr(about, "key", about.pk))
    bodies, leaves = {}, []
    for key, rows in told.items():
        body = {
            "name": name, "about": f"{about_type}:{about_id}", "by": str(by.key) if by else "system", "role": role,
            "at": at.astimezone(timezone.get_default_timezone()).isoformat(timespec="seconds"), "why": why,
            "detail": {}, "digests": {row_name(row): digest(row) for row in rows},
        }  # fmt: skip
        bodies[key] = body, secrets.token_bytes(32)
        leaves.append((name, period(at), commit(bodies[key][1], body)))
    seqs = log.append(village.code, leaves, settings.LOG_ORIGIN)
    events = Event.objects.bulk_create(
        Event(
            village=village, name=name, about_type=about_type, about_id=about_id, subject_key=key, by=by, role=role,
            at=at, request_id=current_request_id(), digests=body["digests"], seq=seq,
        )
        for (key, (body, _)), seq in zip(bodies.items(), seqs, strict=True)
    )  # fmt: skip
    EventBody.objects.bulk_create(
        EventBody(event=event, salt=bodies[event.subject_key][1], content=canonical(bodies[event.subject_key][0]).decode())
        for event in events
    )  # fmt: skip
    return {event.subject_key: event for event in events}


def period(at: datetime) -> str:
    """The month a leaf shows in public: no finer time."""
    return timezone.localtime(at).strftime("%Y-%m")


def last(about: models.Model, *names: str) -> Event | None:
    """The newest event of one of these names about a thing, with its words and who did it; one query."""
    events = Event.objects.filter(about_type=about._meta.label_lower, about_id=str(about.key), name__in=names)
    return events.select_related("body", "by").order_by("-id").first()


def why_of(event: Event | None) -> str:
    """A person's own words about what they did; empty when there were none or they were erased."""
    return json.loads(event.body.content)["why"] if event and hasattr(event, "body") else ""


def why_of_each(things: Iterable[models.Model], name: str) -> dict[UUID, str]:
    """The words of the newest event of one name about each of several rows of one model, by key; one query."""
    by_id = {str(thing.key): thing for thing in things}
    labels = {thing._meta.label_lower for thing in by_id.values()}
    events = Event.objects.filter(about_type__in=labels, about_id__in=by_id, name=name).select_related("body")
    return {by_id[event.about_id].key: why_of(event) for event in events.order_by("id")}


def row_name(row: models.Model) -> str:
    """Name of a row in digests: table and opaque key."""
    return f"{row._meta.db_table}:{row.key}"


def digest(row: models.Model) -> str:
    """SHA-256 of a row's non-personal columns, named by its model's DIGEST = (version, columns)."""
    version, columns = row.DIGEST
    values = {column: _plain(getattr(row, column)) for column in columns}
    return f"{version}:{hashlib.sha256(canonical(values)).hexdigest()}"


def _plain(value):
    return value if value is None or isinstance(value, int | str) else str(value)
