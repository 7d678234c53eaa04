"""我的积分: what a household's consenting adults see, and nobody else by this way."""

from datetime import timedelta
from functools import wraps

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_safe

from governance import households, readings, stories
from governance.models import Consent
from governance.periods import previous_quarter, quarter_bounds
from governance.rulebook_changes import said
from governance.why import why as explained

LOOKED_DAYS = 30


def for_adult(view):
    """Give a view the reader's own Member; who may not see the score is led to binding or to consent."""

    @login_required
    @require_safe
    @wraps(view)
    def seen(request, **kwargs):
        member = households.member_of(request.user)
        if member is None:
            return redirect("bind")
        if not households.sees_score(member):
            return redirect("my_consent")
        return view(request, member, **kwargs)

    return seen


@for_adult
def points(request, member):
    """The sheet of the current quarter, or of an earlier one by ?quarter=2026Q3 (404 for any other)."""
    at, subject = timezone.now(), member.subject
    quarters = households.quarters_of(subject, at)
    quarter = request.GET.get("quarter", quarters[0])
    if quarter not in quarters:
        raise Http404
    before, cases = previous_quarter(quarter), stories.open_cases(subject.pk)
    context = {
        "member": member,
        "sheet": households.sheet(subject, quarter, at=at),
        "starts": max(quarter_bounds(quarter)[0], subject.enrolled_from),
        "is_current": quarter == quarters[0],
        "before": households.before(subject, quarter, at=at) if before in quarters else None,
        "cases": cases,
        "sheet_case": any(case.quarter == quarter for case in cases),
        "at": at,
        **_rights(member, at),
    }
    return render(request, "governance/my.html", context)


@for_adult
def why(request, member):
    """The whole quarter with everything behind each line, to read or to print on one page."""
    at, subject = timezone.now(), member.subject
    quarters = households.quarters_of(subject, at)
    quarter = request.GET.get("quarter", quarters[0])
    if quarter not in quarters:
        raise Http404
    found = explained(households.sheet(subject, quarter, at=at))
    return render(request, "governance/my_why.html", {"member": member, "why": found, "at": at})


@for_adult
def line(request, member, entry_key):
    """One line: fact, rule in its version, evidence, who did what when, what is left to do."""
    entry = member.subject.entries.filter(key=entry_key).first()
    if entry is None:
        raise Http404
    sheet = households.sheet(member.subject, entry.quarter, at=timezone.now())
    row = next((row for row in sheet.rows if row.entry.pk == entry.pk), None)
    if row is None:  # posted after the quarter was computed: it counts in no sheet of its own
        raise Http404
    context = {
        "member": member,
        "sheet": sheet,
        "row": row,
        "terms": said(entry.rule),
        "story": stories.story(entry.source),
        "at": timezone.now(),
    }
    return render(request, "governance/my_line.html", context)


@for_adult
def looked(request, member):
    """谁看过我家的档案: every look by anybody outside the household, newest first."""
    page = Paginator(readings.readings_of(member.subject), 30).get_page(request.GET.get("page"))
    return render(request, "governance/my_readings.html", {"member": member, "page": page})


def _rights(member, at) -> dict:
    """The counts beside 我家的权利: who looked lately, which adults agreed, is a helper asked for."""
    agreed = households.agreed(member.subject_id)
    looks = readings.readings_of(member.subject).filter(at__gte=at - timedelta(days=LOOKED_DAYS))
    return {
        "adults": agreed.adults,
        "agreed": agreed.scored,
        "looked": looks.count(),
        "has_helper": agreed.has(member.pk, Consent.Purpose.HELPER),
    }


urlpatterns = [
    path("my/", points, name="my_points"),
    path("my/why/", why, name="my_why"),
    path("my/lines/<uuid:entry_key>/", line, name="my_line"),
    path("my/readings/", looked, name="my_readings"),
]
