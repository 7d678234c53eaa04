"""Sheets in the hands of somebody without an office: they were not passed on when it ended, and nobody sees them."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from governance.access import today
from governance.models import Appointment, User
from governance.models.people import Role
from governance.refusals import Conflict
from workflows.handover import spread
from workflows.models import Round, Sheet, SheetProcess
from workflows.rounds import start_review_if_ready
from workflows.steps import lock, lock_all

TO_RATE = (Sheet.State.OPEN, Sheet.State.RETURNED)
GONE = "这张单刚有人处理过，已经不在卡住的里面了，不用再办。"


def sheets(day: date) -> QuerySet[Sheet]:
    """Sheets to be rated whose rater cannot: no office as rater or on the panel of their village, or no account.

    `ended_on` is the last day of the office, None when it is only the account that was closed.
    """
    place = OuterRef("village")
    here = Q(division=place) | Q(division__children=place) | Q(division__children__children=place)
    office = Appointment.objects.on(day).filter(
        here, user=OuterRef("rater"), role__in=(Role.RATER, Role.PANEL), user__is_active=True
    )
    ended = Appointment.objects.filter(
        here, user=OuterRef("rater"), role__in=(Role.RATER, Role.PANEL), ends__lt=day
    ).order_by("-ends")
    rows = Sheet.objects.filter(~Exists(office), state__in=TO_RATE)
    return rows.annotate(ended_on=Subquery(ended.values("ends")[:1])).order_by("round__month", "pk")


@transaction.atomic
def pass_on(*, sheet: Sheet, by: User, at: datetime) -> None:
    """Give a sheet's households to others who may rate them, as when an appointment ends; it ends as missing.

    Raises Conflict when it is not stuck (any more), Refused when nobody may rate one of its households.
    """
    round = lock(Round.objects.get(pk=sheet.round_id))
    lock_all(SheetProcess.objects.filter(sheet=sheet))
    row = lock(sheet, "round", "rater", "area", "village")
    if not sheets(today(at)).filter(pk=row.pk).exists():
        raise Conflict(GONE)
    spread(row, by=by, at=at)
    start_review_if_ready(round, by=by, at=at)
