"""信用修复: making good a deduction, under the rule's own terms."""

from django.db import models
from django.db.models import Q
from django_fsm import ConcurrentTransitionMixin, transition

from governance.fields import EncryptedTextField
from governance.models import Division, Entry, Member, Subject, User
from governance.models.base import Keyed, StateField, vouched_history
from workflows.models import Round


class Repair(ConcurrentTransitionMixin, Keyed):
    """One promise about one deduction, from the promise to the entry that offsets it."""

    class State(models.TextChoices):
        PROMISED = "promised", "在做"
        SHOWN = "shown", "做了，等组长去看"
        VERIFIED = "verified", "看过了，等理事会"
        APPROVED = "approved", "通过，等公示"
        PUBLISHED = "published", "修复了"
        REFUSED = "refused", "没批"
        WITHDRAWN = "withdrawn", "住户说不修了"
        LAPSED = "lapsed", "到期没做"
        REVOKED = "revoked", "弄虚作假，取消了"

    class How(models.TextChoices):
        ONLINE = "online", "本人在手机上提的"
        DESK = "desk", "本人到村部说的"
        PAPER = "paper", "本人交的纸条"
        HELPER = "helper", "代办员替本人提的"

    OPEN = (State.PROMISED, State.SHOWN, State.VERIFIED, State.APPROVED)

    village = models.ForeignKey(Division, models.PROTECT, related_name="repairs")
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="repairs")
    subject = models.ForeignKey(Subject, models.PROTECT, related_name="repairs")
    for_member = models.ForeignKey(Member, models.PROTECT, related_name="repairs")
    filed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    how = models.CharField("怎么提的", max_length=8, choices=How.choices)
    number = models.CharField("编号", max_length=20, help_text='"XF-2026-0001", per village and year')
    wrong = EncryptedTextField(purpose="repair.wrong", verbose_name="哪里没做好")
    promise = EncryptedTextField(purpose="repair.promise", verbose_name="打算怎么做")
    due_on = models.DateField("哪天前做好")
    done = EncryptedTextField(purpose="repair.done", verbose_name="做了什么", null=True, blank=True)
    state = StateField("状态", choices=State.choices, default=State.PROMISED)
    filed_at = models.DateTimeField()
    verified_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    # The month it was posted with.
    round = models.ForeignKey(Round, models.PROTECT, null=True, blank=True, related_name="repairs")
    # A refused one that an objection opened again is looked at by others.
    turn = models.PositiveSmallIntegerField("第几次看", default=1)
    history = vouched_history()

    DIGEST = 2, (
        "key", "village_id", "entry_id", "subject_id", "for_member_id", "filed_by_id", "how", "number", "due_on",
        "state", "filed_at", "verified_by_id", "round_id", "turn",
    )  # fmt: skip

    class Meta:
        ordering = ["-filed_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["village", "number"], name="repair_number"),
            # One at a time, and once it counted never again, revoked or not.
            models.UniqueConstraint(
                fields=["entry"],
                condition=Q(state__in=["promised", "shown", "verified", "approved", "published", "revoked"]),
                name="repair_once_per_entry",
            ),
        ]
        indexes = [models.Index(fields=["village", "state"]), models.Index(fields=["subject", "-filed_at"])]

    @transition(field=state, source=State.PROMISED, target=State.SHOWN)
    def show(self):
        """The household says it is done and shows it."""

    @transition(field=state, source=State.SHOWN, target=State.PROMISED)
    def send_back(self):
        """Something is still missing."""

    @transition(field=state, source=State.SHOWN, target=State.VERIFIED)
    def verify(self):
        """A group leader who did not file the deduction went and looked."""

    @transition(field=state, source=State.VERIFIED, target=State.APPROVED)
    def approve(self):
        """The council agreed; it is posted with the month."""

    @transition(field=state, source=[State.SHOWN, State.VERIFIED], target=State.REFUSED)
    def refuse(self):
        """Not taken, with a reason; the household may object."""

    @transition(field=state, source=State.REFUSED, target=State.SHOWN)
    def look_again(self):
        """An objection against the refusal was upheld: others look."""

    @transition(field=state, source=State.APPROVED, target=State.PUBLISHED)
    def publish(self):
        """Its entry is in the ledger."""

    @transition(
        field=state,
        source=[State.PROMISED, State.SHOWN, State.VERIFIED, State.APPROVED],
        target=State.WITHDRAWN,
    )
    def withdraw(self):
        """The household does not want it any more, or the deduction itself is gone."""

    @transition(field=state, source=State.PROMISED, target=State.LAPSED)
    def lapse(self):
        """The promised day passed; it may be promised again."""

    @transition(field=state, source=State.PUBLISHED, target=State.REVOKED)
    def revoke(self):
        """Obtained by fraud: the deduction counts again, and the household may object to that."""


class RepairVote(Keyed):
    """One council member's word on a verified repair; two who agree carry it, one who does not refuses it."""

    village = models.ForeignKey(Division, models.PROTECT, related_name="+")
    repair = models.ForeignKey(Repair, models.PROTECT, related_name="votes")
    turn = models.PositiveSmallIntegerField(default=1)
    voter = models.ForeignKey(User, models.PROTECT, related_name="+")
    role = models.CharField(max_length=12)
    agrees = models.BooleanField()
    reason = EncryptedTextField(purpose="repairvote.reason", verbose_name="理由", null=True, blank=True)
    cast_at = models.DateTimeField()

    DIGEST = 2, (
        "key", "village_id", "repair_id", "turn", "voter_id", "role", "agrees", "cast_at",
    )  # fmt: skip

    class Meta:
        ordering = ["cast_at", "id"]
        constraints = [models.UniqueConstraint(fields=["repair", "turn", "voter"], name="repairvote_once")]
