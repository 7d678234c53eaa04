"""The cards of a quarter: computed together, vouched for by one root over their first versions."""

from __future__ import annotations

from django.db import models

from governance import scoring_sql
from governance.models import Event, Scorecard
from governance.verifying.found import AllSaid, Found

_HISTORY = Scorecard.history.model
_TABLE = _HISTORY._meta.db_table


def check(found: Found, said: AllSaid) -> None:
    """Recompute the root of each set of cards from their history; where it differs, say which card."""
    vouched = set()
    for event, quarter, digest in said.cards:
        vouched.add((quarter, event.at))
        rows = list(scoring_sql.first_versions(found.village.pk, quarter, event.at))
        found.rows += len(rows)
        if scoring_sql.set_digest(rows) != digest:
            _name(found, event, quarter)
    for row in _first(found).exclude(history_date__in={at for _, at in vouched}):
        found.broken(_TABLE, row.history_id, "没有哪次结算记着它")
    for row in _first(found).exclude(
        computed_at=models.F("history_date"), confirmed_at=None, published_at=None
    ):
        found.broken(_TABLE, row.history_id, "算出来的时刻被改过")


def is_of_set(version: models.Model) -> bool:
    """Is this the first version of a card that a settlement computed: its set vouches for it."""
    computed = version.history_change_reason == "scorecard.computed"
    return isinstance(version, _HISTORY) and version.history_type == "+" and computed and version.version == 1


def _first(found: Found):
    return _HISTORY.objects.filter(
        village=found.village, version=1, history_type="+", history_change_reason="scorecard.computed"
    )


def _name(found: Found, event: Event, quarter: str) -> None:
    """The cards whose first version is not what their next one, or the live card, still says; else the whole set."""
    odd = [
        row
        for row in _first(found).filter(quarter=quarter, history_date=event.at)
        if (later := _later(row))
        and any(getattr(row, name) != getattr(later, name) for name in scoring_sql.DIGESTED)
    ]
    for row in odd:
        found.broken(_TABLE, row.history_id, f"和第{event.pk}号事件记的不一样")
    if not odd:
        found.broken(_TABLE, quarter, f"这一季各户的分，和第{event.pk}号事件记的不一样，请用replay看是哪一户")


def _later(row: models.Model) -> models.Model | None:
    versions = _HISTORY.objects.filter(id=row.id, history_id__gt=row.history_id).order_by("history_id")
    return versions.first() or Scorecard.objects.filter(pk=row.id).first()
