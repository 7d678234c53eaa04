"""异议: what a household says against a line of the ledger, a scorecard, a missing plus or a refused repair."""

from django.db import models
from django.db.models import Q
from django_fsm import ConcurrentTransitionMixin, transition

from appeals.models.repairs import Repair
from governance.fields import EncryptedTextField
from governance.models import Division, Entry, Member, Rule, Scorecard, Subject, User
from governance.models.base import Keyed, StateField, vouched_history


class Objection(ConcurrentTransitionMixin, Keyed):
    """One case of one household; while it is open a deduction it is about is held."""

    class About(models.TextChoices):
        ENTRY = "entry", "一条记分"
        SCORECARD = "scorecard", "一季的分和颜色"
        MISSING = "missing", "该加没加"
        REPAIR = "repair", "修复没批"

    class State(models.TextChoices):
        FILED = "filed", "等镇里收"
        ACCEPTED = "accepted", "在查"
        ANSWERED = "answered", "有结果了，可以请复核"
        REVIEWING = "reviewing", "复核中"
        CLOSED = "closed", "办结"
        WITHDRAWN = "withdrawn", "住户说不办了"

    class Outcome(models.TextChoices):
        REFUSED = "refused", "不收"
        UPHELD = "upheld", "支持"
        PARTLY = "partly", "部分支持"
        REJECTED = "rejected", "不支持"
        LAPSED = "lapsed", "到期没办，按住户的办"

    class How(models.TextChoices):
        ONLINE = "online", "本人在手机上提的"
        DESK = "desk", "本人到村部说的"
        PAPER = "paper", "本人交的纸条"
        HELPER = "helper", "代办员替本人提的"

    OPEN = (State.FILED, State.ACCEPTED, State.ANSWERED, State.REVIEWING)

    village = models.ForeignKey(Division, models.PROTECT, related_name="objections")
    subject = models.ForeignKey(Subject, models.PROTECT, related_name="objections")
    about = models.CharField("针对什么", max_length=10, choices=About.choices, default=About.ENTRY)
    # Exactly what `about` says; a missing plus names the rule and the day it should have been recorded for.
    entry = models.ForeignKey(Entry, models.PROTECT, null=True, blank=True, related_name="objections")
    scorecard = models.ForeignKey(Scorecard, models.PROTECT, null=True, blank=True, related_name="objections")
    repair = models.ForeignKey(Repair, models.PROTECT, null=True, blank=True, related_name="objections")
    rule = models.ForeignKey(Rule, models.PROTECT, null=True, blank=True, related_name="+")
    occurred_on = models.DateField("哪一天的事", null=True, blank=True)
    for_member = models.ForeignKey(Member, models.PROTECT, related_name="objections")
    filed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    how = models.CharField("怎么提的", max_length=8, choices=How.choices)
    text = EncryptedTextField(purpose="objection.text", verbose_name="住户的话", blank=True)
    number = models.CharField("编号", max_length=20, help_text='"YY-2026-0001", per village and year')
    state = StateField("状态", choices=State.choices, default=State.FILED)
    outcome = models.CharField("结果", max_length=8, choices=Outcome.choices, blank=True)
    filed_at = models.DateTimeField()
    answer_by = models.DateField(help_text="the day by which whoever acts now has to act")
    is_late = models.BooleanField("过了公示期提的", default=False)
    # A case taken up again is a new one.
    earlier = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="later")
    # Who has taken it on now, for the step it is in.
    officer = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    accepted_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    extended_days = models.PositiveSmallIntegerField("延长了几个工作日", default=0)
    # The clock stands while the household is waited for; what was left of it, in working days.
    suspended_at = models.DateTimeField(null=True, blank=True)
    days_left = models.PositiveSmallIntegerField(null=True, blank=True)
    history = vouched_history()

    DIGEST = 3, (
        "key", "village_id", "subject_id", "about", "entry_id", "scorecard_id", "repair_id", "rule_id",
        "occurred_on", "for_member_id", "filed_by_id", "how", "number", "state", "outcome", "filed_at", "answer_by",
        "is_late", "earlier_id", "officer_id", "accepted_at", "closed_at", "extended_days", "suspended_at",
        "days_left",
    )  # fmt: skip

    class Meta:
        ordering = ["-filed_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["village", "number"], name="objection_number"),
            models.UniqueConstraint(
                fields=["entry"],
                condition=Q(entry__isnull=False, state__in=["filed", "accepted", "answered", "reviewing"]),
                name="objection_one_open_per_entry",
            ),
            models.CheckConstraint(
                condition=Q(about="entry", entry__isnull=False, scorecard=None, repair=None, rule=None)
                | Q(about="scorecard", entry=None, scorecard__isnull=False, repair=None, rule=None)
                | Q(about="repair", entry=None, scorecard=None, repair__isnull=False, rule=None)
                | Q(about="missing", entry=None, scorecard=None, repair=None, occurred_on__isnull=False),
                name="objection_about_one_thing",
            ),
        ]
        indexes = [
            models.Index(fields=["village", "-filed_at"]),
            models.Index(fields=["state", "answer_by"]),
            models.Index(fields=["officer", "state"]),
        ]

    @transition(field=state, source=State.FILED, target=State.ACCEPTED)
    def accept(self):
        """The township takes it up."""

    @transition(field=state, source=[State.FILED, State.ACCEPTED], target=State.ANSWERED)
    def answer(self):
        """Refused, rejected or upheld in part; the household may ask for a second review."""

    @transition(field=state, source=[State.FILED, State.ACCEPTED, State.ANSWERED], target=State.REVIEWING)
    def review(self):
        """Other people at the township look at it: asked for, or because nobody decided in time."""

    @transition(field=state, source=list(OPEN), target=State.CLOSED)
    def close(self):
        """What was decided has taken effect; filed, when a correction for everybody was first."""

    @transition(field=state, source=list(OPEN), target=State.WITHDRAWN)
    def withdraw(self):
        """The household does not want it any more."""
