"""删除申请: a household, or one adult of it, wants what is stored about them deleted (PIPL 47)."""

from django.db import models
from django.db.models import Q
from django_fsm import ConcurrentTransitionMixin, transition

from appeals.models import Objection
from governance.models import Division, Member, Subject, User
from governance.models.base import Keyed, StateField, vouched_history


class Erasure(ConcurrentTransitionMixin, Keyed):
    """A request that waits its days, in which it can be taken back, and is then carried out. It holds no words."""

    class State(models.TextChoices):
        WAITING = "waiting", "等着删，还能反悔"
        DONE = "done", "删了"
        UNDONE = "undone", "不删了"

    How = Objection.How

    village = models.ForeignKey(Division, models.PROTECT, related_name="erasures")
    subject = models.ForeignKey(Subject, models.PROTECT, related_name="erasures")
    # Whose data go: one adult's; None means the whole household's.
    member = models.ForeignKey(Member, models.PROTECT, null=True, blank=True, related_name="erasures")
    for_member = models.ForeignKey(Member, models.PROTECT, related_name="+")
    filed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    how = models.CharField("怎么提的", max_length=8, choices=How.choices)
    number = models.CharField("编号", max_length=20, help_text='"SC-2026-0001", per village and year')
    state = StateField("状态", choices=State.choices, default=State.WAITING)
    filed_at = models.DateTimeField()
    due_on = models.DateField("哪天删")
    ended_at = models.DateTimeField(null=True, blank=True)
    # How many rows, events and files were blanked, by kind: numbers only.
    counts = models.JSONField(default=dict)
    history = vouched_history()

    DIGEST = 1, (
        "key", "village_id", "subject_id", "member_id", "for_member_id", "filed_by_id", "how", "number", "state",
        "filed_at", "due_on", "ended_at", "counts",
    )  # fmt: skip

    class Meta:
        ordering = ["-filed_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["village", "number"], name="erasure_number"),
            models.UniqueConstraint(
                fields=["subject"], condition=Q(state="waiting", member=None), name="erasure_one_of_household"
            ),
            models.UniqueConstraint(
                fields=["member"],
                condition=Q(state="waiting", member__isnull=False),
                name="erasure_one_of_member",
            ),
        ]
        indexes = [models.Index(fields=["village", "state", "due_on"])]

    @transition(field=state, source=State.WAITING, target=State.DONE)
    def carry_out(self):
        """The days are over: names, words and files are gone."""

    @transition(field=state, source=State.WAITING, target=State.UNDONE)
    def undo(self):
        """Taken back, or the household takes part again."""
