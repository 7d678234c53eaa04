"""决定: what was decided about an objection, by whom, on which grounds. Never changed."""

from django.db import models

from appeals.models.objections import Objection
from governance.fields import EncryptedTextField
from governance.models import Division, User
from governance.models.base import Keyed


class Decision(Keyed):
    """One answer to one objection: of the first instance (turn 1) or of the second review (turn 2)."""

    village = models.ForeignKey(Division, models.PROTECT, related_name="+")
    objection = models.ForeignKey(Objection, models.PROTECT, related_name="decisions")
    turn = models.PositiveSmallIntegerField()
    outcome = models.CharField("结果", max_length=8, choices=Objection.Outcome.choices)
    grounds = EncryptedTextField(purpose="decision.grounds", verbose_name="理由", blank=True)
    # What it changes in the ledger (appeals.remedies): keys of lines taken out, and lines that count instead.
    remedy = models.JSONField(default=dict)
    # None when the deadline decided.
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    role = models.CharField(max_length=12)
    decided_at = models.DateTimeField()

    DIGEST = 2, (
        "key", "village_id", "objection_id", "turn", "outcome", "remedy", "decided_by_id", "role", "decided_at",
    )  # fmt: skip

    class Meta:
        ordering = ["decided_at", "id"]
        constraints = [models.UniqueConstraint(fields=["objection", "turn"], name="decision_once_a_turn")]
