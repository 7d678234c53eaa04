"""提示: something in the figures that a person should say a sentence about. No judgement, no penalty, no score."""

from django.db import models
from django.db.models import Q
from django_fsm import ConcurrentTransitionMixin, transition

from governance.fields import EncryptedTextField
from governance.models import Area, Division, User
from governance.models.base import Keyed, StateField, vouched_history


class Finding(ConcurrentTransitionMixin, Keyed):
    """One thing about one person, area or step in one period; its figures stay as they were found."""

    class Kind(models.TextChoices):
        SEVERE = "severe", "减分记得比别人多"
        GENEROUS = "generous", "加分记得比别人多"
        ALWAYS_PLUS = "always_plus", "连着几个月家家有加分"
        IDENTICAL = "identical", "连着几个月家家一个样"
        BLANK = "blank", "连着几个月家家没变化"
        FAVOURS = "favours", "互相评，都只加不减"
        BATCH = "batch", "一批事同一天，到期才交"
        OLD_FACTS = "old_facts", "事过很久才记"
        NO_EVIDENCE = "no_evidence", "没有证据也通过"
        OVERTURNED = "overturned", "经手的被改的多"
        SLOW = "slow", "这一步常超期"
        DISAGREE = "disagree", "再看一遍，看法不一样的多"

    class State(models.TextChoices):
        OPEN = "open", "等本人说"
        ANSWERED = "answered", "说过了，等监督看"
        CLOSED = "closed", "办结"

    village = models.ForeignKey(Division, models.PROTECT, related_name="findings")
    kind = models.CharField("哪一种", max_length=12, choices=Kind.choices)
    # Whom or what it is about: a person, else an area, else a step of the month.
    user = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="findings")
    area = models.ForeignKey(Area, models.PROTECT, null=True, blank=True, related_name="+")
    step = models.CharField(max_length=10, blank=True)
    about = models.CharField(max_length=60, help_text='"user:<key>", "area:<id>", "step:<name>"')
    first = models.DateField("从哪个月")
    last = models.DateField("到哪个月")
    quarter = models.CharField(max_length=6, help_text="of `last`: one thing is asked about once a quarter")
    figures = models.JSONField("数字", help_text="whole numbers by name, as they were found")
    found_at = models.DateTimeField()
    found_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    state = StateField("状态", choices=State.choices, default=State.OPEN)
    answer = EncryptedTextField(purpose="finding.answer", verbose_name="本人的话", null=True, blank=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    closing = EncryptedTextField(purpose="finding.closing", verbose_name="办结的话", null=True, blank=True)
    closed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    history = vouched_history()

    DIGEST = 1, (
        "key", "village_id", "kind", "user_id", "area_id", "step", "about", "first", "last", "quarter", "figures",
        "found_at", "found_by_id", "state", "answered_by_id", "answered_at", "closed_by_id", "closed_at",
    )  # fmt: skip

    class Meta:
        ordering = ["-found_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["village", "kind", "about", "quarter"], name="finding_once_a_quarter"
            ),
            models.CheckConstraint(
                condition=Q(user__isnull=False, area=None, step="")
                | Q(user=None, area__isnull=False, step="")
                | (Q(user=None, area=None) & ~Q(step="")),
                name="finding_about_one_thing",
            ),
        ]
        indexes = [
            models.Index(fields=["village", "state", "-found_at"]),
            models.Index(fields=["user", "state"]),
        ]

    @transition(field=state, source=State.OPEN, target=State.ANSWERED)
    def reply(self):
        """The person shown said their sentence."""

    @transition(field=state, source=[State.OPEN, State.ANSWERED], target=State.CLOSED)
    def close(self):
        """A supervisor is done with it, and says why."""
