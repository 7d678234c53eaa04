"""要盯的: what a supervisor looks at first: cases nobody may act on, late ones, those at risk, what lapsed."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.auth.decorators import login_required
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_safe

from appeals.models import Objection
from appeals.sight import check_office
from appeals.who import IN_OFFICE, OFFICE
from appeals.workbench import rows
from governance.access import villages
from governance.models import Event

RECENT = timedelta(days=90)
PASSED = {
    "objection.lapsed": "到期没定，减分自动撤了", "objection.to_township": "到期没定，转镇里复核",
    "objection.overdue": "复核超期，重新定了日子",
}  # fmt: skip


@login_required
@require_safe
def alarms(request):
    """Open cases of the reader's villages that need somebody to look, and days that passed lately; no household."""
    at = timezone.now()
    check_office(request.user, at=at)
    where = villages(request.user, *OFFICE, at=at)
    found = rows.with_lateness(Objection.objects.filter(village__in=where, state__in=IN_OFFICE))
    lines = rows.lines(found.select_related(*rows.SHOWN).order_by("answer_by", "id"), request.user, at=at)
    passed = Event.objects.filter(village__in=where, name__in=PASSED, at__gte=at - RECENT).select_related(
        "village"
    )
    told = list(passed.order_by("-at", "-id"))
    keys = [event.about_id for event in told]
    numbers = {
        str(key): number
        for key, number in Objection.objects.filter(key__in=keys).values_list("key", "number")
    }
    context = {
        "groups": [
            ("没有人能办", "要办的人都回避了，要另请人来办。", [line for line in lines if line.is_nobodys]),
            ("超期", "", [line for line in lines if line.late]),
            ("快到期", "下一个工作日就到期。", [line for line in lines if line.risk]),
            ("还没有人领", "", [line for line in lines if line.may and line.case.officer_id is None]),
        ],
        "passed": [(event, numbers[event.about_id], PASSED[event.name]) for event in told],
    }
    return render(request, "appeals/alarms.html", context)


urlpatterns = [path("cases/alarms/", alarms, name="cases_alarms")]
