"""The SQL of the search, written by the ORM once for each way to ask; then only the values are filled in.

A question over thirty tables takes the ORM longer to write than the database to answer (see governance.prepared).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import connection

from governance.models import Division, Subject
from oversight.changes import things
from oversight.changes.asked import Asked

if TYPE_CHECKING:
    from oversight.changes.sources import Place, Source

KEPT = 500
_LONG_AGO = datetime(1000, 1, 1, tzinfo=UTC)


def first(
    asked: Asked, start: Place | None, tables: tuple[Source, ...], *, older: bool, limit: int
) -> list[tuple[int, int]]:
    """(rank, id) of the first rows beyond `start` over some tables; one query."""
    if () in (asked.people, asked.rules, asked.keys):
        return []
    asked = replace(
        asked, rules=_filled(asked.rules), keys=_filled(asked.keys)
    )  # fmt: skip
    values = _values(asked, start)
    sql, places = _written(_stand_in(asked), _stand_in_place(start), tables, older, limit)
    params = [values[given] if is_named else given for is_named, given in places]
    if not sql:
        return []
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return [(rank, pk) for rank, _at, pk in cursor.fetchall()]


@lru_cache(KEPT)
def _written(
    asked: Asked, start: Place | None, tables: tuple[Source, ...], older: bool, limit: int
) -> tuple[str, list[tuple[bool, object]]]:
    """SQL and its parameters: (True, name of a value) or (False, a value that never changes)."""
    parts, params = [], []
    for source in tables:
        try:
            sql, given = source.slice(asked, start, older=older, limit=limit).query.sql_with_params()
        except EmptyResultSet:  # nothing in this table can answer
            continue
        parts.append(f"SELECT {source.rank}, one.* FROM ({sql}) one")
        params += given
    order = "DESC" if older else "ASC"
    names = {value: name for name, value in _values(asked, start).items()}
    places = [(True, names[given]) if given in names else (False, given) for given in params]
    if not parts:
        return "", []
    return f"{' UNION ALL '.join(parts)} ORDER BY 2 {order}, 1 {order}, 3 {order} LIMIT {limit}", places


def _values(asked: Asked, start: Place | None) -> dict[str, object]:
    """Every value of a question by a name, as the database is given it."""
    adapt = connection.ops.adapt_datetimefield_value
    found = {"name": asked.name}
    if asked.village:
        found["village"] = asked.village.pk
    if asked.subject:
        native = connection.features.has_native_uuid_field
        found |= {
            "subject": asked.subject.pk,
            "subject_key": asked.subject.key if native else asked.subject.key.hex,
        }
    for name in ("people", "rules", "keys"):
        found |= {f"{name}{n}": value for n, value in enumerate(getattr(asked, name) or ())}
    moments = {"since": asked.since, "until": asked.until, "at": start.at if start else None}
    found |= {name: adapt(moment) for name, moment in moments.items() if moment}
    return found | ({"pk": start.pk} if start else {})


def _stand_in(asked: Asked) -> Asked:
    """The same way to ask, with made-up values that are no others and all different."""
    return replace(
        asked,
        village=asked.village and Division(pk=-1_000_001),
        subject=asked.subject and Subject(pk=-1_000_002, key=UUID(int=1), village_id=-1_000_003),
        people=_made_up(asked.people, lambda n: -2_000_000 - n),
        rules=_made_up(asked.rules, lambda n: -3_000_000 - n),
        keys=_made_up(asked.keys, lambda n: f"\0{n}"),
        name=asked.name and "\0name",
        since=asked.since and _LONG_AGO,
        until=asked.until and _LONG_AGO + timedelta(days=1),
    )


def _stand_in_place(start: Place | None) -> Place | None:
    return start and replace(start, at=_LONG_AGO + timedelta(days=2), pk=-1_000_004)


def _made_up(values: tuple | None, make) -> tuple | None:
    return None if values is None else tuple(make(n) for n in range(len(values)))


def _filled(values: Iterable | None) -> tuple | None:
    return None if values is None else things.filled(values)
