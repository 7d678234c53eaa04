"""The ledger: a score is what ledger and rulebook make it, three ways; only posted, signed facts are in it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from governance import consents, scorecards, scoring_sql
from governance.access import today
from governance.models import Entry, Hold, Scorecard, Subject
from governance.periods import previous_quarter, quarter_of
from governance.replay import replay
from tests.walk.village import Village
from workflows.models import Observation, Publication, Round, Settlement, Signed

State = Observation.State
POSTED = [State.PUBLISHED, State.FINAL]
UNPOSTED = [State.DRAFTED, State.FILED, State.CONFIRMED, State.APPROVED]


class LedgerHolds:
    """Scores are computed anew when something they follow from has changed."""

    def __init__(self, v: Village):
        self.v = v
        self.entries = self.observations = 0
        self.scored = None

    def check(self) -> None:
        """Raises AssertionError with what is wrong."""
        self._only_who_takes_part()
        self._one_entry_per_item()
        self._nothing_before_publication()
        state = self._what_scores_follow_from()
        if state != self.scored:
            self._scores_agree()
            self.scored = state

    def _only_who_takes_part(self) -> None:
        day = today(self.v.at)
        assert not consents.enrolment_matches_consents(self.v.village)
        for row in Observation.objects.filter(state__in=UNPOSTED).select_related("subject"):
            assert _takes_part(row, day), f"item {row.pk} of a household that does not take part"
        new = Entry.objects.filter(pk__gt=self.entries, source__startswith="observation:")
        for entry in new.select_related("subject").order_by("pk"):
            assert _takes_part(entry, day), f"entry {entry.pk} of a household that does not take part"
            self.entries = entry.pk

    @staticmethod
    def _one_entry_per_item() -> None:
        posted = {f"observation:{row.key}": row for row in Observation.objects.filter(state__in=POSTED)}
        entries = {entry.source: entry for entry in Entry.objects.filter(source__startswith="observation:")}
        assert posted.keys() == entries.keys()
        for source, row in posted.items():
            assert (row.entry_id, row.raw_tenths) == (entries[source].key, entries[source].raw_tenths)
        assert not Observation.objects.exclude(state__in=POSTED).filter(entry__isnull=False).exists()

    @staticmethod
    def _nothing_before_publication() -> None:
        shown = [Round.State.PUBLISHED, Round.State.CLOSED]
        assert not Observation.objects.filter(state__in=POSTED).exclude(round__state__in=shown).exists()
        rounds = set(Publication.objects.filter(round__isnull=False).values_list("round", flat=True))
        assert rounds == set(Round.objects.filter(state__in=shown).values_list("pk", flat=True))
        for row in Observation.objects.filter(state__in=POSTED):
            assert Signed.objects.filter(observation=row, turn=row.turn).exists(), (
                f"item {row.pk} is unsigned"
            )
        for notice in Publication.objects.filter(settlement__isnull=False):
            signers = notice.settlement.signatures.filter(void_at__isnull=True).values("signer").distinct()
            assert signers.count() >= 2
        for notice in Publication.objects.filter(round__isnull=False):
            assert notice.round.signatures.exclude(role="council").exists()
        early = Scorecard.objects.filter(published_at__isnull=False).exclude(
            quarter__in=Publication.objects.filter(settlement__isnull=False).values("settlement__quarter")
        )
        assert not early.exists()

    def _what_scores_follow_from(self) -> tuple:
        return (
            Entry.objects.count(), Hold.objects.count(), Hold.objects.filter(lifted_at=None).count(),
            quarter_of(today(self.v.at)), Subject.objects.filter(enrolled_to=None).count(),
            *Settlement.objects.order_by("pk").values_list("quarter", "state", "computed_at"),
        )  # fmt: skip

    def _scores_agree(self) -> None:
        running = quarter_of(today(self.v.at))
        for quarter in (previous_quarter(running), running):
            if not Scorecard.objects.filter(quarter=quarter, confirmed_at__isnull=False).exists():
                self._twin_agrees(quarter, self.v.at)
        for one in replay(village_code=self.v.village.code):
            assert not one.differences, f"card {one.card.pk}: {one.differences}"

    def _twin_agrees(self, quarter: str, at: datetime) -> None:
        """Compute the cards by SQL in a transaction that is taken back, beside the sheet people see."""
        base = scorecards.base_tenths(self.v.village, quarter)
        with transaction.atomic():
            scoring_sql.compute(village=self.v.village, quarter=quarter, base_tenths=base, by=None, at=at)
            made = {card.subject_id: _compared(card) for card in self._cards(quarter)}
            transaction.set_rollback(True)
        for subject in Subject.objects.filter(pk__in=made):
            score = scorecards.lines(subject=subject, quarter=quarter, at=at)
            assert made[subject.pk] == (score.index_tenths, score.total_tenths, score.colour)
            self._held_deductions_do_not_count(score)

    def _cards(self, quarter: str):
        return Scorecard.objects.filter(village=self.v.village, quarter=quarter, version=1)

    @staticmethod
    def _held_deductions_do_not_count(score) -> None:
        held = set(Hold.objects.filter(lifted_at=None).values_list("entry_id", flat=True))
        for line in score.lines:
            if line.entry.id in held and line.rule.sign < 0:
                assert line.effective_tenths == 0, f"entry {line.entry.id} is held and counts"


def _takes_part(row: Observation | Entry, day) -> bool:
    return row.subject.is_enrolled(day) and row.subject.is_enrolled(row.occurred_on)


def _compared(card: Scorecard) -> tuple[int, int, str]:
    """What a card and a sheet have in common."""
    return card.index_tenths, card.total_tenths, card.colour
