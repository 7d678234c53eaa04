"""A village all of whose rows an event vouches for, so that what is broken in a test is what the test broke."""

from __future__ import annotations

from datetime import datetime

from django.db import connection, models

from appeals.models import Objection
from governance import guards, vouching
from governance.events import record
from governance.models import Division, Rulebook
from governance.rulebooks import step_digests
from governance.verifying import Found, verify
from tests.appeals.cases import Case
from tests.people import NOON, World
from tests.workflows import settled


def begin(world: World, at: datetime = NOON) -> None:
    """One event vouches for whatever the fixtures wrote into the village; then the guards are gone, as for an owner."""
    vouch(vouching.take(), world.village, world.rulebook, at=at)
    guards.drop()


def vouch(noted: list, village: Division, rulebook: Rulebook | None = None, *, at: datetime = NOON) -> None:
    """One event for those of the rows noted so far that are a village's."""
    mine = [row for row in noted if _place(row) == village.pk]
    record(
        "test.began", village=village, about=village, by=None, at=at, rows=mine,
        digests=step_digests(rulebook.rules.all()) if rulebook else None,
    )  # fmt: skip


def told(world: World) -> Objection:
    """A month posted, its quarter signed and posted, an objection upheld: a row in most tables."""
    begin(world)
    month = settled.october(world)
    settled.posted(world)
    case = Case(world, month, settled.LATER)
    case.file("乱倒").accept().decide("upheld")
    return case.row


def broken(world: World) -> set[str]:
    """The tables in which a verification finds something."""
    return {each.table for each in found(world).breaks}


def found(world: World) -> Found:
    """The verification of the village."""
    return verify(world.village)


def edit(row: models.Model, column: str, value: object) -> None:
    """Change one column by SQL, as somebody does who owns the database."""
    with connection.cursor() as cursor:
        cursor.execute(
            f'UPDATE {row._meta.db_table} SET "{column}" = %s WHERE {row._meta.pk.column} = %s',
            [value, row.pk],
        )


def delete(row: models.Model) -> None:
    """Delete one row by SQL."""
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {row._meta.db_table} WHERE {row._meta.pk.column} = %s", [row.pk])


def _place(row: models.Model) -> int | None:
    return getattr(row, "village_id", None) or getattr(row, "division_id", None)
