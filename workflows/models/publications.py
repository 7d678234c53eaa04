"""公示: a frozen copy of what was posted, and the signatures under it."""

from django.db import models
from django.db.models import Q

from governance.fields import EncryptedTextField
from governance.models import Division, User
from governance.models.base import Keyed
from workflows.models.observations import Observation
from workflows.models.rounds import Round
from workflows.models.settlements import Amendment, Settlement


class Publication(Keyed):
    """A posted notice: its content is written once and never follows later changes."""

    village = models.ForeignKey(Division, models.PROTECT, related_name="publications")
    round = models.OneToOneField(Round, models.PROTECT, null=True, related_name="publication")
    settlement = models.OneToOneField(Settlement, models.PROTECT, null=True, related_name="publication")
    # A notice of correction; the notice it corrects stays as it was posted.
    amends = models.ForeignKey("self", models.PROTECT, null=True, related_name="corrections")
    year = models.PositiveSmallIntegerField("年")
    number = models.PositiveIntegerField("第几号")
    content = models.JSONField(
        help_text="counts, sums and consented names; nothing of a single household's score"
    )
    published_at = models.DateTimeField()
    window_ends = models.DateTimeField("公示到")
    extended_why = models.CharField("延长的原因", max_length=200, blank=True)
    log_size = models.PositiveBigIntegerField(help_text="leaves of the village's log when posted")
    log_root = models.CharField(max_length=64)

    class Meta:
        ordering = ["-published_at"]
        constraints = [
            models.UniqueConstraint(fields=["village", "year", "number"], name="publication_number"),
            models.CheckConstraint(
                condition=Q(round__isnull=False, settlement__isnull=True, amends__isnull=True)
                | Q(round__isnull=True, settlement__isnull=False, amends__isnull=True)
                | Q(round__isnull=True, settlement__isnull=True, amends__isnull=False),
                name="publication_of_one_thing",
            ),
        ]

    DIGEST = 3, (
        "key", "village_id", "round_id", "settlement_id", "amends_id", "year", "number", "content", "published_at",
        "window_ends", "extended_why",
    )  # fmt: skip


class NoticeFile(Keyed):
    """A posted notice as PDF, byte for byte; made anew, and the old one gone, when a name on it was erased."""

    village = models.ForeignKey(Division, models.PROTECT, related_name="+")
    publication = models.ForeignKey(Publication, models.PROTECT, related_name="files")
    stored_as = models.CharField(max_length=120)
    sha256 = models.CharField(max_length=64, help_text="of the bytes of the file")
    made_at = models.DateTimeField()
    gone_at = models.DateTimeField(null=True, blank=True)

    DIGEST = 1, ("key", "village_id", "publication_id", "stored_as", "sha256", "made_at", "gone_at")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["publication"], condition=Q(gone_at__isnull=True), name="noticefile_one"
            )
        ]


class Signature(Keyed):
    """A person's signature under a month, a quarter or a corrected colour, with their own words."""

    village = models.ForeignKey(Division, models.PROTECT, related_name="+")
    round = models.ForeignKey(Round, models.PROTECT, null=True, related_name="signatures")
    settlement = models.ForeignKey(Settlement, models.PROTECT, null=True, related_name="signatures")
    amendment = models.ForeignKey(Amendment, models.PROTECT, null=True, related_name="signatures")
    signer = models.ForeignKey(User, models.PROTECT, related_name="+")
    role = models.CharField(max_length=12)
    word = EncryptedTextField(purpose="signature.word", verbose_name="签字的话", null=True, blank=True)
    signed_at = models.DateTimeField()
    void_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["settlement", "signer"],
                condition=Q(void_at__isnull=True, settlement__isnull=False),
                name="sign_settlement_once",
            ),
            models.UniqueConstraint(
                fields=["amendment", "signer"],
                condition=Q(void_at__isnull=True, amendment__isnull=False),
                name="sign_amendment_once",
            ),
        ]

    DIGEST = 3, (
        "key", "village_id", "round_id", "settlement_id", "amendment_id", "signer_id", "role", "signed_at",
        "void_at",
    )  # fmt: skip


class Signed(models.Model):
    """One item that a month's signature covers: not those of the signer's own household or kin.

    An item that was sent back has a new turn and needs a new signature.
    """

    signature = models.ForeignKey(Signature, models.CASCADE, related_name="items")
    observation = models.ForeignKey(Observation, models.PROTECT, related_name="signed")
    turn = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["signature", "observation"], name="signed_once")]
