"""By when: deadlines as rows that the ticker polls, and the official calendar's own rows."""

from django.db import models

from governance.models.divisions import Division


class Deadline(models.Model):
    """Something that happens by itself or is reminded of when `due_at` passes; fired once."""

    village = models.ForeignKey(Division, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=40)
    about_type = models.CharField(max_length=40)
    about_id = models.BigIntegerField()
    due_at = models.DateTimeField()
    provisional = models.BooleanField("暂按平常星期算", default=False)
    # What a deadline in working days was counted from; kept to count again when the calendar comes in.
    starts_on = models.DateField(null=True, blank=True)
    workdays = models.PositiveSmallIntegerField(null=True, blank=True)
    # The household's own time: counted again it may only grow; anybody else's may only shrink.
    is_residents = models.BooleanField(default=False)
    fired_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    # The last time its handler failed: when, how often by now, and what kind of error where; never its words.
    failed_at = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["about_type", "about_id", "kind"], name="deadline_once"),
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=models.Q(fired_at__isnull=True, cancelled_at__isnull=True),
                name="deadline_open",
            )
        ]


class CalendarDay(models.Model):
    """A day on which the official calendar differs from, or is not yet known to, the built-in one."""

    day = models.DateField(unique=True)
    is_workday = models.BooleanField("上班")
    source = models.CharField("依据", max_length=200)
