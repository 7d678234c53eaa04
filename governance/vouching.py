"""What a transaction wrote and no event has vouched for yet.

Every history row that is written is noted here; `events.record` takes what is noted and puts its digest into the event, so
that a later edit of it shows (design/5-trust.md). The notes live among the connection's callbacks of the commit: Django
drops them with the savepoint in which they were made, so a row that was rolled back is never vouched for. What is still
noted when the transaction commits was written by an act without an event, which is a fault of the program: it is logged.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from weakref import WeakSet

from django.db import models, transaction

logger = logging.getLogger(__name__)


class _Taken:
    """That an event vouches for rows, for as long as the savepoint of that event stands."""

    def __call__(self):
        """Nothing is left to do."""


@dataclass(eq=False)
class _Noted:
    """A row that waits for its event. Who took it is gone once Django has dropped it with its savepoint."""

    row: models.Model
    takers: WeakSet[_Taken] = field(default_factory=WeakSet)

    def __call__(self):
        if not self.takers:
            action = getattr(self.row, "history_change_reason", None) or "no action"
            logger.error(
                "%s %s was written without an event: %s", self.row._meta.db_table, self.row.pk, action
            )


def note(row: models.Model) -> None:
    """Remember a row just written, until an event of the same transaction takes it."""
    transaction.on_commit(_Noted(row))


def take() -> list[models.Model]:
    """The rows noted so far that no event has taken, in the order they were written; the caller vouches for them."""
    connection = transaction.get_connection()
    current, waiting = set(connection.savepoint_ids), connection.run_on_commit
    notes = [each for each in waiting if isinstance(each[1], _Noted) and not each[1].takers]
    # Whatever undoes this savepoint undoes these rows too: their notes can go. The others come back should it be undone.
    gone = {id(found) for sids, found, _ in notes if current <= sids}
    connection.run_on_commit = [each for each in waiting if id(each[1]) not in gone]
    taken = _Taken()
    for _, found, _ in notes:
        found.takers.add(taken)
    if len(gone) < len(notes):
        transaction.on_commit(taken)
    return [found.row for _, found, _ in notes]


def is_vouched(table: type[models.Model]) -> bool:
    """Do events vouch for the rows of a table one by one: a history, or a model with a DIGEST that keeps none."""
    return (hasattr(table, "DIGEST") and not hasattr(table, "history")) or issubclass(table, HistoryRow)


class HistoryRows(models.QuerySet):
    """History rows written in bulk are noted as those written one by one."""

    def bulk_create(self, objs, *args, **kwargs):
        """As Django's, and note each row."""
        made = super().bulk_create(objs, *args, **kwargs)
        for row in made:
            note(row)
        return made


class HistoryRow(models.Model):
    """Base of the history of a model with a DIGEST: each version is vouched for by the event that made it."""

    objects = HistoryRows.as_manager()

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        """As Django's, and note the row."""
        super().save(*args, **kwargs)
        note(self)
