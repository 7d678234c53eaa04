"""Questions that pages ask again and again: the ORM writes their SQL once, then only the values are filled in.

Making the SQL of a small question costs several times what the database takes to answer it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import wraps

from django.db import connection
from django.db.models import QuerySet

# Stand where a value will be while the SQL is made: no id, day or code of ours is one of them.
_NO_ID, _NO_DAY = -(10**12), date(1, 1, 1)


def prepared(question: Callable[..., QuerySet]) -> Callable[..., list[tuple]]:
    """Mark a function that makes a `values_list()` of its arguments; calling it asks, and gives the rows.

    Positional arguments are the values: ids (int), days (date), codes (str), or tuples of these for `__in`, of which an empty one
    finds nothing. They must reach the database just as they are. Keywords say which question it is: each set of
    them has SQL of its own.
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
        rows = question(*(_stand_in(value, stand_ins) for value in values), **which)
        compiler = rows.query.get_compiler(connection=connection)
        self._sql, params = compiler.as_sql()
        asked = [_for_database(one) for one in stand_ins]
        if missing := [one for one in asked if one not in params]:
            raise TypeError(f"{question.__name__}: not asked of the database as they are: {missing}")
        self._params = [(asked.index(one), None) if one in asked else (None, one) for one in params]
        self._compiler = compiler
        self._converters = compiler.get_converters([column[0] for column in compiler.select])

    def rows(self, values) -> list[tuple]:
        """Ask the database."""
        flat = [_for_database(one) for value in values for one in _each(value)]
        params = [fixed if place is None else flat[place] for place, fixed in self._params]
        with connection.cursor() as cursor:
            cursor.execute(self._sql, params)
            found = cursor.fetchall()
        if self._converters:
            found = [tuple(row) for row in self._compiler.apply_converters(found, self._converters)]
        return found


def _each(value) -> tuple:
    return value if isinstance(value, tuple) else (value,)


def _stand_in(value, made: list):
    """As many values that are no others, and told apart; they are added to those `made`."""
    n = len(made)
    for place, one in enumerate(_each(value), n):
        is_day, is_code = isinstance(one, date), isinstance(one, str)
        made.append(
            _NO_DAY + timedelta(days=place) if is_day else f"\0{place}" if is_code else _NO_ID - place
        )
    return tuple(made[n:]) if isinstance(value, tuple) else made[n]


def _for_database(value):
    return connection.ops.adapt_datefield_value(value) if isinstance(value, date) else value
