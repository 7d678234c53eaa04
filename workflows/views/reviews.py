"""The council's queue and case: vote blind, approve small items together, contest one, send the month on."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from governance.forms.common import refusals_in
from governance.models import Deadline
from governance.refusals import Refused
from workflows import ballots, cases, progress, reviews, rounds
from workflows.cases import Case, Standing
from workflows.forms.ballots import BallotForm, DoubtForm, keys
from workflows.forms.signing import WordForm
from workflows.models import Observation, Round


@login_required
@require_safe
def review(request, key):
    """The queue on the left, one case on the right (?item=, else the first that waits for this member)."""
    at = timezone.now()
    round = get_object_or_404(cases.rounds_for(request.user, at=at), key=key)
    item = _item_of(round, request.GET.get("item"))
    return _page(request, round, item, at=at)


@login_required
@require_POST
def cast(request, key):
    """Vote on an item, then go to the next that waits for this member."""
    at = timezone.now()
    item = _mine(request, key, at=at)
    form = BallotForm(request.POST)
    with refusals_in(form):
        if form.is_valid():
            ballots.cast(observation=item, by=request.user, at=at, **form.cleaned_data)
    if form.errors:
        ballots.check_cast(item, by=request.user, at=at)
        return _page(request, item.round, item, at=at, ballot=form, status=422)
    following = cases.next_for(item.round, request.user, at=at, after=item)
    if following is None:
        messages.success(request, "投好了。要您投的都投完了。")
        return redirect(_url(item.round))
    messages.success(request, "投好了，这是下一条。")
    return redirect(_url(item.round, following))


@login_required
@require_POST
def contest(request, key):
    """Ask for a ballot on a small item."""
    at = timezone.now()
    item = _mine(request, key, at=at)
    reviews.check_contest(item, by=request.user, at=at)
    form = DoubtForm(request.POST)
    if not form.is_valid():
        return _page(request, item.round, item, at=at, doubt=form, status=422)
    reviews.contest(observation=item, by=request.user, at=at, **form.cleaned_data)
    messages.success(request, "记下了，这一条要投票。")
    return redirect(_url(item.round, item))


@login_required
@require_http_methods(["GET", "POST"])
def together(request, key):
    """First the list of what was ticked with its sum, then one signature for all of it."""
    at = timezone.now()
    round = get_object_or_404(cases.rounds_for(request.user, at=at), key=key)
    ticked = keys((request.POST if request.method == "POST" else request.GET).getlist("tick"))
    rows = list(cases.items(round, "open").filter(key__in=ticked[: cases.PAGE]).order_by("id"))
    if request.method == "POST":
        if len(rows) < len(set(ticked)):
            messages.error(request, "勾的里面有的刚才已经定了，一条也没通过。请看看剩下的，再签。")
            return redirect(_url(round))
        done = reviews.approve_together(round=round, observations=rows, by=request.user, at=at)
        messages.success(request, f"{done}条一并通过了。")
        return redirect(_url(round))
    standing = Standing(round, request.user, rows, at)
    can = [row for row in rows if standing.of(row) == "tick"]
    context = {
        "round": round,
        "rows": can,
        "left_out": len(rows) - len(can),
        "total": sum(row.raw_tenths for row in can),
        "homes": len({row.subject_id for row in can}),
        "queue_url": _url(round),
    }
    return render(request, "workflows/review_together.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def send(request, key):
    """The council's signature: the month goes to the committee."""
    at = timezone.now()
    round = get_object_or_404(cases.rounds_for(request.user, at=at), key=key)
    form = WordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        rounds.send_to_committee(round=round, by=request.user, at=at, **form.cleaned_data)
        messages.success(request, "签好了，送村两委签字。")
        return redirect("round", key=round.key)
    context = {
        "round": round,
        "form": form,
        "refusal": _why_not_send(round, request.user, at=at),
        "tabs": _tabs(round),
        "queue_url": _url(round),
    }
    return render(request, "workflows/review_send.html", context, status=422 if form.errors else 200)


def _page(request, round: Round, item: Observation | None, *, at, ballot=None, doubt=None, status=200):
    """The queue with one case; shows again what was typed when a form is given."""
    tab = request.GET.get("tab")
    tab = tab if tab in cases.TABS else "open"
    after = _item_of(round, request.GET.get("after"))
    rows, more = cases.page(cases.items(round, tab), after)
    seen = rows if item is None or item in rows else [*rows, item]
    standing = Standing(round, request.user, seen, at)
    shown = item or _first(rows, standing)
    case = Case(shown, standing) if shown else None
    groups = _groups(round, tab, rows, standing, tick_all=request.GET.get("tick") == "all")
    context = {
        "round": round,
        "tab": tab,
        "tabs": _tabs(round),
        "after": after,
        "more": rows[-1] if more else None,
        "groups": groups,
        "ticks": any(group["ticks"] for group in groups),
        "case": case,
        "chosen": item is not None,
        "neighbours": _neighbours(rows, shown),
        "ballot": ballot or BallotForm(),
        "doubt": doubt or DoubtForm(),
        "deadline": Deadline.objects.filter(progress.about(round), kind="round.ballots").first(),
        "can_send": standing.is_council,
    }
    return render(request, "workflows/review.html", context, status=status)


def _groups(round, tab, rows, standing, *, tick_all) -> list[dict]:
    """The lines of the queue in two groups; each line with how the member stands to it."""
    titles = (("要投票", "凡减分、分多、有争议", True), ("可以一并通过", "小额加分，没人有异议", False))
    if tab != "open":
        titles = (("投过票的", "", True), ("一并通过的", "", False))
    groups = []
    for title, hint, large in titles:
        lines = [(row, standing.of(row)) for row in rows if row.needs_ballot == large]
        if lines:
            found = cases.count(cases.items(round, tab).filter(needs_ballot=large))
            ticks = tab == "open" and any(stands == "tick" for _, stands in lines)
            groups.append(
                {
                    "title": title,
                    "hint": hint,
                    "count": found,
                    "lines": lines,
                    "ticks": ticks,
                    "ticked": tick_all,
                }
            )
    return groups


def _tabs(round: Round) -> list[tuple[str, str, str]]:
    """[(tab, label, how many)]."""
    return [(tab, label, cases.count(cases.items(round, tab))) for tab, label in cases.TABS.items()]


def _first(rows, standing) -> Observation | None:
    """The first line that waits for this member's vote, else the first line."""
    return next((row for row in rows if standing.of(row) == "vote"), rows[0] if rows else None)


def _neighbours(rows, item) -> tuple[Observation | None, Observation | None]:
    """The lines above and below an item on its page of the queue."""
    if item not in rows:
        return None, None
    at = rows.index(item)
    return (rows[at - 1] if at else None), (rows[at + 1] if at + 1 < len(rows) else None)


def _item_of(round: Round, key: str | None) -> Observation | None:
    """An item of a round by the key in a query string; 404 for one that is none or of another round."""
    if not key:
        return None
    found = keys([key])
    if not found:
        raise Http404
    return get_object_or_404(cases.readable(Round.objects.filter(pk=round.pk)), key=found[0])


def _mine(request, key, *, at) -> Observation:
    """An item of a month whose review this member may open; 404 otherwise."""
    return get_object_or_404(cases.readable(cases.rounds_for(request.user, at=at)), key=key)


def _why_not_send(round, user, *, at) -> str:
    """Why this member cannot send the month on now; empty when they can."""
    if round.state != Round.State.REVIEWING:
        return f"这个月现在是“{round.get_state_display()}”，不用送签。"
    try:
        rounds.check_send(round, by=user, at=at)
    except Refused as refusal:
        return str(refusal)
    return ""


def _url(round: Round, item: Observation | None = None) -> str:
    url = reverse("review", args=[round.key])
    return f"{url}?item={item.key}" if item else url


urlpatterns = [
    path("rounds/<uuid:key>/review/", review, name="review"),
    path("rounds/<uuid:key>/review/together/", together, name="review_bulk"),
    path("rounds/<uuid:key>/review/send/", send, name="review_send"),
    path("observations/<uuid:key>/cast/", cast, name="review_cast"),
    path("observations/<uuid:key>/contest/", contest, name="review_contest"),
]
