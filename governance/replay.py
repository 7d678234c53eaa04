"""Recompute what was signed, from the ledger and the rulebooks, by the score function alone.

Settlement computes in SQL (governance.scoring_sql); this is the other way to the same numbers, and the one a
doubter can run. Source: design/2-domain.md, Scores.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby

from django.db import models
from django.db.models import Exists, OuterRef

from governance import scorecards
from governance.models import Scorecard


@dataclass(frozen=True, slots=True)
class Replayed:
    """One signed card and each value that comes out otherwise: name -> (stored, recomputed)."""

    card: Scorecard
    differences: dict[str, tuple[object, object]] = field(default_factory=dict)


def replay(*, quarter: str | None = None, village_code: str | None = None) -> Iterator[Replayed]:
    """Replay every confirmed card, all versions, narrowed to a quarter or a village if given.

    Each is computed as of its own `computed_at`: entries posted and holds open then. Writes nothing.
    """
    cards = (
        Scorecard.objects.filter(confirmed_at__isnull=False)
        .select_related("village", "subject")
        .prefetch_related("carries")
        .order_by("village__code", "quarter", "computed_at", "subject_id", "version")
    )
    if quarter:
        cards = cards.filter(quarter=quarter)
    if village_code:
        cards = cards.filter(village__code=village_code)
    for _, computed_together in groupby(
        cards.iterator(chunk_size=2000), key=lambda card: (card.village_id, card.quarter, card.computed_at)
    ):
        yield from _replay_together(list(computed_together))


def lost(*, quarter: str | None = None, village_code: str | None = None) -> list[models.Model]:
    """The last versions of cards that were signed and are not there any more, narrowed likewise; one query.

    No service takes a signed card out: what its history tells and the table does not hold was deleted beside it.
    """
    versions = Scorecard.history.filter(confirmed_at__isnull=False).select_related("village")
    if quarter:
        versions = versions.filter(quarter=quarter)
    if village_code:
        versions = versions.filter(village__code=village_code)
    versions = versions.exclude(Exists(Scorecard.objects.filter(pk=OuterRef("id"))))
    return list({row.id: row for row in versions.order_by("history_date", "history_id")}.values())


def _replay_together(cards: list[Scorecard]) -> Iterator[Replayed]:
    village, quarter, at = cards[0].village, cards[0].quarter, cards[0].computed_at
    results = scorecards.results(
        {card.subject_id for card in cards},
        village=village,
        quarter=quarter,
        base=scorecards.base_tenths(village, quarter),
        at=at,
    )
    for card in cards:
        yield Replayed(card, scorecards.differences(card, results[card.subject_id]))
