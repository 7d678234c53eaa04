"""季亮晒: the quarter's confirmation by people."""

from django.db import models
from django.db.models import Q
from django_fsm import ConcurrentTransitionMixin, transition

from governance.models import Division, Scorecard, Subject, User
from governance.models.base import Keyed, StateField, vouched_history
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
    state = StateField("状态", choices=State.choices, default=State.CONFIRMING)
    computed_at = models.DateTimeField()
    started_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    history = vouched_history()

    DIGEST = 2, (
        "key", "village_id", "quarter", "state", "computed_at", "started_by_id",
    )  # fmt: skip

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


class Amendment(ConcurrentTransitionMixin, Keyed):
    """更正: a settled household's new scorecard, until people have signed its colour anew."""

    class State(models.TextChoices):
        WAITING = "waiting", "等签字"
        SIGNED = "signed", "签了，已更正"
        DROPPED = "dropped", "不用改了"

    village = models.ForeignKey(Division, models.PROTECT, related_name="amendments")
    settlement = models.ForeignKey(Settlement, models.PROTECT, related_name="amendments")
    subject = models.ForeignKey(Subject, models.PROTECT, related_name="amendments")
    # The card that waits; a later correction replaces it while nobody has signed.
    scorecard = models.OneToOneField(Scorecard, models.PROTECT, null=True, related_name="amendment")
    cause = models.CharField(max_length=60, help_text='"objection:<key>", "repair:<key>", "correction:<key>"')
    state = StateField("状态", choices=State.choices, default=State.WAITING)
    made_at = models.DateTimeField()
    signed_at = models.DateTimeField(null=True, blank=True)
    history = vouched_history()

    DIGEST = 2, (
        "key", "village_id", "settlement_id", "subject_id", "scorecard_id", "cause", "state", "made_at",
        "signed_at",
    )  # fmt: skip

    class Meta:
        ordering = ["made_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["settlement", "subject"], condition=Q(state="waiting"), name="amendment_one_waiting"
            )
        ]

    @transition(field=state, source=State.WAITING, target=State.SIGNED)
    def sign(self):
        """Two people looked at the new colour and signed it."""

    @transition(field=state, source=State.WAITING, target=State.DROPPED)
    def drop(self):
        """A later correction brought the score back to what was signed."""


class Viewed(models.Model):
    """A signer opened one scorecard that must be looked at before signing."""

    settlement = models.ForeignKey(Settlement, models.CASCADE, related_name="viewed")
    scorecard = models.ForeignKey(Scorecard, models.CASCADE, related_name="+")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["settlement", "scorecard", "by"], name="viewed_once")]
