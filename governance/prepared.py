"""Questions that pages ask again and again: the ORM writes their SQL once, then only the values are filled in.

Making the SQL of a small question costs several times what the database takes to answer it.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from datetime import date, timedelta
from functools import wraps
from uuid import UUID

from django.db import connection, connections
from django.db.models import QuerySet


def prepared(question: Callable[..., QuerySet]) -> Callable[..., list]:
    """Mark a function that makes a queryset of its arguments; calling it asks, and gives the rows.

    Positional arguments are the values: ids (int), keys (UUID), days (date), codes (str), or tuples of these for
    `__in`, of which an empty one finds nothing. They must reach the database just as they are, or TypeError.
    Keywords say which question it is: each set of them has SQL of its own.
    """
    known: dict[tuple, _Statement] = {}

    @wraps(question)
    def rows(*values, **which):
        if () in values:
            return []
        shape = (*(len(value) if isinstance(value, tuple) else None for value in values), *which.items())
        if shape not in known:
            known[shape] = _Statement(question, values, which)
        return known[shape].rows(values)

    return rows


class _Statement:
    """SQL with its parameters; those that change are known by their place among the values."""

    def __init__(self, question, values, which):
        stand_ins = []
        self._rows = question(*(_stand_in(value, stand_ins) for value in values), **which)
        self._compiler = self._rows.query.get_compiler(connection=connection)
        self._sql, params = self._compiler.as_sql()
        self._converters = self._compiler.get_converters([column[0] for column in self._compiler.select])
        asked = [_for_database(one) for one in stand_ins]
        if missing := [one for one in asked if one not in params]:
            raise TypeError(f"{question.__name__}: not asked of the database as they are: {missing}")
        self._params = [(asked.index(one), None) if one in asked else (None, one) for one in params]

    def rows(self, values) -> list:
        """Ask the database; the ORM makes of the answer what it always does."""
        flat = [_for_database(one) for value in values for one in _each(value)]
        params = tuple(fixed if place is None else flat[place] for place, fixed in self._params)
        compiler, rows = copy(self._compiler), self._rows.all()
        compiler.connection = connections[connection.alias]  # of this thread
        compiler.as_sql = lambda *_, **__: (self._sql, params)
        compiler.get_converters = lambda _columns: self._converters
        rows.query.get_compiler = lambda *_, **__: compiler
        return list(rows)


def _each(value) -> tuple:
    return value if isinstance(value, tuple) else (value,)


def _stand_in(value, made: list):
    """As many values that are no others, and told apart; they are added to those `made`."""
    n = len(made)
    made += [_made_up(one, place) for place, one in enumerate(_each(value), n)]
    return tuple(made[n:]) if isinstance(value, tuple) else made[n]


def _made_up(value, place: int):
    """A value of the same kind that is none of ours: before all days, below all ids, no key and no code."""
    if isinstance(value, date):
        return date.min + timedelta(days=place)
    if isinstance(value, UUID):
        return UUID(int=place)
    return f"\0{place}" if isinstance(value, str) else -(10**12) - place


def _for_database(value):
    if isinstance(value, date):
        return connection.ops.adapt_datefield_value(value)
    if isinstance(value, UUID) and not connection.features.has_native_uuid_field:
        return value.hex
    return value
