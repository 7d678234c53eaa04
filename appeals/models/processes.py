"""Who acts next: viewflow processes of objection and repair, one-to-one with their case."""

from django.db import models
from viewflow.workflow.models import Process

from appeals.models.objections import Objection
from appeals.models.repairs import Repair


class ObjectionProcess(Process):
    """One objection on its way to an answer."""

    objection = models.OneToOneField(Objection, models.PROTECT, related_name="process")


class RepairProcess(Process):
    """One repair on its way to the notice board."""

    repair = models.OneToOneField(Repair, models.PROTECT, related_name="process")
