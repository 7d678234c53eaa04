"""季亮晒: the quarter's confirmation by people."""

from django.db import models
from django_fsm import ConcurrentTransitionMixin, FSMField, transition
from simple_history.models import HistoricalRecords

from governance.models import Division, Scorecard, User
from governance.models.base import Keyed
from governance.periods import previous_quarter


class Settlement(ConcurrentTransitionMixin, Keyed):
    """A village's quarter: scorecards computed, looked at and signed by people, posted, final."""

    class State(models.TextChoices):
        CONFIRMING = "confirming", "等签字"
        CONFIRMED = "confirmed", "待公示"
        PUBLISHED = "published", "公示"
        FINAL = "final", "办结"

    village = models.ForeignKey(Division, models.PROTECT, related_name="settlements")
    quarter = models.CharField("哪一季", max_length=6)
    state = FSMField("状态", choices=State.choices, default=State.CONFIRMING, protected=True)
    computed_at = models.DateTimeField()
    started_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    history = HistoricalRecords()

    DIGEST = 1, ("key", "village_id", "quarter", "state", "computed_at")

    class Meta:
        ordering = ["-quarter"]
        constraints = [models.UniqueConstraint(fields=["village", "quarter"], name="settlement_once")]

    @property
    def previous(self) -> str:
        """The quarter before."""
        return previous_quarter(self.quarter)

    @transition(field=state, source=State.CONFIRMING, target=State.CONFIRMED)
    def confirm(self):
        """Two people looked at what changed and signed."""

    @transition(field=state, source=State.CONFIRMED, target=State.PUBLISHED)
    def publish(self):
        """Counts and consented honours are posted."""

    @transition(field=state, source=State.PUBLISHED, target=State.FINAL)
    def finish(self):
        """The window passed."""


class Viewed(models.Model):
    """A signer opened one scorecard that must be looked at before signing."""

    settlement = models.ForeignKey(Settlement, models.CASCADE, related_name="viewed")
    scorecard = models.ForeignKey(Scorecard, models.CASCADE, related_name="+")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["settlement", "scorecard", "by"], name="viewed_once")]
