"""评议事项: one observed fact on one subject under one rule; its evidence and its ballots."""

from django.db import models
from django_fsm import ConcurrentTransitionMixin, transition

from governance.fields import EncryptedTextField
from governance.models import Division, Entry, Rule, Subject, User
from governance.models.base import Keyed, StateField, vouched_history
from workflows.models.rounds import Round, Sheet


class Observation(ConcurrentTransitionMixin, Keyed):
    """The unit of review. Points follow from the rule and the fact; nobody types them in."""

    class State(models.TextChoices):
        DRAFTED = "drafted", "草稿"
        FILED = "filed", "等组长核"
        CONFIRMED = "confirmed", "等理事会审"
        APPROVED = "approved", "通过"
        PUBLISHED = "published", "公示"
        FINAL = "final", "定了"
        REJECTED = "rejected", "不收"
        WITHDRAWN = "withdrawn", "撤了"

    village = models.ForeignKey(Division, models.PROTECT, related_name="+")
    round = models.ForeignKey(Round, models.PROTECT, related_name="observations")
    sheet = models.ForeignKey(Sheet, models.PROTECT, related_name="observations")
    subject = models.ForeignKey(Subject, models.PROTECT, related_name="observations")
    rule = models.ForeignKey(Rule, models.PROTECT, related_name="+")
    state = StateField("状态", choices=State.choices, default=State.DRAFTED)
    fact = EncryptedTextField(purpose="observation.fact", verbose_name="看到了什么")
    place = EncryptedTextField(purpose="observation.place", verbose_name="在哪里", null=True, blank=True)
    occurred_on = models.DateField("哪一天")
    quantity_milli = models.BigIntegerField("数量（千分之一）", default=0)
    chosen_tenths = models.IntegerField("幅度内定的分", null=True, blank=True)
    labels = models.JSONField("选的级别或几项", default=list)
    grounds = EncryptedTextField(
        purpose="observation.grounds", verbose_name="为什么定这个分", null=True, blank=True
    )
    raw_tenths = models.IntegerField("记分（十分之一分）")
    # What the rater filed, kept beside what the leader measured.
    filed_tenths = models.IntegerField(default=0)
    filed_quantity_milli = models.BigIntegerField(default=0)
    confirmed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    needs_ballot = models.BooleanField("要投票", default=False)
    contested = models.BooleanField("有争议", default=False)
    ballot_closed_at = models.DateTimeField(null=True, blank=True)
    at_township = models.BooleanField("转镇评审组", default=False)
    turn = models.PositiveSmallIntegerField("第几次审", default=1)
    # By its key, which a drafted line has already: the item is saved before the event, the line after it.
    entry = models.OneToOneField(
        Entry, models.PROTECT, to_field="key", null=True, blank=True, related_name="observation"
    )
    history = vouched_history()

    DIGEST = 2, (
        "key", "village_id", "round_id", "sheet_id", "subject_id", "rule_id", "state", "occurred_on",
        "quantity_milli", "chosen_tenths", "labels", "raw_tenths", "filed_tenths", "filed_quantity_milli",
        "confirmed_by_id", "needs_ballot", "contested", "ballot_closed_at", "at_township", "turn", "entry_id",
    )  # fmt: skip

    class Meta:
        ordering = ["occurred_on", "id"]
        indexes = [
            # The council's queue: large items first, then by id; a page is one range of this index.
            models.Index(fields=["village", "state", "-needs_ballot", "id"], name="observation_queue"),
            models.Index(fields=["rule", "state"]),
            models.Index(fields=["subject", "occurred_on"]),
        ]

    @property
    def is_deduction(self) -> bool:
        """Does it take points away; by its rule, whatever was measured."""
        return self.rule.sign < 0

    @property
    def rater_id(self) -> int:
        """Who rated: whose sheet it is on."""
        return self.sheet.rater_id

    @transition(field=state, source=State.DRAFTED, target=State.FILED)
    def file(self):
        """Handed in with its sheet."""

    @transition(field=state, source=State.FILED, target=State.DRAFTED)
    def reopen(self):
        """Its sheet was returned to the rater."""

    @transition(field=state, source=State.FILED, target=State.CONFIRMED)
    def confirm(self):
        """Checked by the group leader."""

    @transition(field=state, source=State.CONFIRMED, target=State.FILED)
    def send_back(self):
        """The council wants the fact looked at again."""

    @transition(field=state, source=State.CONFIRMED, target=State.APPROVED)
    def approve(self):
        """The council agreed."""

    @transition(field=state, source=State.APPROVED, target=State.CONFIRMED)
    def reconsider(self):
        """The committee sent it back to the council; the rest of the month goes on."""

    @transition(field=state, source=[State.FILED, State.CONFIRMED], target=State.REJECTED)
    def reject(self):
        """Not taken, with a reason."""

    @transition(
        field=state,
        source=[State.DRAFTED, State.FILED, State.CONFIRMED, State.APPROVED],
        target=State.WITHDRAWN,
    )
    def withdraw(self):
        """Taken back by its rater, or the household withdrew its consent before publication."""

    @transition(field=state, source=State.APPROVED, target=State.PUBLISHED)
    def publish(self):
        """Its entry is in the ledger and the notice is posted."""

    @transition(field=state, source=State.PUBLISHED, target=State.FINAL)
    def finalise(self):
        """The window passed without a hold, or the hold was lifted."""


class Evidence(Keyed):
    """A photo, a document or a witness's name for one observation."""

    class Kind(models.TextChoices):
        PHOTO = "photo", "照片"
        DOCUMENT = "document", "文件"
        WITNESS = "witness", "证人"

    village = models.ForeignKey(Division, models.PROTECT, related_name="+")
    observation = models.ForeignKey(Observation, models.CASCADE, related_name="evidence")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    caption = EncryptedTextField(purpose="evidence.caption", verbose_name="说明", null=True, blank=True)
    stored_as = models.CharField(max_length=120, blank=True)
    media_type = models.CharField(max_length=40, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    added_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    DIGEST = 1, (
        "key", "village_id", "observation_id", "kind", "stored_as", "media_type", "sha256", "added_by_id",
        "added_at",
    )  # fmt: skip


class Ballot(Keyed):
    """表决: one member's vote on one observation, sealed until the ballot closes. Never changed."""

    class Choice(models.TextChoices):
        APPROVE = "approve", "同意"
        REJECT = "reject", "不同意"
        SEND_BACK = "send_back", "退回"

    village = models.ForeignKey(Division, models.PROTECT, related_name="+")
    observation = models.ForeignKey(Observation, models.PROTECT, related_name="ballots")
    # An item sent back and confirmed again is voted on afresh.
    turn = models.PositiveSmallIntegerField(default=1)
    voter = models.ForeignKey(User, models.PROTECT, related_name="+")
    choice = models.CharField(max_length=10, choices=Choice.choices)
    reason = EncryptedTextField(purpose="ballot.reason", verbose_name="理由", null=True, blank=True)
    cast_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["observation", "turn", "voter"], name="ballot_once"),
        ]

    DIGEST = 2, (
        "key", "village_id", "observation_id", "turn", "voter_id", "choice", "cast_at",
    )  # fmt: skip
