"""The month: where it stands and who must act; the clerk opens it, posts its notice, keeps the notice up longer."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from governance.access import check_role, holds, today, villages
from governance.deeds import said
from governance.forms.common import refusals_in
from governance.models import User
from governance.models.people import Role
from governance.periods import month_label, month_of, parse_month
from governance.refusals import Refused, why_not
from workflows import ballots, diagram, progress, publications, rounds
from workflows.forms.rounds import ExtendForm
from workflows.models import Publication, Round, Sheet

PAGE = 24


@login_required
@require_safe
def months(request, code):
    """A village's months, newest first, and those that may be opened."""
    at = timezone.now()
    village = get_object_or_404(villages(request.user, at=at), code=code)
    page = Paginator(village.rounds.select_related("publication"), PAGE).get_page(request.GET.get("page"))
    context = {
        "village": village,
        "page": page,
        "to_open": _to_open(village, at=at),
        "is_clerk": holds(request.user, Role.CLERK, village, at=at),
    }
    return render(request, "workflows/rounds.html", context)


@login_required
@require_safe
def month(request, key):
    """One month: its five steps, sheets, signatures, notice, diagram, and what this reader may do."""
    at = timezone.now()
    round = get_object_or_404(_seen_by(request.user, at=at), key=key)
    steps = progress.of_round(round)
    sheets = list(round.sheets.select_related("rater", "area", "confirmed_by"))
    context = {
        "round": round,
        "steps": steps,
        "now": progress.current(steps),
        "number": sum(step.stands == "done" for step in steps) + 1,
        "sheets": sheets,
        "missing": [sheet for sheet in sheets if sheet.state == Sheet.State.MISSING],
        "signed": round.signatures.select_related("signer").order_by("signed_at"),
        "publication": Publication.objects.filter(round=round).first(),
        "diagram": diagram.draw(round.process),
        "doors": _doors(request.user, round, at=at),
        "why_not_publish": _why_not_publish(round, request.user, at=at),
        "is_clerk": holds(request.user, Role.CLERK, round.village, at=at),
        "at": at,
    }
    return render(request, "workflows/round.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def open_month(request, code):
    """Open a month (?month=2026-10): what stops it and what wants a look first, then the act."""
    at = timezone.now()
    village = get_object_or_404(villages(request.user, Role.CLERK, at=at), code=code)
    month = _month_asked(request.POST.get("month") or request.GET.get("month"), at=at)
    existing = village.rounds.filter(month=month).first()
    if existing and request.method == "GET":
        return redirect("round", key=existing.key)
    if request.method == "POST":
        round = rounds.open_month(village=village, month=month, by=request.user, at=at)
        messages.success(request, f"{month_label(month)}的月评开了，单已经发到各位联户党员手里。")
        return redirect("round", key=round.key)
    context = {"village": village, "month": month, "preflight": rounds.preflight(village, month, at=at)}
    return render(request, "workflows/round_open.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def publish(request, key):
    """Post the month: the notice as it will read, then the act."""
    at = timezone.now()
    round = get_object_or_404(_kept_by(request.user, at=at), key=key)
    if request.method == "POST":
        publication = publications.publish_round(round=round, by=request.user, at=at)
        messages.success(request, f"公示贴出来了，贴到{said(timezone.localdate(publication.window_ends))}。")
        return redirect("round", key=round.key)
    refusal = _why_not_publish(round, request.user, at=at)
    if refusal:
        raise Refused(refusal)
    return render(
        request, "workflows/round_publish.html", {"round": round, "content": publications.preview(round)}
    )


@login_required
@require_http_methods(["GET", "POST"])
def extend(request, key):
    """Keep a notice up longer, with a reason."""
    at = timezone.now()
    mine = Publication.objects.filter(village__in=villages(request.user, Role.CLERK, at=at))
    publication = get_object_or_404(mine.select_related("round", "settlement"), key=key)
    form = ExtendForm(request.POST or None)
    with refusals_in(form):
        if request.method == "POST" and form.is_valid():
            publications.extend(publication=publication, by=request.user, at=at, **form.cleaned_data)
            messages.success(request, "延长了，公示上会写明新的日子和原因。")
            return redirect(_home_of(publication))
    context = {"publication": publication, "form": form, "back_url": _home_of(publication)}
    return render(request, "workflows/round_extend.html", context, status=422 if form.errors else 200)


def _seen_by(user: User, *, at) -> QuerySet[Round]:
    """Months of the villages where a user is in office."""
    return Round.objects.filter(village__in=villages(user, at=at)).select_related("village", "process")


def _kept_by(user: User, *, at) -> QuerySet[Round]:
    """Months whose clerk a user is."""
    return Round.objects.filter(village__in=villages(user, Role.CLERK, at=at)).select_related("village")


def _to_open(village, *, at) -> list:
    """Last month and this one, where they are not open yet."""
    this = month_of(today(at))
    last = month_of(this - timedelta(days=1))
    opened = set(village.rounds.filter(month__in=[last, this]).values_list("month", flat=True))
    return [month for month in (last, this) if month not in opened]


def _month_asked(text: str | None, *, at):
    """The month in the address, or this one."""
    return parse_month(text) if text else month_of(today(at))


def _doors(user, round, *, at) -> list[tuple[str, str]]:
    """[(label, url)]: where this reader's own step of the month is done."""
    doors = [
        ({Role.COUNCIL, Role.PANEL}, ballots.VOTING, "去审议", "review"),
        ({Role.COMMITTEE, Role.PANEL}, [Round.State.RESOLVING], "去签字", "round_sign"),
    ]
    return [
        (label, reverse(name, args=[round.key]))
        for roles, states, label, name in doors
        if round.state in states and any(holds(user, role, round.village, at=at) for role in roles)
    ]


def _why_not_publish(round, user, *, at) -> str:
    """Why this user cannot post the notice now; empty when they can."""
    if round.state != Round.State.RESOLVED:
        return f"这个月现在是“{round.get_state_display()}”，签字齐了才能张贴。"
    return why_not(check_role, user, Role.CLERK, village=round.village, at=at)


def _home_of(publication: Publication) -> str:
    """The page of the month or quarter that a notice, or the one it corrects, belongs to."""
    publication = publication.amends or publication
    name, thing = (
        ("round", publication.round) if publication.round_id else ("settlement", publication.settlement)
    )
    return reverse(name, args=[thing.key])


urlpatterns = [
    path("villages/<str:code>/rounds/", months, name="rounds"),
    path("villages/<str:code>/rounds/open/", open_month, name="round_open"),
    path("rounds/<uuid:key>/", month, name="round"),
    path("rounds/<uuid:key>/publish/", publish, name="round_publish"),
    path("publications/<uuid:key>/extend/", extend, name="notice_extend"),
]
