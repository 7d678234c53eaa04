"""The cards of a quarter: computed together, vouched for by one root over their first versions."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import models

from governance import scorecards, scoring_sql
from governance.models import Event, Scorecard
from governance.refusals import Refused
from governance.verifying.found import AllSaid, Found

_HISTORY = Scorecard.history.model
_TABLE = _HISTORY._meta.db_table


def check(found: Found, said: AllSaid) -> None:
    """Recompute the root of each set of cards from their history; where it differs, say which card."""
    settled = {}
    for event, quarter, digest in said.cards:
        settled[quarter, event.at] = event
        rows = list(scoring_sql.first_versions(found.village.pk, quarter, event.at))
        found.rows += len(rows)
        if scoring_sql.set_digest(rows) != digest:
            _name(found, event, quarter)
    for row in found.reading(_first(found)):
        _check_settled(found, row, settled.get((row.quarter, row.history_date)))


def is_of_set(version: models.Model) -> bool:
    """Is this the first version of a card that a settlement computed: its set vouches for it."""
    computed = version.history_change_reason == "scorecard.computed"
    return isinstance(version, _HISTORY) and version.history_type == "+" and computed and version.version == 1


def _check_settled(found: Found, row: models.Model, event: Event | None) -> None:
    """What no root holds of a first version follows from its settlement: who computed it, and when."""
    if event is None:
        found.broken(_TABLE, row.history_id, "没有哪次结算记着它")
    elif row.history_user_id != event.by_id:
        found.broken(_TABLE, row.history_id, f"不是第{event.pk}号事件的那个人算的")
    if (row.computed_at, row.confirmed_at, row.published_at) != (row.history_date, None, None):
        found.broken(_TABLE, row.history_id, "算出来的时刻被改过")


def _first(found: Found) -> models.QuerySet:
    return _HISTORY.objects.filter(
        village=found.village, version=1, history_type="+", history_change_reason="scorecard.computed"
    ).order_by("pk")


def _name(found: Found, event: Event, quarter: str) -> None:
    """The cards whose first version is not what their next one says, or what the ledger gives; else the whole set."""
    first = list(found.reading(_first(found).filter(quarter=quarter, history_date=event.at)))
    odd = [row for row in first if _differs_from_later(row)] or _miscomputed(found, event, quarter, first)
    for row in odd:
        found.broken(_TABLE, row.history_id, f"和第{event.pk}号事件记的不一样")
    if not odd:
        found.broken(_TABLE, quarter, f"这一季各户的分，和第{event.pk}号事件记的不一样，请用replay看是哪一户")


def _differs_from_later(row: models.Model) -> bool:
    versions = _HISTORY.objects.filter(id=row.id, history_id__gt=row.history_id).order_by("history_id")
    later = versions.first() or Scorecard.objects.filter(pk=row.id).first()
    return bool(later) and any(getattr(row, name) != getattr(later, name) for name in scoring_sql.DIGESTED)


def _miscomputed(
    found: Found, event: Event, quarter: str, rows: Iterable[models.Model]
) -> list[models.Model]:
    """The cards that come out otherwise when the quarter is computed once more, as of its settlement."""
    try:
        base = scorecards.base_tenths(found.village, quarter)
    except Refused:
        return []
    results = scorecards.results(
        {row.subject_id for row in rows}, village=found.village, quarter=quarter, base=base, at=event.at
    )
    computed = {subject: scorecards.columns(result) for subject, result in results.items()}
    return [
        row for row in rows
        if any(getattr(row, name) != value for name, value in computed[row.subject_id].items())
    ]  # fmt: skip
