"""The log's two tables: one head per village, one row per leaf (design/5-trust.md)."""

from django.db import models


class Log(models.Model):
    """Head of one village's log; locked by whoever appends, last in the order of locks."""

    village = models.CharField("村代码", max_length=12, unique=True)
    size = models.PositiveBigIntegerField(default=0)
    frontier = models.BinaryField(default=bytes, help_text="hashes of the perfect subtrees, RFC 6962")


class Leaf(models.Model):
    """One leaf: public data only, no name, no household, no score, no fine time."""

    village = models.CharField("村代码", max_length=12)
    seq = models.PositiveBigIntegerField()
    kind = models.CharField(max_length=60)
    period = models.CharField(max_length=10)
    commit = models.BinaryField(max_length=32)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["village", "seq"], name="leaf_village_seq")]
