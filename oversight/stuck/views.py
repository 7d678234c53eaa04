"""卡住的事: what is stuck in an operator's villages, tried again one by one or many of a kind, with a reason."""

from __future__ import annotations

from functools import wraps

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from governance.access import roles_of
from governance.forms.common import refusals_in
from governance.models.people import Role
from governance.refusals import Refused
from governance.views.clerk import READ, READ_AND_POST
from oversight.stuck import retrying
from oversight.stuck.forms import FindForm, RetryForm, TogetherForm
from oversight.stuck.registry import SOURCES, Source

SHOWN, TRIED, PAGE = 5, 10, 30


def for_operator(*methods: str):
    """Give a view the villages whose machinery the reader keeps going, and the moment. Refused for anybody else."""

    def wrap(view):
        @login_required
        @require_http_methods(methods)
        @wraps(view)
        def seen(request, **kwargs):
            at = timezone.now()
            if Role.OPERATOR not in roles_of(request.user, at=at):
                raise Refused("这一页给系统运维看机器有没有卡住，您现在没有这个职务。")
            return view(request, retrying.places(request.user, at=at), at, **kwargs)

        return seen

    return wrap


@for_operator(*READ)
def overview(request, where, at):
    """Every kind of trouble with its oldest few, and what was tried lately."""
    found = [(source, source.rows(where, at=at), source.count(where, at=at)) for source in SOURCES.values()]
    sections = [(source, source.items(list(rows[:SHOWN])), n) for source, rows, n in found if n]
    tried = retrying.in_words(retrying.attempts(where)[:TRIED])
    context = {
        "sections": sections,
        "tried": tried,
        "at": at,
        "quiet": [s for s, _, n in found if s.is_watched and not n],
    }
    return render(request, "oversight/stuck.html", context)


@for_operator(*READ)
def listed(request, where, at, source):
    """All of one kind of trouble, by village and kind, oldest first."""
    source = _source(source)
    kinds = source.kinds(where, at=at)
    form = FindForm(where, kinds, request.GET or None)
    asked = form.cleaned_data if form.is_valid() else {}
    village, kind = asked.get("village", ""), asked.get("kind", "")
    rows = source.rows(where.filter(code=village) if village else where, at=at, kind=kind)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {
        "source": source, "page": page, "items": source.items(page.object_list), "form": form, "at": at,
        "village": village, "kind": kind, "is_filtered": bool(village or kind),
    }  # fmt: skip
    return render(request, "oversight/stuck_of.html", context)


@for_operator(*READ_AND_POST)
def item(request, where, at, source, item):
    """One stuck thing, what was tried with it, and the form to try again. Once it is done, only what was tried."""
    source = _retried(source)
    row = get_object_or_404(source.every(where), pk=item)
    form = RetryForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        with refusals_in(form):
            outcome = retrying.retry(
                source=source, row=row, why=form.cleaned_data["why"], by=request.user, at=at
            )
            return _tell(request, source, outcome)
    is_stuck, tried = retrying.is_stuck(source, row, at=at), list(retrying.attempts_on(source, row)[:TRIED])
    if not is_stuck and not tried:
        raise Http404
    context = {
        "source": source, "item": source.items([row])[0], "form": form, "is_stuck": is_stuck,
        "tried": retrying.in_words(tried), "at": at,
    }  # fmt: skip
    return render(request, "oversight/stuck_item.html", context, status=422 if form.errors else 200)


@for_operator(*READ_AND_POST)
def together(request, where, at, source):
    """Many of one kind: first the list with a box each, then all that stayed ticked, each by itself."""
    source = _retried(source)
    asked = request.POST or request.GET
    village, kind = asked.get("village", ""), asked.get("kind", "")
    rows = source.rows(where.filter(code=village) if village else where, at=at, kind=kind)
    shown = {str(row.pk): row for row in [*rows[: retrying.AT_ONCE], *_ticked(request, source, where)]}
    form = TogetherForm(
        source.items(list(shown.values())), request.POST if request.method == "POST" else None
    )
    if form.is_bound and form.is_valid():
        with refusals_in(form):
            chosen = [shown[pk] for pk in form.cleaned_data["chosen"]]
            outcomes, late = retrying.retry_each(
                source=source, rows=chosen, why=form.cleaned_data["why"], by=request.user, at=at
            )
            return _tell_all(request, source, outcomes, late)
    context = {
        "source": source, "form": form, "n": len(shown), "all": source.count(where, at=at), "village": village,
        "kind": kind,
    }  # fmt: skip
    return render(request, "oversight/stuck_together.html", context, status=422 if form.errors else 200)


def _ticked(request, source: Source, where) -> list:
    """What was ticked, also what somebody else did since: that one is told so, the others go on."""
    ticked = [int(pk) for pk in request.POST.getlist("chosen") if pk.isdecimal() and len(pk) < 19]
    return list(source.every(where).filter(pk__in=ticked)[: retrying.AT_ONCE])


def _source(name: str) -> Source:
    if name not in SOURCES:
        raise Http404
    return SOURCES[name]


def _retried(name: str) -> Source:
    """A source that can be tried again."""
    if not _source(name).retries:
        raise Http404
    return SOURCES[name]


def _tell(request, source: Source, outcome: retrying.Outcome):
    """What came of a retry, on the page of the thing: what failed can be tried again there."""
    if outcome.done:
        messages.success(request, f"办成了：{outcome.item.village.name}，{outcome.item.title}。")
    else:
        messages.error(request, f"还是没办成，什么也没改。报错：{outcome.error}。先修好原因，再试。")
    return redirect("stuck_item", source.name, outcome.item.pk)


def _tell_all(request, source: Source, outcomes: list[retrying.Outcome], late: int):
    done = sum(outcome.done for outcome in outcomes)
    if done:
        messages.success(request, f"办成{done}件。")
    if late:
        messages.info(request, f"{late}件刚才已经有人办了，没有再办。")
    if failed := len(outcomes) - done:
        messages.error(request, f"{failed}件还是没办成，什么也没改，报错写在各件里。先修好原因，再试。")
    return redirect("stuck_of", source.name)


urlpatterns = [
    path("stuck/", overview, name="stuck"),
    path("stuck/<slug:source>/", listed, name="stuck_of"),
    path("stuck/<slug:source>/together/", together, name="stuck_together"),
    path("stuck/<slug:source>/<int:item>/", item, name="stuck_item"),
]
