"""Repairs and amendments: each is with somebody, counts once, and changes nothing before its time."""

from __future__ import annotations

from appeals.models import Repair
from appeals.repair_who import electors, verifiers
from governance.models import Deadline, Entry, Scorecard
from tests.walk.village import Village
from workflows import amendment_signing
from workflows.models import Amendment, Publication

State = Repair.State


class MendingHolds:
    """Everything that must be true of every repair and every amended card at any moment."""

    def __init__(self, v: Village):
        self.v = v

    def check(self) -> None:
        """Raises AssertionError naming what is wrong."""
        rows = list(Repair.objects.select_related("village", "entry", "subject", "for_member"))
        self._counts_once(rows)
        self._somebody_acts(rows)
        self._colours_are_signed()

    @staticmethod
    def _counts_once(rows) -> None:
        for row in rows:
            lines = Entry.objects.filter(source=f"repair:{row.key}", reverses__isnull=False)
            counted = row.state in (State.PUBLISHED, State.REVOKED)
            assert lines.count() == counted, f"{row.number} ({row.state}): {lines.count()} lines"

    def _somebody_acts(self, rows) -> None:
        promised = {row.pk for row in rows if row.state == State.PROMISED}
        running = Deadline.objects.filter(
            kind="repair.due", fired_at=None, cancelled_at=None, about_id__in=promised
        )
        assert set(running.values_list("about_id", flat=True)) == promised, "a promise without a day"
        shown = [row for row in rows if row.state == State.SHOWN]
        verified = [row for row in rows if row.state == State.VERIFIED]
        for pk, users in [*verifiers(shown, at=self.v.at).items(), *electors(verified, at=self.v.at).items()]:
            assert users, f"repair {pk}: nobody may look at it"

    def _colours_are_signed(self) -> None:
        waiting = list(Amendment.objects.filter(state="waiting"))
        may = amendment_signing.signers(waiting, at=self.v.at)
        for row in waiting:
            assert row.scorecard.confirmed_at is None, f"amendment {row.pk}: its card counts unsigned"
            assert may[row.pk], f"amendment {row.pk}: nobody may sign it"
        later = Scorecard.objects.filter(version__gt=1, published_at__isnull=False)
        assert not later.exclude(amendment__state="signed").exists(), "a new version was shown unsigned"
        for notice in Publication.objects.filter(amends__isnull=False):
            assert (notice.round_id, notice.settlement_id) == (None, None)
