"""更正申请: a household says that something stored about it is wrong (PIPL 46)."""

from django.db import models
from django.db.models import Q
from django_fsm import ConcurrentTransitionMixin, transition

from appeals.models import Objection
from governance.fields import EncryptedTextField
from governance.models import Division, Member, Subject, User
from governance.models.base import Keyed, StateField, vouched_history


class Rectification(ConcurrentTransitionMixin, Keyed):
    """One thing of the roster that an adult says is wrong; never about points, which have the objection."""

    class What(models.TextChoices):
        COVER = "cover", "户名或门牌"
        NAME = "name", "家里人的名字"
        PHONE = "phone", "家里人的手机号"
        ID_NUMBER = "id_number", "家里人的身份证号"
        PEOPLE = "people", "家里有谁"
        KIN = "kin", "亲属关系"
        OTHER = "other", "户册里别的"

    class State(models.TextChoices):
        FILED = "filed", "等文书核对"
        DONE = "done", "改好了"
        REFUSED = "refused", "没有改"
        WITHDRAWN = "withdrawn", "不用改了"

    How = Objection.How

    village = models.ForeignKey(Division, models.PROTECT, related_name="rectifications")
    subject = models.ForeignKey(Subject, models.PROTECT, related_name="rectifications")
    for_member = models.ForeignKey(Member, models.PROTECT, related_name="+")
    filed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    how = models.CharField("怎么提的", max_length=8, choices=How.choices)
    number = models.CharField("编号", max_length=20, help_text='"ZL-2026-0001", per village and year')
    what = models.CharField("哪一样不对", max_length=10, choices=What.choices)
    text = EncryptedTextField(purpose="rectification.text", verbose_name="应该是什么")
    state = StateField("状态", choices=State.choices, default=State.FILED)
    filed_at = models.DateTimeField()
    answer_by = models.DateField("哪天前答复")
    answer = EncryptedTextField(purpose="rectification.answer", verbose_name="答复", null=True, blank=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    history = vouched_history()

    DIGEST = 1, (
        "key", "village_id", "subject_id", "for_member_id", "filed_by_id", "how", "number", "what", "state",
        "filed_at", "answer_by", "answered_by_id", "answered_at",
    )  # fmt: skip

    class Meta:
        ordering = ["-filed_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["village", "number"], name="rectification_number"),
            models.CheckConstraint(
                condition=~Q(state__in=["done", "refused"]) | Q(answered_at__isnull=False),
                name="rectification_answered",
            ),
        ]
        indexes = [models.Index(fields=["village", "state", "answer_by"])]

    @transition(field=state, source=State.FILED, target=State.DONE)
    def finish(self):
        """The clerk mended what was wrong."""

    @transition(field=state, source=State.FILED, target=State.REFUSED)
    def refuse(self):
        """Not mended, with a reason and the way on."""

    @transition(field=state, source=State.FILED, target=State.WITHDRAWN)
    def withdraw(self):
        """The household does not want it any more."""
