"""Save with its history row: who, when, and the name of the action."""

from datetime import datetime

from django.db import models
from django.db.models.deletion import Collector
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from governance.vouching import note


def save(instance: models.Model, *, action: str, by, at: datetime, fields: list[str] | None = None) -> None:
    """Save a tracked row and its history row under one actor and time.

    The history holds the action's name; a person's own words stay in the event's erasable body.
    """
    instance._history_user, instance._history_date, instance._change_reason = by, at, action
    try:
        instance.save(update_fields=fields)
    finally:
        del instance._history_user, instance._history_date, instance._change_reason


def create_many(rows: list, *, action: str, by, at: datetime) -> list:
    """Insert many tracked rows of one model with their history rows."""
    if not rows:
        return []
    return bulk_create_with_history(
        rows, type(rows[0]), batch_size=500, default_user=by, default_change_reason=action, default_date=at
    )


def update_many(rows: list, fields: list[str], *, action: str, by, at: datetime) -> None:
    """Update some fields of many tracked rows of one model with their history rows."""
    if rows:
        bulk_update_with_history(
            rows, type(rows[0]), fields, batch_size=500,
            default_user=by, default_change_reason=action, default_date=at,
        )  # fmt: skip


def change(rows: models.QuerySet, **values) -> None:
    """Update some columns of rows without a history; the action's event vouches for them as they are then.

    Raises TypeError for a model with a history, whose rows go through `update_many`.
    """
    if hasattr(rows.model, "history"):
        raise TypeError(f"{rows.model.__name__} has a history: use update_many")
    found = list(rows)
    rows.update(**values)
    for row in found:
        for name, value in values.items():
            setattr(row, name, value)
        note(row)


def delete_many(rows: list, *, action: str, by, at: datetime) -> None:
    """Delete some tracked rows of one model, and what hangs on them, with a last history row each."""
    if not rows:
        return
    for row in rows:
        row._history_user, row._history_date, row._change_reason = by, at, action
    collector = Collector(using=rows[0]._state.db, origin=rows)
    collector.collect(rows)
    collector.delete()
