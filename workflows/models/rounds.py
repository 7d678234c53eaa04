"""月评: one village's month, one rater's sheet in it, one household's line on the sheet."""

from django.db import models
from django_fsm import ConcurrentTransitionMixin, transition

from governance.models import Area, Division, Subject, User
from governance.models.base import Keyed, StateField, vouched_history


class Round(ConcurrentTransitionMixin, Keyed):
    """A village's month. `month` is its first day."""

    class State(models.TextChoices):
        COLLECTING = "collecting", "评户"
        REVIEWING = "reviewing", "审议"
        RESOLVING = "resolving", "签字"
        RESOLVED = "resolved", "待公示"
        PUBLISHED = "published", "公示"
        CLOSED = "closed", "办结"

    village = models.ForeignKey(Division, models.PROTECT, related_name="rounds")
    month = models.DateField("哪个月")
    state = StateField("状态", choices=State.choices, default=State.COLLECTING)
    opened_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    opened_at = models.DateTimeField()
    history = vouched_history()

    DIGEST = 2, (
        "key", "village_id", "month", "state", "opened_by_id", "opened_at",
    )  # fmt: skip

    class Meta:
        ordering = ["-month"]
        constraints = [models.UniqueConstraint(fields=["village", "month"], name="round_village_month")]

    @transition(field=state, source=State.COLLECTING, target=State.REVIEWING)
    def start_review(self):
        """All sheets are confirmed, or the due date passed and the missing ones are listed."""

    @transition(field=state, source=State.REVIEWING, target=State.RESOLVING)
    def send_to_committee(self):
        """Every item is settled by the council."""

    @transition(field=state, source=State.RESOLVING, target=State.RESOLVED)
    def resolve(self):
        """Every item is covered by a signature of somebody who is no kin of its household."""

    @transition(field=state, source=State.RESOLVED, target=State.PUBLISHED)
    def publish(self):
        """The notice is posted and its window opens."""

    @transition(field=state, source=State.PUBLISHED, target=State.CLOSED)
    def close(self):
        """The window is over; entries without a hold are final."""


class Sheet(ConcurrentTransitionMixin, Keyed):
    """联户评户单: one rater's month."""

    class State(models.TextChoices):
        OPEN = "open", "要评"
        FILED = "filed", "等组长核"
        RETURNED = "returned", "退回改"
        CONFIRMED = "confirmed", "核好了"
        MISSING = "missing", "没交"

    village = models.ForeignKey(Division, models.PROTECT, related_name="+")
    round = models.ForeignKey(Round, models.PROTECT, related_name="sheets")
    rater = models.ForeignKey(User, models.PROTECT, related_name="sheets")
    area = models.ForeignKey(Area, models.PROTECT, related_name="+")
    state = StateField("状态", choices=State.choices, default=State.OPEN)
    filed_at = models.DateTimeField(null=True, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    history = vouched_history()

    DIGEST = 2, (
        "key", "village_id", "round_id", "rater_id", "area_id", "state", "filed_at", "confirmed_at",
        "confirmed_by_id",
    )  # fmt: skip

    class Meta:
        ordering = ["area__position", "id"]
        constraints = [models.UniqueConstraint(fields=["round", "rater", "area"], name="sheet_once")]
        indexes = [models.Index(fields=["area", "state"]), models.Index(fields=["rater", "state"])]

    @transition(field=state, source=[State.OPEN, State.RETURNED], target=State.FILED)
    def file(self):
        """Handed in by the rater."""

    @transition(field=state, source=State.FILED, target=State.RETURNED)
    def send_back(self):
        """Sent back with a reason."""

    @transition(field=state, source=State.FILED, target=State.CONFIRMED)
    def confirm(self):
        """The area's leader, or who stands in, has settled every item."""

    @transition(field=state, source=[State.OPEN, State.RETURNED, State.FILED], target=State.MISSING)
    def miss(self):
        """The due date passed; listed as missing, never silently empty."""


class SheetLine(models.Model):
    """One subject on a sheet: still to do, nothing this month, or something observed."""

    class Verdict(models.TextChoices):
        TODO = "todo", "要评"
        NOTHING = "nothing", "没变化"
        OBSERVED = "observed", "记了事"

    sheet = models.ForeignKey(Sheet, models.PROTECT, related_name="lines")
    subject = models.ForeignKey(Subject, models.PROTECT, related_name="+")
    verdict = models.CharField(max_length=10, choices=Verdict.choices, default=Verdict.TODO)
    # Set when the linked rater stands aside and this sheet rates the subject for them.
    instead_of = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["subject__door_order", "id"]
        constraints = [models.UniqueConstraint(fields=["sheet", "subject"], name="sheetline_once")]
