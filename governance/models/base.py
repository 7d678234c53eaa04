"""What several tables share: keys, states, dated rows that end instead of being deleted."""

from datetime import date
from uuid import uuid4

from django.db import models
from django.db.models import F, Q
from django_fsm import FSMField
from simple_history.models import HistoricalRecords

from governance.vouching import HistoryRow


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


class StateField(FSMField):
    """Where a thing stands: changed by its transitions only. To a migration it is the plain column that it is.

    A migration makes every model anew at each step, and each of django-fsm's fields then asks to hear of each
    class made after it: an empty database took a minute to fill.
    """

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **{"protected": True} | kwargs)

    def deconstruct(self):
        """As a CharField."""
        name, _, args, kwargs = super().deconstruct()
        kwargs.pop("protected", None)
        return name, "django.db.models.CharField", args, kwargs


def vouched_history() -> HistoricalRecords:
    """History of a model with a DIGEST, each row of which an event vouches for (governance.vouching)."""
    return HistoricalRecords(bases=[HistoryRow])
