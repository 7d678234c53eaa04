"""批量更正: entries taken out together because their rule is unlawful or the decision behind them was set aside."""

from django.db import models
from django.db.models import Q
from django_fsm import ConcurrentTransitionMixin, transition

from governance.fields import EncryptedTextField
from governance.models import Division, Entry, Rule, User
from governance.models.base import Keyed, StateField, vouched_history
from workflows.models import Round


class Correction(ConcurrentTransitionMixin, Keyed):
    """One ground, the entries it reaches as the dry run listed them, and the signature that reverses them."""

    class State(models.TextChoices):
        PROPOSED = "proposed", "列好了，等签字"
        SIGNED = "signed", "更正了"
        DROPPED = "dropped", "不改了"

    village = models.ForeignKey(Division, models.PROTECT, related_name="corrections")
    number = models.CharField("编号", max_length=20, help_text='"GZ-2026-0001", per village and year')
    # All entries of a rule, or all that a month's decision posted.
    rule = models.ForeignKey(Rule, models.PROTECT, null=True, blank=True, related_name="corrections")
    round = models.ForeignKey(Round, models.PROTECT, null=True, blank=True, related_name="corrections")
    ground = EncryptedTextField(purpose="correction.ground", verbose_name="为什么更正")
    source = models.CharField("依据", max_length=200)
    state = StateField("状态", choices=State.choices, default=State.PROPOSED)
    proposed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    signed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    signed_at = models.DateTimeField(null=True, blank=True)
    history = vouched_history()

    DIGEST = 2, (
        "key", "village_id", "number", "rule_id", "round_id", "source", "state", "proposed_by_id", "proposed_at",
        "signed_by_id", "signed_at",
    )  # fmt: skip

    class Meta:
        ordering = ["-proposed_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["village", "number"], name="correction_number"),
            models.CheckConstraint(
                condition=Q(rule__isnull=False, round=None) | Q(rule=None, round__isnull=False),
                name="correction_of_one_thing",
            ),
        ]

    @transition(field=state, source=State.PROPOSED, target=State.SIGNED)
    def sign(self):
        """Somebody other than the proposer signed: everything on the list is reversed."""

    @transition(field=state, source=State.PROPOSED, target=State.DROPPED)
    def drop(self):
        """Not pursued."""


class CorrectionLine(models.Model):
    """An entry on the list of a correction."""

    correction = models.ForeignKey(Correction, models.CASCADE, related_name="lines")
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["correction", "entry"], name="correctionline_once")]
