"""盲评: a household drawn by lot is looked at again by another rater, who does not see the first sheet."""

from django.db import models
from django_fsm import ConcurrentTransitionMixin, transition

from governance.models import Area, Division, Subject, User
from governance.models.base import Keyed, StateField, vouched_history
from workflows.models.rounds import Round


class SecondRating(ConcurrentTransitionMixin, Keyed):
    """One household's second look in one month. It measures how far two people agree and changes no score."""

    class State(models.TextChoices):
        ASKED = "asked", "等他看"
        ANSWERED = "answered", "看过了"
        UNSURE = "unsure", "说不准"
        LATE = "late", "到期没看"
        CANCELLED = "cancelled", "不用看了"

    village = models.ForeignKey(Division, models.PROTECT, related_name="+")
    round = models.ForeignKey(Round, models.PROTECT, related_name="second_ratings")
    area = models.ForeignKey(Area, models.PROTECT, related_name="+")
    subject = models.ForeignKey(Subject, models.PROTECT, related_name="+")
    rater = models.ForeignKey(User, models.PROTECT, related_name="second_ratings")
    state = StateField("状态", choices=State.choices, default=State.ASKED)
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    # Keys of the rules that apply, in order; empty means nothing this month. No points, no words.
    rules = models.JSONField("按哪几条", default=list)
    history = vouched_history()

    DIGEST = 1, (
        "key", "village_id", "round_id", "area_id", "subject_id", "rater_id", "state", "asked_at", "answered_at",
        "rules",
    )  # fmt: skip

    class Meta:
        ordering = ["-asked_at", "id"]
        constraints = [models.UniqueConstraint(fields=["round", "subject"], name="second_rating_once")]
        indexes = [
            models.Index(fields=["rater", "state"]),
            models.Index(fields=["village", "state"]),
        ]

    @transition(field=state, source=State.ASKED, target=State.ANSWERED)
    def answer(self):
        """The second rater said what they know."""

    @transition(field=state, source=State.ASKED, target=State.UNSURE)
    def pass_up(self):
        """The second rater does not know the household well enough to say."""

    @transition(field=state, source=State.ASKED, target=State.LATE)
    def miss(self):
        """The day passed."""

    @transition(field=state, source=[State.ASKED, State.ANSWERED], target=State.CANCELLED)
    def cancel(self):
        """The household withdrew, or nobody is left who may look."""
