"""Forgetting (PIPL 47): words go, numbers stay, and the log still verifies.

What may be deleted is the body of an event with its salt; ledger, events and leaves stay for ever (governance.guards).
Encrypted columns are blanked where they are, in the row and in every version of it that the history keeps: the one
place where a row of history changes. No column that an event vouches for (`DIGEST`) is touched here.
Source: design/5-trust.md, Erasure.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection, models
from simple_history.exceptions import NotHistoricalModelError
from simple_history.utils import get_history_manager_for_model

from governance.crypto import keyring
from governance.events import record
from governance.fields import BlindIndexField, EncryptedTextField
from governance.models import Division, Event, EventBody, User
from governance.vouching import is_vouched, note

GONE = "（已隐去）"
_AT_ONCE = 400  # values of one statement: SQLite takes 999 at least


def erase(
    events: Iterable[Event], *, by: User | None, at: datetime, role: str, why: str, village: Division,
    about: models.Model, name: str = "body.erased", subject_key: UUID | None = None,
    rows: Iterable[models.Model] = (), detail: dict | None = None,
) -> Event:  # fmt: skip
    """Delete the bodies and salts of events, and append an event that digests every one of them.

    So whoever verifies tells what was erased from what is missing. `rows` are rows that were blanked and whose
    digested columns changed by it; `why` must name nobody. Must run inside the action's transaction.
    """
    events = list(events)
    for some in _slices(events):
        _delete_bodies(some)
    return record(
        name, village=village, about=about, by=by, at=at, role=role, why=why, detail=detail,
        subject_key=subject_key, rows=[*events, *rows],
    )  # fmt: skip


def _delete_bodies(events: Sequence[Event]) -> None:
    """Until none is left: a rotation of keys puts a body in again, and the DELETE that waited for it does not see that."""
    bodies = EventBody.objects.filter(event__in=events)
    while bodies.exists():
        bodies.delete()


def personal_fields(model: type[models.Model]) -> list[models.Field]:
    """The columns of a model that hold a person's words, or an index by which they are found."""
    return [field for field in model._meta.fields if isinstance(field, EncryptedTextField | BlindIndexField)]


def blank(
    model: type[models.Model], keys: Sequence[UUID], *, plain: dict[str, object] | None = None,
    filled: Sequence[str] = (),
) -> int:  # fmt: skip
    """Blank all personal columns of rows of a model, in the rows and in their history; returns how many rows.

    The action's event vouches for the words as they are then, as for any change (governance.vouching).
    A column that must not be empty, and one named in `filled`, reads GONE afterwards. `plain` gives other columns
    their new value, the same for all; an event must not vouch for them.
    """
    for table in tables_of(model):
        _empty(table, keys, _nullable(table, filled) | (plain or {}))
        _replace(table, keys, filled)
        if is_vouched(table):
            for row in table.objects.filter(key__in=keys):
                note(row)
    return len(keys)


def tables_of(model: type[models.Model]) -> list[type[models.Model]]:
    """A model and, where its history is kept, the model of that history."""
    try:
        return [model, get_history_manager_for_model(model).model]
    except NotHistoricalModelError:
        return [model]


def _nullable(model, filled) -> dict[str, None]:
    return {field.name: None for field in personal_fields(model) if field.null and field.name not in filled}


def _empty(model, keys, values: dict[str, object]) -> None:
    """Give columns one value in all rows with these keys: set-based."""
    fields = [(model._meta.get_field(name), value) for name, value in values.items()]
    fields = [(field, value) for field, value in fields if field.name not in _digested(model)]
    if not fields:
        return
    given = [field.get_db_prep_save(value, connection) for field, value in fields]
    columns = ", ".join(f"{_quoted(field.column)} = %s" for field, _ in fields)
    for some in _slices(keys):
        marks = ", ".join(["%s"] * len(some))
        where = f"{_quoted('key')} IN ({marks})"
        _raw(
            f"UPDATE {_quoted(model._meta.db_table)} SET {columns} WHERE {where}",
            [[*given, *_keys(model, some)]],
        )


def _replace(model, keys, filled) -> None:
    """What must not be null: a text sealed for its own row, an index that nobody's name has."""
    for field in personal_fields(model):
        if field.null and field.name not in filled:
            continue
        column = _quoted(field.column)
        sql = f"UPDATE {_quoted(model._meta.db_table)} SET {column} = %s WHERE {_quoted('key')} = %s"
        values = [[_stand_in(field, key), *_keys(model, [key])] for key in keys]
        _raw(f"{sql} AND {column} IS NOT NULL", values)


def _stand_in(field, key: UUID):
    if isinstance(field, BlindIndexField):
        return connection.Database.Binary(secrets.token_bytes(32))
    text = "" if field.blank else GONE
    return connection.Database.Binary(keyring().encrypt(text, field.purpose, key))


def _digested(model) -> tuple[str, ...]:
    return getattr(getattr(model, "instance_type", model), "DIGEST", (0, ()))[1]


def _keys(model, keys) -> list:
    field = model._meta.get_field("key")
    return [field.get_db_prep_value(key, connection) for key in keys]


def _raw(sql: str, rows: list[list]) -> None:
    """The one statement past the ORM and past history: what is forgotten must not be kept as a version."""
    with connection.cursor() as cursor:
        cursor.executemany(sql, rows)


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)


def _slices(things: Sequence) -> Iterable[Sequence]:
    things = list(things)
    for start in range(0, len(things), _AT_ONCE):
        yield things[start : start + _AT_ONCE]
