"""What happened: one line per thing done, its erasable words, and who read whose file."""

from uuid import uuid4

from django.db import models

from governance.fields import EncryptedTextField
from governance.models.base import Keyed
from governance.models.divisions import Division
from governance.models.people import User


class Event(models.Model):
    """事件: append-only. `about` is a type and an opaque id as text: no foreign key into live data."""

    village = models.ForeignKey(Division, models.PROTECT, related_name="+")
    name = models.CharField(max_length=60)
    about_type = models.CharField(max_length=40)
    about_id = models.CharField(max_length=40)
    subject_key = models.UUIDField(null=True, help_text="the household concerned, if one is")
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    role = models.CharField(max_length=12, blank=True)
    at = models.DateTimeField()
    request_id = models.CharField(max_length=36, blank=True)
    digests = models.JSONField(default=dict)
    seq = models.PositiveBigIntegerField(help_text="leaf of the village's log")

    DIGEST = 1, (
        "village_id", "name", "about_type", "about_id", "subject_key", "by_id", "role", "at", "request_id",
        "digests", "seq",
    )  # fmt: skip

    class Meta:
        indexes = [
            models.Index(fields=["village", "-at"]),
            models.Index(fields=["about_type", "about_id"]),
            models.Index(fields=["subject_key", "-at"]),
            models.Index(fields=["by", "-at"]),
            # The search over all changes (oversight.changes) goes along one of these, newest first.
            models.Index(fields=["-at"], name="event_at"),
            models.Index(fields=["name", "-at"], name="event_name_at"),
            models.Index(fields=["role", "-at"], name="event_role_at"),
            models.Index(fields=["name", "role", "-at"], name="event_name_role_at"),
        ]
        constraints = [models.UniqueConstraint(fields=["village", "seq"], name="event_village_seq")]


class EventBody(models.Model):
    """The private JSON a leaf commits to (words, before and after), with its salt; erasure deletes the row."""

    event = models.OneToOneField(Event, models.PROTECT, related_name="body")
    key = models.UUIDField(default=uuid4, editable=False)
    salt = models.BinaryField(max_length=32)
    content = EncryptedTextField(purpose="eventbody.content")


class Reading(Keyed):
    """Somebody opened a household's file: who, whose, when and why. The household sees this list."""

    village = models.ForeignKey(Division, models.PROTECT, related_name="+")
    subject_key = models.UUIDField()
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    role = models.CharField(max_length=12)
    why = models.CharField(max_length=200)
    # The reader wrote why themselves, and may look for a while (oversight.opening); else a page noted its own reason.
    opens = models.BooleanField(default=False)
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["subject_key", "-at"]),
            models.Index(fields=["village", "-at"], name="reading_village_at"),
            models.Index(fields=["by", "-at"], name="reading_by_at"),
            models.Index(fields=["-at"], name="reading_at"),
        ]
