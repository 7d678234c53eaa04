"""One line per thing done, written in the transaction of the thing: event, private body, log leaf.

The event is also the outbox: notifications reads events it has not delivered (design/4-architecture.md).
"""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from uuid import UUID

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone

from governance import vouching
from governance.fields import EncryptedTextField
from governance.models import Division, Event, EventBody, User
from governance.requests import current_request_id
from transparency import digest_tree, log
from transparency.leaf import SALT_BYTES, canonical, commit

_failures = logging.getLogger("lianping.events")
BODY_VERSION = 3
_WORDS, WORDS_HEX_BEFORE = b"lianping/words\0", 32
# hook(village), called once after the commit of a transaction that recorded something there. It must be quick and may
# fail: what it is for has to come about without it too.
ON_RECORDED: list[Callable[[Division], None]] = []
HISTORY_COLUMNS = ("history_date", "history_type", "history_change_reason", "history_user_id")


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
    only in the encrypted body. The event vouches for every history row the action has written so far and for
    `rows` (non-personal columns, see `digest`), so a later edit of one of them shows. Must run inside the
    action's transaction; locks the village's log head, the last lock in the order round, process, entity,
    log head. Source: design/5-trust.md.
    """
    salt = secrets.token_bytes(SALT_BYTES)
    vouched = _digests([*vouching.take(), *rows], salt, digests)
    event = _event(name, village, about, by, at, role, subject_key, vouched)
    [event] = _write(village, [(event, salt, why, detail or {})])
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
    written = vouching.take() if told else []
    events = []
    for key, rows in told.items():
        salt = secrets.token_bytes(SALT_BYTES)
        event = _event(name, village, about, by, at, role, key, _digests([*written, *rows], salt))
        events.append((event, salt, why, {}))
        written = []  # the first vouches for what the action wrote itself
    return {event.subject_key: event for event in _write(village, events)}


def body_of(event: Event, *, why: str, detail: dict, salt: bytes) -> dict:
    """The private JSON a leaf commits to: all columns of the event, the root of its digests, and the words."""
    return {
        "v": BODY_VERSION,
        "seq": event.seq,
        "village": event.village.code,
        "name": event.name,
        "about": f"{event.about_type}:{event.about_id}",
        "subject": str(event.subject_key or ""),
        "by": str(event.by.key) if event.by_id else "system",
        "role": event.role,
        "at": plain(event.at),
        "request": event.request_id,
        "digests": digest_tree.root(event.digests, salt).hex(),
        "why": why,
        "detail": detail,
    }


def _event(name, village, about, by, at, role, subject_key, digests) -> Event:
    return Event(
        village=village, name=name, about_type=about._meta.label_lower, about_id=str(getattr(about, "key", about.pk)),
        subject_key=subject_key, by=by, role=role, at=at, request_id=current_request_id(), digests=digests,
    )  # fmt: skip


def _write(village: Division, told: list[tuple[Event, bytes, str, dict]]) -> list[Event]:
    """Events, their bodies under their salts, and their leaves, all in one go."""
    size = log.lock(village.code).size
    bodies, leaves = [], []
    for seq, (event, salt, why, detail) in enumerate(told, start=size):
        event.seq = seq
        body = body_of(event, why=why, detail=detail, salt=salt)
        bodies.append(EventBody(salt=salt, content=canonical(body).decode()))
        leaves.append((event.name, period(event.at), commit(digest_tree.opening(salt), body)))
    log.append(village.code, leaves, settings.LOG_ORIGIN)
    events = Event.objects.bulk_create(event for event, *_ in told)
    for event, body in zip(events, bodies, strict=True):
        body.event = event
    EventBody.objects.bulk_create(bodies)
    _after_commit(_Recorded(village))
    return events


@dataclass(frozen=True)
class _Recorded:
    """Tells the hooks; equal for equal villages, so that a transaction tells each village once."""

    village: Division

    def __call__(self) -> None:
        for hook in ON_RECORDED:
            try:
                hook(self.village)
            except Exception:  # it is recorded and committed: whoever acted must not see a failure
                _failures.exception("recorded_hook_failed")


def _after_commit(told: _Recorded) -> None:
    waiting = (call for _, call, *_ in transaction.get_connection().run_on_commit)
    if told not in waiting:
        transaction.on_commit(told)


def _digests(rows: Iterable[models.Model], salt: bytes, more: dict[str, str] | None = None) -> dict[str, str]:
    return {**(more or {}), **{row_name(row): digest(row, salt) for row in rows}}


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
    """Name of a row in digests: its table, and its opaque key, or the number of a row of history."""
    return f"{row._meta.db_table}:{getattr(row, 'history_id', None) or getattr(row, 'key', row.pk)}"


def digest(row: models.Model, salt: bytes = b"", version: int | None = None) -> str:
    """What an event says of a row: "version:hash", and ":hash" of its personal words where it has any.

    The first is SHA-256 of the columns of its model's DIGEST = (version, columns); of a row of history also who
    wrote it, when and by which action. The second is over the encrypted columns, under the value that blinds the row
    in the event's tree; it comes of the event's own salt, which erasure deletes: nobody can try words out on what stays.
    An earlier `version` is taken from the model's DIGESTS_BEFORE = {version: columns}: a later migration changes
    nothing that was said.
    """
    version, columns = columns_of(row, version)
    words = words_of(row)
    said = f"{version}:{hash_of_columns({column: plain(getattr(row, column)) for column in columns})}"
    return f"{said}:{words_hash(words, digest_tree.blind(salt, row_name(row)))}" if words else said


def words_hash(words: Mapping[str, str | None], blind: bytes) -> str:
    """The hash of a row's words under its blinding value, in hexadecimal; a column without words counts as not there.

    So a column that a later migration adds changes nothing that was said, and who has the blinding value of the own
    row (governance.receipt_file) can prove the own words with it.
    """
    there = {name: said for name, said in words.items() if said is not None}
    return hmac.digest(blind, _WORDS + canonical(there), "sha256").hex()


def words_hash_before(words: Mapping[str, str | None], salt: bytes) -> str:
    """As `words_hash` before receipts proved words: half as long and under the event's salt, which a receipt must not tell."""
    return hashlib.sha256(_WORDS + salt + canonical(dict(words))).hexdigest()[:WORDS_HEX_BEFORE]


def hash_of_columns(columns: Mapping[str, object]) -> str:
    """The hash of a row's columns as `plain` gives them, in hexadecimal."""
    return hashlib.sha256(canonical(dict(columns))).hexdigest()


def columns_of(row: models.Model, version: int | None = None) -> tuple[int, tuple[str, ...]]:
    """The version and the columns that a digest of a row covers; raises KeyError for a version nobody knows."""
    model = getattr(row, "instance_type", type(row))
    current, columns = model.DIGEST
    if version not in (None, current):
        current, columns = version, getattr(model, "DIGESTS_BEFORE", {})[version]
    return current, columns if model is type(row) else (*columns, *HISTORY_COLUMNS)


def words_of(row: models.Model) -> dict[str, str | None]:
    """The encrypted columns of a row, opened; raises crypto.DecryptionError."""
    return {name: getattr(row, name) for name in _encrypted(type(row))}


@cache
def _encrypted(model: type[models.Model]) -> tuple[str, ...]:
    fields = model._meta.concrete_fields
    return tuple(field.attname for field in fields if isinstance(field, EncryptedTextField))


def plain(value):
    """A column's value as both engines give it back: moments in UTC, JSON as it is, anything else as text."""
    if value is None or isinstance(value, int | str | list | dict):
        return value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return str(value)
