"""The machinery's own rows: who was heard when, what is well since when, and long work on its way."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from governance.models.base import Keyed
from governance.models.divisions import Division


class Pulse(models.Model):
    """The last time a part of the machinery was heard: "worker", "jobs", "ticker"; one row each."""

    name = models.CharField(max_length=40, unique=True)
    at = models.DateTimeField()


class Condition(models.Model):
    """A check of the operators' page and since when it comes out as it does; one row each."""

    name = models.CharField(max_length=40, unique=True)
    is_well = models.BooleanField()
    since = models.DateTimeField()


class Job(Keyed):
    """Long work that somebody started: it goes on without their page, and after a restart of who does it.

    `about` and `arguments` hold keys and dates only, `says` a sentence that names nobody; of an error its kind and place
    are kept (governance.failures). Whoever works on it holds `claim` and lets `beat_at` be newer than governance.jobs.STALE.
    """

    class State(models.TextChoices):
        QUEUED = "queued", "等着做"
        RUNNING = "running", "在做"
        DONE = "done", "做好了"
        FAILED = "failed", "没做成"

    OPEN = (State.QUEUED, State.RUNNING)

    village = models.ForeignKey(Division, models.PROTECT, null=True, related_name="+")
    kind = models.CharField("哪一种", max_length=40)
    about = models.CharField(max_length=200)
    arguments = models.JSONField(default=dict)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    state = models.CharField("状态", max_length=8, choices=State.choices, default=State.QUEUED)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    says = models.CharField(max_length=200, blank=True)
    # What came of it: a file under MEDIA_ROOT with the name to save it as, or the page to go on to.
    stored_as = models.CharField(max_length=200, blank=True)
    file_name = models.CharField(max_length=200, blank=True)
    leads_to = models.CharField(max_length=200, blank=True)
    made_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    beat_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    claim = models.UUIDField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "about"], condition=Q(state__in=["queued", "running"]), name="job_one_open"
            )
        ]
        indexes = [
            models.Index(fields=["by", "-made_at"], name="job_mine"),
            models.Index(fields=["made_at"], condition=Q(state__in=["queued", "running"]), name="job_open"),
        ]
