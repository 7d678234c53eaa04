"""调查: questions put to those who know, what either side hands in, and a hearing."""

from django.db import models
from django.db.models import Q
from django_fsm import ConcurrentTransitionMixin, transition

from appeals.models.objections import Objection
from appeals.models.repairs import Repair
from governance.fields import EncryptedTextField
from governance.models import Division, User
from governance.models.base import Keyed, StateField, vouched_history


class Inquiry(ConcurrentTransitionMixin, Keyed):
    """调查函: one question to one person. Who has no account answers in person and the officer writes it down."""

    class Kind(models.TextChoices):
        RATER = "rater", "联户党员"
        LEADER = "leader", "承包组长"
        DEPARTMENT = "department", "部门"
        WITNESS = "witness", "证人"

    class State(models.TextChoices):
        ASKED = "asked", "等答复"
        ANSWERED = "answered", "答了"
        LATE = "late", "到期没答"
        DROPPED = "dropped", "不用答了"

    village = models.ForeignKey(Division, models.PROTECT, related_name="+")
    objection = models.ForeignKey(Objection, models.PROTECT, related_name="inquiries")
    kind = models.CharField("问谁", max_length=10, choices=Kind.choices)
    to_user = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    to_name = EncryptedTextField(purpose="inquiry.to_name", verbose_name="姓名或部门", null=True, blank=True)
    question = EncryptedTextField(purpose="inquiry.question", verbose_name="问什么")
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    answer_by = models.DateField("哪天前答")
    state = StateField("状态", choices=State.choices, default=State.ASKED)
    answer = EncryptedTextField(purpose="inquiry.answer", verbose_name="答复", null=True, blank=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    history = vouched_history()

    DIGEST = 2, (
        "key", "village_id", "objection_id", "kind", "to_user_id", "asked_by_id", "asked_at", "answer_by", "state",
        "answered_by_id", "answered_at",
    )  # fmt: skip

    class Meta:
        ordering = ["asked_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(to_user__isnull=False) | Q(to_name__isnull=False), name="inquiry_to_somebody"
            )
        ]
        indexes = [models.Index(fields=["to_user", "state"])]

    @transition(field=state, source=[State.ASKED, State.LATE], target=State.ANSWERED)
    def reply(self):
        """Answered; late answers are taken while the case is open."""

    @transition(field=state, source=State.ASKED, target=State.LATE)
    def miss(self):
        """The day passed; the case goes on without it."""

    @transition(field=state, source=[State.ASKED, State.LATE], target=State.DROPPED)
    def drop(self):
        """Not needed any more: withdrawn by the officer, or the case is over."""


class Exhibit(Keyed):
    """材料: a photo, a document or a statement that either side hands in, for an objection or a repair."""

    class Kind(models.TextChoices):
        PHOTO = "photo", "照片"
        DOCUMENT = "document", "文件"
        STATEMENT = "statement", "说明"

    village = models.ForeignKey(Division, models.PROTECT, related_name="+")
    objection = models.ForeignKey(Objection, models.PROTECT, null=True, blank=True, related_name="exhibits")
    repair = models.ForeignKey(Repair, models.PROTECT, null=True, blank=True, related_name="exhibits")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    is_households = models.BooleanField("住户交的")
    text = EncryptedTextField(purpose="exhibit.text", verbose_name="说明", null=True, blank=True)
    stored_as = models.CharField(max_length=120, blank=True)
    media_type = models.CharField(max_length=40, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    added_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    DIGEST = 2, (
        "key", "village_id", "objection_id", "repair_id", "kind", "is_households", "stored_as", "media_type",
        "sha256", "added_by_id", "added_at",
    )  # fmt: skip

    class Meta:
        ordering = ["added_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(objection__isnull=False, repair=None) | Q(objection=None, repair__isnull=False),
                name="exhibit_of_one_case",
            )
        ]


class Hearing(ConcurrentTransitionMixin, Keyed):
    """当面听: a meeting of both sides, with its minutes."""

    class State(models.TextChoices):
        PLANNED = "planned", "定了时间"
        HELD = "held", "开过了"
        CANCELLED = "cancelled", "取消了"

    village = models.ForeignKey(Division, models.PROTECT, related_name="+")
    objection = models.ForeignKey(Objection, models.PROTECT, related_name="hearings")
    takes_place_at = models.DateTimeField("什么时候")
    place = models.CharField("在哪里", max_length=120)
    state = StateField("状态", choices=State.choices, default=State.PLANNED)
    minutes = EncryptedTextField(purpose="hearing.minutes", verbose_name="记录", null=True, blank=True)
    called_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    called_at = models.DateTimeField()
    history = vouched_history()

    DIGEST = 2, (
        "key", "village_id", "objection_id", "takes_place_at", "place", "state", "called_by_id", "called_at",
    )  # fmt: skip

    class Meta:
        ordering = ["takes_place_at", "id"]

    @transition(field=state, source=State.PLANNED, target=State.HELD)
    def hold(self):
        """It took place; the minutes say what was said."""

    @transition(field=state, source=State.PLANNED, target=State.CANCELLED)
    def cancel(self):
        """It does not take place."""
