"""Models that only the tests of governance.fields use."""

from uuid import uuid4

from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from governance.fields import BlindIndexField, EncryptedTextField


class Person(models.Model):
    """A person with two encrypted fields, one of them optional."""

    key = models.UUIDField(default=uuid4, editable=False, unique=True)
    name = EncryptedTextField("姓名", purpose="person.name", max_length=20)
    name_index = BlindIndexField(source="name", purpose="person.name")
    phone = EncryptedTextField("手机", purpose="person.phone", null=True, blank=True)
    phone_index = BlindIndexField(source="phone", purpose="person.phone", null=True)
    called = models.BooleanField(default=False)
    history = HistoricalRecords()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(called=False) | Q(phone__isnull=False), name="person_called_has_phone"
            )
        ]
