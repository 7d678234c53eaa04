"""异议: what a household says against one line of the ledger."""

from django.db import models
from django.db.models import Q
from django_fsm import ConcurrentTransitionMixin, FSMField, transition
from simple_history.models import HistoricalRecords

from governance.fields import EncryptedTextField
from governance.models import Division, Entry, Member, Subject, User
from governance.models.base import Keyed


class Objection(ConcurrentTransitionMixin, Keyed):
    """One case against one entry; while it is open the entry is held. Its procedure starts at the township."""

    class State(models.TextChoices):
        FILED = "filed", "等镇里收"
        WITHDRAWN = "withdrawn", "住户说不办了"

    class How(models.TextChoices):
        ONLINE = "online", "本人在手机上提的"
        DESK = "desk", "本人到村部说的"
        PAPER = "paper", "本人交的纸条"
        HELPER = "helper", "代办员替本人提的"

    village = models.ForeignKey(Division, models.PROTECT, related_name="objections")
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="objections")
    subject = models.ForeignKey(Subject, models.PROTECT, related_name="objections")
    for_member = models.ForeignKey(Member, models.PROTECT, related_name="objections")
    filed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    how = models.CharField("怎么提的", max_length=8, choices=How.choices)
    text = EncryptedTextField(purpose="objection.text", verbose_name="住户的话", blank=True)
    number = models.CharField("编号", max_length=20, help_text='"YY-2026-0001", per village and year')
    state = FSMField("状态", choices=State.choices, default=State.FILED, protected=True)
    filed_at = models.DateTimeField()
    answer_by = models.DateField(help_text="the day by which the township accepts or refuses")
    history = HistoricalRecords()

    DIGEST = 1, ("key", "entry_id", "for_member_id", "filed_by_id", "how", "number", "state", "filed_at")

    class Meta:
        ordering = ["-filed_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["village", "number"], name="objection_number"),
            models.UniqueConstraint(
                fields=["entry"], condition=Q(state="filed"), name="objection_one_open_per_entry"
            ),
        ]
        indexes = [models.Index(fields=["village", "-filed_at"])]

    @transition(field=state, source=State.FILED, target=State.WITHDRAWN)
    def withdraw(self):
        """The household does not want it any more."""
