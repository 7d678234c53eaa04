"""Where: county, township, village, and the areas of a village."""

from django.core.validators import RegexValidator
from django.db import models


class Division(models.Model):
    """行政区划, keyed by the 12-digit statistical code; the code's zeros say what contains what."""

    class Level(models.TextChoices):
        COUNTY = "county", "县"
        TOWNSHIP = "township", "镇"
        VILLAGE = "village", "村"

    code = models.CharField(
        "区划代码",
        max_length=12,
        unique=True,
        validators=[RegexValidator(r"^\d{12}$", "区划代码是12位数字。")],
    )
    name = models.CharField("名称", max_length=60)
    level = models.CharField("层级", max_length=10, choices=Level.choices)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")

    class Meta:
        ordering = ["code"]

    def __str__(self):
        return self.name

    @property
    def prefix(self) -> str:
        """Leading digits shared by everything inside: 6 for a county, 9 for a township, all 12 for a village."""
        return self.code[: {"county": 6, "township": 9}.get(self.level, 12)]


class Area(models.Model):
    """片: part of a village under one group leader."""

    village = models.ForeignKey(Division, models.PROTECT, related_name="areas")
    name = models.CharField("片名", max_length=30)
    position = models.PositiveSmallIntegerField("排在第几", default=0)

    class Meta:
        ordering = ["village_id", "position", "name"]
        constraints = [models.UniqueConstraint(fields=["village", "name"], name="area_village_name")]

    def __str__(self):
        return self.name
