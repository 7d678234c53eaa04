"""What several tables share: dated rows that end instead of being deleted."""

from datetime import date
from uuid import uuid4

from django.db import models
from django.db.models import F, Q


class DatedQuerySet(models.QuerySet):
    """Rows with `starts` and an open or dated `ends` (the last day they hold)."""

    def on(self, day: date):
        """Rows in force on a day, its first and last day included."""
        return self.filter(Q(ends__isnull=True) | Q(ends__gte=day), starts__lte=day)


class Dated(models.Model):
    """In force from `starts` to `ends`, both included; ends by date, never by delete."""

    starts = models.DateField("从")
    ends = models.DateField("到", null=True, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        abstract = True

    @staticmethod
    def dates_in_order(name: str) -> models.CheckConstraint:
        """Constraint for a subclass: it held on some day, its first at least."""
        return models.CheckConstraint(
            condition=Q(ends__isnull=True) | Q(ends__gte=F("starts")), name=f"{name}_dates"
        )


class Keyed(models.Model):
    """A row with an opaque key: what URLs show, and what its encrypted fields are bound to."""

    key = models.UUIDField(default=uuid4, editable=False, unique=True)

    class Meta:
        abstract = True
