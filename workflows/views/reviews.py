"""The council's queue and case: vote blind, approve small items together, contest one, send the month on."""

from __future__ import annotations

from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from governance.forms.common import refusals_in
from governance.models import Deadline
from governance.prepared import prepared
from governance.refusals import why_not
from workflows import ballots, cases, council_queue, reviews, rounds
from workflows.cases import Case, Standing
from workflows.forms.ballots import BallotForm, DoubtForm, keys
from workflows.forms.signing import WordForm
from workflows.models import Observation, Round


@login_required
@require_safe
def review(request, key):
    """The queue, or with ?item= one case; each fetches the other beside it where the screen is wide.

    With &step=next or &step=back on to the case below or above in the queue.
    """
    at = timezone.now()
    if "item" not in request.GET:
        round = _round(request, key, at=at)
        return _queue(request, round, at=at)
    item = _mine(request, request.GET["item"], at=at, round=key)
    if "step" in request.GET:
        return _step(request, item)
    return _case(request, item, at=at)


@login_required
@require_POST
def cast(request, key):
    """Vote on an item, then go to the next that waits for this member."""
    at = timezone.now()
    item = _mine(request, key, at=at, read=cases.votable_by_key)
    form = BallotForm(request.POST)
    with refusals_in(form):
        if form.is_valid():
            ballots.cast(observation=item, by=request.user, at=at, **form.cleaned_data)
    if form.errors:
        ballots.check_cast(item, by=request.user, at=at)
        return _case(request, _mine(request, key, at=at), at=at, ballot=form, status=422)
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
        return _case(request, item, at=at, doubt=form, status=422)
    reviews.contest(observation=item, by=request.user, at=at, **form.cleaned_data)
    messages.success(request, "记下了，这一条要投票。")
    return redirect(_url(item.round, item.key))


@login_required
@require_http_methods(["GET", "POST"])
def together(request, key):
    """First the list of what was ticked with its sum, then one signature for all of it."""
    at = timezone.now()
    round = _round(request, key, at=at)
    ticked = keys((request.POST if request.method == "POST" else request.GET).getlist("tick"))
    found = council_queue.items(round, "open").filter(key__in=ticked[: council_queue.PAGE])
    rows = list(found.select_related("subject__area", "rule", "sheet").order_by("id"))
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
    round = _round(request, key, at=at)
    form = WordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        rounds.send_to_committee(round=round, by=request.user, at=at, **form.cleaned_data)
        messages.success(request, "签好了，送村两委签字。")
        return redirect("round", key=round.key)
    context = {
        "round": round,
        "form": form,
        "refusal": _why_not_send(round, request.user, at=at),
        "tabs": _tabs(council_queue.counts(round, "open")[0]),
        "queue_url": _url(round),
    }
    return render(request, "workflows/review_send.html", context, status=422 if form.errors else 200)


def _queue(request, round: Round, *, at):
    """One page of the queue; beside it the first case that waits for this member, which the browser fetches."""
    tab, after = _tab(request), request.GET.get("after")
    after = after and get_object_or_404(council_queue.items(round, tab), key=_key(after))
    rows, more = council_queue.page(round, tab, after)
    standing = Standing(round, request.user, rows, at)
    tabs, in_groups = council_queue.counts(round, tab)
    groups = _groups(tab, rows, standing, in_groups, tick_all=request.GET.get("tick") == "all")
    context = {
        "round": round,
        "tab": tab,
        "tabs": _tabs(tabs),
        "after": after,
        "more": rows[-1] if more else None,
        "groups": groups,
        "ticks": any(group["ticks"] for group in groups),
        "first": _first(rows, standing),
        "here": _here(request, round),
        "can_send": standing.is_council,
    }
    name = "workflows/review_queue.html" if _is_part(request) else "workflows/review.html"
    return render(request, name, context)


def _case(request, item: Observation, *, at, ballot=None, doubt=None, status=200):
    """One case; beside it its page of the queue, which the browser fetches. Shows again what a form was given."""
    round = item.round
    context = {
        "round": round,
        "tab": _tab(request),
        "case": Case(item, Standing(round, request.user, [item], at)),
        "here": _here(request, round),
        "ballot": ballot or BallotForm(),
        "doubt": doubt or DoubtForm(),
        "deadline": next(iter(_due(round.pk)), None),
    }
    name = "workflows/review_item.html" if _is_part(request) else "workflows/review.html"
    return render(request, name, context, status=status)


@prepared
def _due(round: int):
    rows = Deadline.objects.filter(about_type=Round._meta.label_lower, about_id=round, kind="round.ballots")
    return rows.order_by("pk")[:1]


def _step(request, item: Observation):
    """On to the case beside this one; at the end of the queue it stays, and says so."""
    back = request.GET["step"] == "back"
    found = council_queue.beside(council_queue.items(item.round, _tab(request)), item, back=back)
    if found is None:
        messages.info(request, "上面没有了，这是头一条。" if back else "下面没有了，这是最后一条。")
    return redirect(f"{_here(request, item.round)}&item={(found or item).key}")


def _tab(request) -> str:
    tab = request.GET.get("tab")
    return tab if tab in council_queue.TABS else "open"


def _here(request, round: Round) -> str:
    """The address of the reader's page of the queue."""
    after = request.GET.get("after")
    query = {"tab": _tab(request)} | ({"after": after} if after else {})
    return f"{_url(round)}?{urlencode(query)}"


def _is_part(request) -> bool:
    """Does the page that is open fetch a part of itself (not the browser a page, nor htmx one it went back to)."""
    return bool(request.htmx) and not request.htmx.history_restore_request


def _groups(tab, rows, standing, counts, *, tick_all) -> list[dict]:
    """The lines of the queue in two groups; each line with how the member stands to it."""
    titles = (("要投票", "凡减分、分多、有争议", True), ("可以一并通过", "小额加分，没人有异议", False))
    if tab != "open":
        titles = (("投过票的", "", True), ("一并通过的", "", False))
    groups = []
    for (title, hint, large), count in zip(titles, counts, strict=True):
        lines = [(row, standing.of(row)) for row in rows if row.needs_ballot == large]
        if lines:
            ticks = tab == "open" and any(stands == "tick" for _, stands in lines)
            groups.append(
                {
                    "title": title,
                    "hint": hint,
                    "count": count,
                    "lines": lines,
                    "ticks": ticks,
                    "ticked": tick_all,
                }
            )
    return groups


def _tabs(counts: list[str]) -> list[tuple[str, str, str]]:
    """[(tab, label, how many)]."""
    return [
        (tab, label, count) for (tab, label), count in zip(council_queue.TABS.items(), counts, strict=True)
    ]


def _first(rows, standing) -> council_queue.Line | None:
    """The first line that waits for this member's vote, else the first line."""
    return next((row for row in rows if standing.of(row) == "vote"), rows[0] if rows else None)


def _key(text: str) -> UUID:
    """The key in a query string; 404 for what is none."""
    found = keys([text])
    if not found:
        raise Http404
    return found[0]


def _round(request, key, *, at) -> Round:
    """A month whose review this member may open; 404 otherwise."""
    [round] = _with_village(key) or [None]
    if round is None or not cases.may_open(round, request.user, at=at):
        raise Http404
    return round


@prepared
def _with_village(key: UUID):
    return Round.objects.filter(key=key).select_related("village")


def _mine(request, key, *, at, read=cases.readable, round: UUID | None = None) -> Observation:
    """An item of a month whose review this member may open, with what a case shows; 404 otherwise."""
    key = key if isinstance(key, UUID) else _key(key)
    [item] = read(key) or [None]
    if item is None or round not in (None, item.round.key):
        raise Http404
    if not (cases.may_open(item.round, request.user, at=at) and cases.has_reached_council(item)):
        raise Http404
    item.village = item.round.village
    return item


def _why_not_send(round, user, *, at) -> str:
    """Why this member cannot send the month on now; empty when they can."""
    if round.state != Round.State.REVIEWING:
        return f"这个月现在是“{round.get_state_display()}”，不用送签。"
    return why_not(rounds.check_send, round, by=user, at=at)


def _url(round: Round, item: UUID | None = None) -> str:
    url = reverse("review", args=[round.key])
    return f"{url}?item={item}" if item else url


urlpatterns = [
    path("rounds/<uuid:key>/review/", review, name="review"),
    path("rounds/<uuid:key>/review/together/", together, name="review_bulk"),
    path("rounds/<uuid:key>/review/send/", send, name="review_send"),
    path("observations/<uuid:key>/cast/", cast, name="review_cast"),
    path("observations/<uuid:key>/contest/", contest, name="review_contest"),
]
