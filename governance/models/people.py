"""Who: accounts, appointments, links, kinship, slips that bind an account."""

from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from governance.fields import BlindIndexField, EncryptedTextField
from governance.models.base import Dated, Keyed, vouched_history
from governance.models.divisions import Area, Division


class UserManager(BaseUserManager):
    """Makes accounts without an e-mail; who may do what follows from appointments, never from a flag."""

    def create_user(self, username: str, password: str | None = None, **fields):
        """An account with a hashed password (none means it signs in by phone code only)."""
        user = self.model(username=username, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(Keyed, AbstractUser):
    """An account. What it may do follows from appointments and, for a resident, from a member row."""

    first_name = last_name = email = None
    name = models.CharField("姓名", max_length=40, blank=True, help_text="工作人员的姓名；居民的姓名在户册里")
    phone = EncryptedTextField(purpose="user.phone", verbose_name="手机", null=True, blank=True)
    phone_index = BlindIndexField(source="phone", purpose="user.phone", null=True)
    phone_verified = models.BooleanField(default=False)
    history = HistoricalRecords(excluded_fields=["password", "last_login"])

    objects = UserManager()

    REQUIRED_FIELDS = []

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["phone_index"], condition=Q(phone_index__isnull=False), name="user_phone_once"
            )
        ]

    def __str__(self):
        return self.name or self.username


class Role(models.TextChoices):
    """Who may act; what each may do is said by the check_* functions of each noun."""

    CLERK = "clerk", "文书"
    RATER = "rater", "联户党员"
    LEADER = "leader", "承包组长"
    COUNCIL = "council", "和治理事会"
    COMMITTEE = "committee", "村两委"
    SUPERVISION = "supervision", "村务监督"
    HELPER = "helper", "代办员"
    OFFICER = "officer", "镇异议专员"
    PANEL = "panel", "镇评审组"
    SUPERVISOR = "supervisor", "县镇监督"
    OPERATOR = "operator", "系统运维"


# Who works for the villages of their scope. An operator keeps the machinery going and sees nothing of a village.
OF_VILLAGES = tuple(role for role in Role if role != Role.OPERATOR)


class Appointment(Keyed, Dated):
    """A role in a division (and area, for a group leader), by date."""

    Role = Role
    VILLAGE = "division"

    user = models.ForeignKey(User, models.PROTECT, related_name="appointments")
    role = models.CharField("职务", max_length=12, choices=Role.choices)
    division = models.ForeignKey(Division, models.PROTECT, related_name="+")
    area = models.ForeignKey(Area, models.PROTECT, null=True, blank=True, related_name="+")
    history = vouched_history()

    DIGEST = 1, (
        "starts", "ends", "key", "user_id", "role", "division_id", "area_id",
    )  # fmt: skip

    class Meta:
        indexes = [models.Index(fields=["user", "role"]), models.Index(fields=["division", "role"])]
        constraints = [Dated.dates_in_order("appointment")]


class Link(Keyed, Dated):
    """联户: a party member and a subject they rate."""

    village = models.ForeignKey(Division, models.PROTECT, related_name="+")
    rater = models.ForeignKey(User, models.PROTECT, related_name="links")
    subject = models.ForeignKey("governance.Subject", models.PROTECT, related_name="links")
    history = vouched_history()

    DIGEST = 1, (
        "starts", "ends", "key", "village_id", "rater_id", "subject_id",
    )  # fmt: skip

    class Meta:
        constraints = [
            Dated.dates_in_order("link"),
            models.UniqueConstraint(fields=["subject"], condition=Q(ends__isnull=True), name="link_one_open"),
        ]
        indexes = [models.Index(fields=["village", "rater"])]


class Kinship(Keyed, Dated):
    """A declared family tie between an account and a subject; either side may declare it."""

    class Relation(models.TextChoices):
        SPOUSE = "spouse", "配偶"
        PARENT = "parent", "父母"
        CHILD = "child", "子女"
        SIBLING = "sibling", "兄弟姐妹"
        IN_LAW = "in_law", "姻亲"
        OTHER = "other", "其他近亲属"

    village = models.ForeignKey(Division, models.PROTECT, related_name="+")
    user = models.ForeignKey(User, models.PROTECT, related_name="kinships")
    subject = models.ForeignKey("governance.Subject", models.PROTECT, related_name="kinships")
    relation = models.CharField("关系", max_length=10, choices=Relation.choices)
    declared_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    history = vouched_history()

    DIGEST = 1, (
        "starts", "ends", "key", "village_id", "user_id", "subject_id", "relation", "declared_by_id",
    )  # fmt: skip

    class Meta:
        constraints = [
            Dated.dates_in_order("kinship"),
            models.UniqueConstraint(
                fields=["user", "subject"], condition=Q(ends__isnull=True), name="kinship_one_open"
            ),
        ]


class Shield(Keyed, Dated):
    """反报复回避: whose work a household objected to; until it ends, others judge deductions on that household.

    Written by the case (`cause` is "objection:<key>"), read where the month finds who may act.
    """

    village = models.ForeignKey(Division, models.PROTECT, related_name="+")
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    subject = models.ForeignKey("governance.Subject", models.PROTECT, related_name="shields")
    cause = models.CharField(max_length=60)
    history = vouched_history()

    DIGEST = 1, (
        "starts", "ends", "key", "village_id", "user_id", "subject_id", "cause",
    )  # fmt: skip

    class Meta:
        constraints = [
            Dated.dates_in_order("shield"),
            models.UniqueConstraint(fields=["user", "subject", "cause"], name="shield_once"),
        ]
        indexes = [models.Index(fields=["subject", "user"])]


class Slip(Keyed):
    """A one-time paper code that binds an account to a member; only its hash is kept."""

    village = models.ForeignKey(Division, models.PROTECT, related_name="+")
    member = models.ForeignKey("governance.Member", models.CASCADE, related_name="slips")
    code_hash = models.BinaryField(max_length=32, unique=True)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
