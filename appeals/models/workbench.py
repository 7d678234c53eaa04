"""What an officer works with: who stands in while they are away, saved views, standard paragraphs."""

from django.db import models

from appeals.models.objections import Objection
from governance.models import Division, User
from governance.models.base import Dated, Keyed


class Delegation(Keyed, Dated):
    """While an officer is away, their cases are another's, who holds the role themself."""

    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    to = models.ForeignKey(User, models.PROTECT, related_name="+")
    why = models.CharField("为什么", max_length=120)

    class Meta:
        constraints = [Dated.dates_in_order("delegation")]


class SavedView(Keyed):
    """A filter of the case queue under a name of one's own."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    name = models.CharField("名称", max_length=40)
    query = models.CharField(max_length=400)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["user", "name"], name="savedview_name")]


class Paragraph(Keyed):
    """常用理由: a standard paragraph of a township for the grounds of a decision."""

    division = models.ForeignKey(Division, models.PROTECT, related_name="+")
    title = models.CharField("标题", max_length=40)
    text = models.CharField("理由", max_length=500)
    outcome = models.CharField("用在", max_length=8, choices=Objection.Outcome.choices, blank=True)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["outcome", "title"]
        constraints = [models.UniqueConstraint(fields=["division", "title"], name="paragraph_title")]
