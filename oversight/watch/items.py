"""What one rater recorded, line by line, without any household: day, area, rule, points, evidence, what became of it."""

from __future__ import annotations

from datetime import date

from django.db.models import Exists, OuterRef, QuerySet

from governance.models import Division, User
from oversight.watch.months import NOT_RECORDED
from workflows.models import Evidence, Observation


def of_rater(rater: User, village: Division, first: date, last: date) -> QuerySet[Observation]:
    """Recorded items of a period, the newest first."""
    rows = Observation.objects.filter(
        village=village, sheet__rater=rater, round__month__range=(first, last)
    ).exclude(state__in=NOT_RECORDED)
    proved = Exists(Evidence.objects.filter(observation=OuterRef("pk")))
    return (
        rows.annotate(proved=proved)
        .select_related("rule", "sheet__area", "round", "confirmed_by")
        .defer("fact", "place", "grounds")
        .order_by("-round__month", "-pk")
    )
