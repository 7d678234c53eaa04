"""Rows of a tracked table as they stood at a moment."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import models

from governance.models import User


def as_of(model: type[models.Model], moment: datetime, **where) -> dict[int, models.Model]:
    """The rows of a model at a moment, by id, as unsaved instances; deleted ones are left out. One query.

    `where` may only name columns that never change, such as the village: it is asked of every past state.
    Of two states of one moment the later written counts. Encrypted fields are opened when they are read.
    """
    past = model.history.filter(history_date__lte=moment, **where).order_by("history_date", "history_id")
    last = {row.id: row for row in past}
    return {pk: row.instance for pk, row in last.items() if row.history_type != "-"}


def names(users: Iterable[int], moment: datetime) -> dict[int, str]:
    """What accounts were called at a moment, by id; one query. Sign-in columns keep no history, so no instances."""
    past = User.history.filter(id__in=set(users), history_date__lte=moment)
    rows = past.order_by("history_date", "history_id").values_list("id", "name", "username")
    return {pk: name or username for pk, name, username in rows}
