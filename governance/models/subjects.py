"""The rated party, its people, and what they agreed to."""

from datetime import date

from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

from governance.fields import BlindIndexField, EncryptedTextField, SortKeyField
from governance.models.base import Keyed, vouched_history
from governance.models.divisions import Area, Division
from governance.models.people import User


class SubjectQuerySet(models.QuerySet):
    def living(self):
        """Files still open: not split up, merged away or dissolved."""
        return self.filter(closed_on__isnull=True)

    def in_order(self):
        """By area and door, as one walks: 2号 before 10号. Never by colour or score."""
        return self.order_by("area__position", "area__name", "door_order", "pk")

    def enrolled(self, day: date):
        """Subjects that may be scored on a day: consent counts from the next month, withdrawal at once."""
        return self.filter(
            Q(enrolled_to__isnull=True) | Q(enrolled_to__gt=day),
            enrolled_from__lte=day,
            closed_on__isnull=True,
        )


class Subject(Keyed):
    """信用主体: a household, shop or enterprise. Its name is encrypted; lists sort by area and door."""

    class Kind(models.TextChoices):
        HOUSEHOLD = "household", "户"
        SHOP = "shop", "商户"
        ENTERPRISE = "enterprise", "企业"

    village = models.ForeignKey(Division, models.PROTECT, related_name="subjects")
    area = models.ForeignKey(Area, models.PROTECT, related_name="subjects")
    kind = models.CharField("类别", max_length=10, choices=Kind.choices, default=Kind.HOUSEHOLD)
    door = models.CharField("门牌号", max_length=40)
    door_order = SortKeyField(source="door")
    name = EncryptedTextField(purpose="subject.name", verbose_name="户名")
    name_index = BlindIndexField(source="name", purpose="subject.name")
    # Kept by governance.consents from the head's consent; the first month that counts starts on enrolled_from.
    enrolled_from = models.DateField("从哪天起参加", null=True, blank=True)
    enrolled_to = models.DateField("哪天退出", null=True, blank=True)
    closed_on = models.DateField("哪天结档", null=True, blank=True)
    # Where the history of a split, merged or moved file goes on.
    came_from = models.ManyToManyField("self", symmetrical=False, related_name="went_to", blank=True)
    history = HistoricalRecords()

    objects = SubjectQuerySet.as_manager()

    class Meta:
        ordering = ["area_id", "door_order", "id"]
        indexes = [
            models.Index(fields=["village", "area", "door_order"]),
            models.Index(fields=["village", "name_index"]),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["village", "area", "door", "kind"],
                condition=Q(closed_on__isnull=True),
                name="subject_one_open_door",
            ),
            models.CheckConstraint(
                condition=Q(enrolled_to__isnull=True) | Q(enrolled_from__isnull=False),
                name="subject_enrolled",
            ),
        ]

    def is_enrolled(self, day: date) -> bool:
        """May this subject be scored on a day."""
        return bool(
            self.closed_on is None
            and self.enrolled_from
            and self.enrolled_from <= day
            and (self.enrolled_to is None or self.enrolled_to > day)
        )


class Member(Keyed):
    """An adult of a household, or the owner of a shop or enterprise. Children are never stored."""

    village = models.ForeignKey(Division, models.PROTECT, related_name="+")
    subject = models.ForeignKey(Subject, models.PROTECT, related_name="members")
    name = EncryptedTextField(purpose="member.name", verbose_name="姓名")
    name_index = BlindIndexField(source="name", purpose="member.name")
    id_number = EncryptedTextField(purpose="member.id_number", verbose_name="身份证号", null=True, blank=True)
    id_index = BlindIndexField(source="id_number", purpose="member.id_number", null=True)
    phone = EncryptedTextField(purpose="member.phone", verbose_name="手机", null=True, blank=True)
    phone_index = BlindIndexField(source="phone", purpose="member.phone", null=True)
    is_head = models.BooleanField("户主", default=False)
    user = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="memberships")
    left_on = models.DateField("哪天离开", null=True, blank=True)
    history = HistoricalRecords()

    class Meta:
        indexes = [
            models.Index(fields=["village", "name_index"]),
            models.Index(fields=["village", "id_index"]),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["subject"], condition=Q(is_head=True, left_on__isnull=True), name="member_one_head"
            ),
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(user__isnull=False, left_on__isnull=True),
                name="member_user_once",
            ),
        ]


class Notice(models.Model):
    """告知书: a version of the text that consent is given to."""

    version = models.PositiveSmallIntegerField("版本", unique=True)
    text = models.TextField("全文")
    in_force_from = models.DateField("从哪天起用")

    class Meta:
        ordering = ["-version"]


class Consent(Keyed):
    """One adult's yes to one purpose under one notice; ends by withdrawal, never by delete."""

    class Purpose(models.TextChoices):
        SCORING = "scoring", "参加评议记分"
        HONOUR = "honour", "评上示范户时公布姓名"
        HELPER = "helper", "请代办员帮忙办"

    class How(models.TextChoices):
        ONLINE = "online", "本人在手机上点的"
        PAPER = "paper", "本人在纸上签的"

    village = models.ForeignKey(Division, models.PROTECT, related_name="+")
    member = models.ForeignKey(Member, models.PROTECT, related_name="consents")
    notice = models.ForeignKey(Notice, models.PROTECT, related_name="+")
    purpose = models.CharField("哪一项", max_length=10, choices=Purpose.choices)
    how = models.CharField("怎么同意的", max_length=10, choices=How.choices)
    given_on = models.DateField("哪天同意")
    withdrawn_on = models.DateField("哪天退出", null=True, blank=True)
    witness = EncryptedTextField(purpose="consent.witness", verbose_name="见证人", null=True, blank=True)
    recorded_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    history = vouched_history()

    DIGEST = 1, (
        "key", "village_id", "member_id", "notice_id", "purpose", "how", "given_on", "withdrawn_on",
        "recorded_by_id",
    )  # fmt: skip

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["member", "purpose", "notice"],
                condition=Q(withdrawn_on__isnull=True),
                name="consent_one_standing",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_on__isnull=True) | Q(withdrawn_on__gte=F("given_on")),
                name="consent_dates",
            ),
            models.CheckConstraint(
                condition=~Q(how="paper") | Q(witness__isnull=False), name="consent_paper_has_witness"
            ),
        ]


class ImportBatch(Keyed):
    """An uploaded spreadsheet between preview and saving; deleted after seven days or once saved."""

    class Kind(models.TextChoices):
        ROSTER = "roster", "户册"
        RULEBOOK = "rulebook", "评分细则"

    village = models.ForeignKey(Division, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    file_name = models.CharField(max_length=200)
    content = EncryptedTextField(purpose="importbatch.content")  # base64 of the file
    uploaded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()
    saved_at = models.DateTimeField(null=True)
