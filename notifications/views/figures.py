"""送达情况: for the clerk of a village and the operators of its machinery."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.auth.decorators import login_required
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_safe

from governance import access
from governance.models.people import Role
from governance.refusals import Refused
from notifications import figures
from notifications.forms.figures import FiguresForm
from notifications.stuck import Undelivered

READERS = (Role.CLERK, Role.OPERATOR)
LATE = timedelta(minutes=10)
STUCK = Undelivered.name


@login_required
@require_safe
def shown(request):
    """Counts by channel and state in the reader's villages, and what was given up. Refused for anybody else."""
    at = timezone.now()
    roles = access.roles_of(request.user, at=at)
    if not roles & set(READERS):
        raise Refused("这一页给文书和系统运维看通知送到了没有，您现在没有这个职务。")
    where = access.villages(request.user, *READERS, at=at).order_by("code")
    form = FiguresForm(where, request.GET)
    villages, days = form.asked(where)
    rows = figures.deliveries(villages, since=at - timedelta(days=days))
    oldest = figures.oldest_due(rows, at=at)
    context = {
        "form": form, "states": figures.STATES, "lines": figures.lines(rows), "given_up": figures.given_up(rows),
        "days": days, "at": at, "oldest": oldest, "is_late": bool(oldest and oldest < at - LATE),
        "is_clerk": Role.CLERK in roles, "village": villages[0] if len(villages) == 1 else None,
        "stuck": STUCK if Role.OPERATOR in roles else "",
    }  # fmt: skip
    return render(request, "notifications/figures.html", context)


urlpatterns = [path("deliveries/", shown, name="deliveries")]
