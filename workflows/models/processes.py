"""Who acts next: viewflow processes, each one-to-one with the entity whose life it moves along."""

from django.db import models
from viewflow.workflow.models import Process

from workflows.models.rounds import Round, Sheet
from workflows.models.settlements import Settlement


class SheetProcess(Process):
    """One rater's month on its way to the council."""

    sheet = models.OneToOneField(Sheet, models.PROTECT, related_name="process")


class RoundProcess(Process):
    """One village's month on its way to the notice board."""

    round = models.OneToOneField(Round, models.PROTECT, related_name="process")


class SettlementProcess(Process):
    """One village's quarter on its way to the notice board."""

    settlement = models.OneToOneField(Settlement, models.PROTECT, related_name="process")
