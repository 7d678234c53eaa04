"""The numbers of the procedure, by date and place."""

from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from governance.models.base import Dated
from governance.models.divisions import Division


class Policy(Dated):
    """One number of the procedure for the county (village empty) or one village, with its source.

    What numbers exist, their defaults, floors and ceilings: governance.policies.DEFINED.
    """

    village = models.ForeignKey(Division, models.PROTECT, null=True, blank=True, related_name="+")
    name = models.CharField("哪一项", max_length=40)
    value = models.IntegerField("数")
    source = models.CharField("依据", max_length=200)
    history = HistoricalRecords()

    class Meta:
        ordering = ["name", "-starts"]
        constraints = [
            Dated.dates_in_order("policy"),
            models.UniqueConstraint(
                fields=["village", "name", "starts"], condition=Q(village__isnull=False), name="policy_once"
            ),
            models.UniqueConstraint(
                fields=["name", "starts"], condition=Q(village__isnull=True), name="policy_once_for_county"
            ),
        ]
