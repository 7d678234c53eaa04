"""The ledger, what is held back from it, and the scorecards that sum it up."""

from django.db import models
from django.db.models import Q

from governance.models.base import Keyed, vouched_history
from governance.models.divisions import Division
from governance.models.events import Event
from governance.models.rulebooks import Rule
from governance.models.subjects import Subject


class Entry(Keyed):
    """记分: one append-only line. A correction is a reversing line and, where due, a new one."""

    class Origin(models.TextChoices):
        VILLAGE = "village", "村里评议"
        DEPARTMENT = "department", "部门记分"

    village = models.ForeignKey(Division, models.PROTECT, related_name="+")
    subject = models.ForeignKey(Subject, models.PROTECT, related_name="entries")
    quarter = models.CharField(max_length=6)
    occurred_on = models.DateField()
    rule = models.ForeignKey(Rule, models.PROTECT, related_name="+")
    origin = models.CharField(max_length=10, choices=Origin.choices, default=Origin.VILLAGE)
    raw_tenths = models.IntegerField(
        help_text="the rule's points for this fact alone, before history and caps"
    )
    quantity_milli = models.BigIntegerField(default=0)
    reverses = models.OneToOneField("self", models.PROTECT, null=True, related_name="reversed_by")
    # What was decided, in the layer above: "observation:<key>", "objection:<key>" …
    source = models.CharField(max_length=60)
    event = models.ForeignKey(Event, models.PROTECT, related_name="entries")
    posted_at = models.DateTimeField()

    class Meta:
        ordering = ["occurred_on", "id"]
        indexes = [
            models.Index(fields=["village", "quarter", "subject"]),
            models.Index(fields=["subject", "quarter"]),
            models.Index(fields=["village", "-posted_at"], name="entry_village_posted"),
            models.Index(fields=["-posted_at"], name="entry_posted"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["village", "source"], condition=Q(reverses__isnull=True), name="entry_one_per_source"
            )
        ]

    DIGEST = 1, (
        "key", "village_id", "subject_id", "quarter", "occurred_on", "rule_id", "origin", "raw_tenths",
        "quantity_milli", "reverses_id", "source",
    )  # fmt: skip


class Hold(Keyed):
    """暂缓: an open case about an entry. A held deduction does not count; a held plus goes on counting."""

    village = models.ForeignKey(Division, models.PROTECT, related_name="+")
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="holds")
    cause = models.CharField(max_length=60, help_text='"objection:<key>"')
    placed_at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True, blank=True)
    history = vouched_history()

    DIGEST = 1, (
        "key", "village_id", "entry_id", "cause", "placed_at", "lifted_at",
    )  # fmt: skip

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["entry"], condition=Q(lifted_at__isnull=True), name="hold_one_open_per_entry"
            )
        ]
        indexes = [
            models.Index(fields=["village"], condition=Q(lifted_at__isnull=True), name="hold_open_village")
        ]


class Scorecard(Keyed):
    """诚信档案: a subject's quarter, frozen when confirmed; a correction is a new version."""

    class Colour(models.TextChoices):
        GREEN = "green", "示范户"
        BLUE = "blue", "达标户"
        RED = "red", "待提升户"

    village = models.ForeignKey(Division, models.PROTECT, related_name="+")
    subject = models.ForeignKey(Subject, models.PROTECT, related_name="scorecards")
    quarter = models.CharField(max_length=6)
    version = models.PositiveSmallIntegerField(default=1)
    base_tenths = models.IntegerField()
    index_tenths = models.IntegerField()
    department_tenths = models.IntegerField(default=0)
    total_tenths = models.IntegerField()
    colour = models.CharField(max_length=5, choices=Colour.choices)
    held_count = models.PositiveSmallIntegerField(default=0)
    # The version of last quarter's card whose totals were carried in; None at the start of a year.
    prior = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    # What counted is what stood at this moment: entries posted and holds open then (replay uses it).
    computed_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    published_at = models.DateTimeField(null=True)
    history = vouched_history()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subject", "quarter", "version"], name="scorecard_version"),
        ]
        indexes = [models.Index(fields=["village", "quarter", "subject"])]

    DIGEST = 2, (
        "key", "village_id", "subject_id", "quarter", "version", "base_tenths", "index_tenths", "department_tenths",
        "total_tenths", "colour", "held_count", "prior_id", "computed_at", "confirmed_at", "published_at",
    )  # fmt: skip


class Carry(models.Model):
    """What a settled scorecard hands on to the next quarter of the same year (caps that reach over quarters)."""

    scorecard = models.ForeignKey(Scorecard, models.CASCADE, related_name="carries")
    key = models.CharField(max_length=70, help_text="a rule family, or group:<name>")
    points_tenths = models.PositiveIntegerField(default=0)
    times = models.PositiveIntegerField(default=0)
    quantity_milli = models.PositiveBigIntegerField(default=0)
    highest_tenths = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["scorecard", "key"], name="carry_key")]
