"""By which rules: versioned rulebooks and their rules in every shape of design/2-domain.md."""

from django.db import models
from django.db.models import Q
from django_fsm import ConcurrentTransitionMixin, transition

from governance.models.base import Keyed, StateField, vouched_history
from governance.models.divisions import Division


class Rulebook(ConcurrentTransitionMixin, Keyed):
    """评分细则: one version. In force it is never edited; a new version takes its place at a quarter's start."""

    class State(models.TextChoices):
        DRAFT = "draft", "草稿"
        CHECKED = "checked", "已检查"
        ANNOUNCED = "announced", "征求意见"
        ADOPTED = "adopted", "大会通过"
        IN_FORCE = "in_force", "施行"
        SUPERSEDED = "superseded", "已被新版代替"

    village = models.ForeignKey(Division, models.PROTECT, related_name="rulebooks")
    version = models.PositiveSmallIntegerField("版本")
    title = models.CharField("名称", max_length=120)
    base_tenths = models.PositiveIntegerField("起始分（十分之一分）", default=1000)
    state = StateField("状态", choices=State.choices, default=State.DRAFT)
    announced_on = models.DateField("公布征求意见", null=True, blank=True)
    assembly_on = models.DateField("大会日期", null=True, blank=True)
    assembly_present = models.PositiveIntegerField("到会人数", null=True, blank=True)
    assembly_for = models.PositiveIntegerField("同意人数", null=True, blank=True)
    minutes_file = models.CharField("会议记录", max_length=200, blank=True)
    minutes_sha256 = models.CharField(max_length=64, blank=True)
    starts_quarter = models.CharField("从哪一季起施行", max_length=6, blank=True)
    history = vouched_history()

    DIGEST = 1, (
        "key", "village_id", "version", "title", "base_tenths", "state", "announced_on", "assembly_on",
        "assembly_present", "assembly_for", "minutes_file", "minutes_sha256", "starts_quarter",
    )  # fmt: skip

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["village", "version"], name="rulebook_version"),
            models.UniqueConstraint(
                fields=["village"], condition=Q(state="in_force"), name="rulebook_one_in_force"
            ),
        ]

    @transition(field=state, source=State.DRAFT, target=State.CHECKED)
    def check_passed(self):
        """The linter found nothing that stops it."""

    @transition(field=state, source=[State.CHECKED, State.ANNOUNCED], target=State.DRAFT)
    def reopen(self):
        """Back to the desk, for a change."""

    @transition(field=state, source=State.CHECKED, target=State.ANNOUNCED)
    def announce(self):
        """Posted for public comment."""

    @transition(field=state, source=State.ANNOUNCED, target=State.ADOPTED)
    def adopt(self):
        """Passed by the assembly."""

    @transition(field=state, source=State.ADOPTED, target=State.IN_FORCE)
    def enter_into_force(self):
        """Its first quarter began."""

    @transition(field=state, source=State.IN_FORCE, target=State.SUPERSEDED)
    def supersede(self):
        """A later version took its place."""


class Rule(Keyed):
    """One item. A row never changes once its rulebook is adopted, so an entry's rule is its version."""

    class Dimension(models.TextChoices):
        PERSONAL = "personal", "个人品德"
        FAMILY = "family", "家庭美德"
        WORK = "work", "职业道德"
        PUBLIC = "public", "社会公德"
        VILLAGE = "village", "村里自定"

    class Shape(models.TextChoices):
        FIXED = "fixed", "固定分"
        RANGE = "range", "幅度分"
        PER_UNIT = "per_unit", "按量记分"
        PIECEWISE = "piecewise", "分段记分"
        THRESHOLDS = "thresholds", "累计达到"
        LADDER = "ladder", "荣誉级别"
        STEPS = "steps", "按次递增"
        COMPONENTS = "components", "几项合成"
        SELF_SET = "self_set", "村里自设"

    class Window(models.TextChoices):
        DAY = "day", "一天"
        MONTH = "month", "一个月"
        QUARTER = "quarter", "一季"
        YEAR = "year", "一年"

    class Evidence(models.TextChoices):
        NONE = "none", "不要"
        PHOTO = "photo", "照片"
        DOCUMENT = "document", "文件"
        WITNESSES = "witnesses", "两位证人"
        ANY = "any", "照片、文件或证人"

    village = models.ForeignKey(Division, models.PROTECT, related_name="+")
    rulebook = models.ForeignKey(Rulebook, models.PROTECT, related_name="rules")
    position = models.PositiveIntegerField()
    number = models.CharField("编号", max_length=20)
    family = models.CharField("同一条（跨版本）", max_length=64)
    dimension = models.CharField("方面", max_length=10, choices=Dimension.choices)
    category = models.CharField("类别", max_length=120, blank=True)
    text = models.CharField("事项", max_length=500)
    conduct = models.CharField("行为", max_length=40, blank=True)
    shape = models.CharField("记分办法", max_length=12, choices=Shape.choices, default=Shape.FIXED)
    sign = models.SmallIntegerField("加减", choices=[(1, "加分"), (-1, "减分")])
    points_tenths = models.IntegerField(default=0)
    min_tenths = models.IntegerField(default=0)
    max_tenths = models.IntegerField(default=0)
    unit = models.CharField("单位", max_length=20, blank=True)
    unit_milli = models.PositiveBigIntegerField(default=1000)
    window = models.CharField("多久算一轮", max_length=8, choices=Window.choices, blank=True)
    # At most one cap per window, in points and in times; absolute amounts.
    day_points = models.PositiveIntegerField(null=True, blank=True)
    day_times = models.PositiveSmallIntegerField(null=True, blank=True)
    month_points = models.PositiveIntegerField(null=True, blank=True)
    month_times = models.PositiveSmallIntegerField(null=True, blank=True)
    quarter_points = models.PositiveIntegerField(null=True, blank=True)
    quarter_times = models.PositiveSmallIntegerField(null=True, blank=True)
    year_points = models.PositiveIntegerField(null=True, blank=True)
    year_times = models.PositiveSmallIntegerField(null=True, blank=True)
    group = models.CharField("只记最高的一组", max_length=60, blank=True)
    group_window = models.CharField(max_length=8, choices=Window.choices, default=Window.DAY)
    evidence = models.CharField("要什么证据", max_length=10, choices=Evidence.choices, blank=True)
    double_audit = models.BooleanField("两级审核", default=False)
    kinds = models.JSONField("管哪几类", default=list, help_text="subject kinds; empty means households")
    lasts_quarters = models.PositiveSmallIntegerField("管几季", default=1)
    repairable = models.BooleanField("可以修复", default=True)
    repair_half = models.BooleanField("修复只抵一半", default=False)
    repair_terms = models.CharField("怎样算修复", max_length=200, blank=True)
    # The row it came from, cell by cell, with its ordinal: what it is known by, and what the export writes.
    as_written = models.JSONField(default=dict)
    # Findings of the linter and the clerk's recorded answers: [{ground, sentence, source, answer}]
    findings = models.JSONField(default=list)
    history = vouched_history()

    DIGEST = 1, (
        "key", "village_id", "rulebook_id", "position", "number", "family", "dimension", "category", "text",
        "conduct", "shape", "sign", "points_tenths", "min_tenths", "max_tenths", "unit", "unit_milli", "window",
        "day_points", "day_times", "month_points", "month_times", "quarter_points", "quarter_times", "year_points",
        "year_times", "group", "group_window", "evidence", "double_audit", "kinds", "lasts_quarters", "repairable",
        "repair_half", "repair_terms", "as_written", "findings",
    )  # fmt: skip

    class Meta:
        ordering = ["rulebook_id", "position"]
        constraints = [
            models.CheckConstraint(condition=Q(sign__in=[1, -1]), name="rule_sign"),
            models.CheckConstraint(
                condition=Q(lasts_quarters__gte=1, lasts_quarters__lte=4), name="rule_lasts_a_year_at_most"
            ),
        ]


class RuleStep(models.Model):
    """One band, threshold, level, repetition or component of a rule (see governance.scoring.Step)."""

    rule = models.ForeignKey(Rule, models.CASCADE, related_name="steps")
    n = models.PositiveSmallIntegerField()
    label = models.CharField(max_length=40, blank=True)
    points_tenths = models.IntegerField()
    at_milli = models.PositiveBigIntegerField(default=0)
    per_milli = models.PositiveBigIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["rule_id", "n"]
        constraints = [models.UniqueConstraint(fields=["rule", "n"], name="rulestep_n")]


class VoidRule(Keyed):
    """A rule found unlawful: nothing more is recorded under it. The rule row itself stays as it was."""

    rule = models.OneToOneField(Rule, models.PROTECT, related_name="void")
    ground = models.CharField("为什么作废", max_length=400)
    source = models.CharField("依据", max_length=200)
    at = models.DateTimeField()
    history = vouched_history()

    DIGEST = 1, ("key", "rule_id", "ground", "source", "at")
    VILLAGE = "rule__village"
