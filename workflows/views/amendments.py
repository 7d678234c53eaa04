"""What was corrected after a quarter was signed: the new card to look at and sign, the notice to hang up."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from governance.access import villages
from governance.events import last
from governance.models import Scorecard
from governance.models.people import Role
from governance.refusals import Conflict
from workflows import amendment_signing, publications
from workflows.forms.signing import WordForm
from workflows.models import Amendment, Publication
from workflows.quarters import sheet


@login_required
@require_http_methods(["GET", "POST"])
def amendment(request, key):
    """Every line behind a corrected card, and the signature. Opening it is what is noted, so by GET."""
    at = timezone.now()
    mine = Amendment.objects.filter(village__in=villages(request.user, *amendment_signing.LADDER, at=at))
    row = get_object_or_404(
        mine.select_related("settlement", "village", "scorecard", "subject__area"), key=key
    )
    if request.method == "GET":
        amendment_signing.look(amendment=row, by=request.user, at=at)
        return _page(request, row, WordForm(), at=at)
    form = WordForm(request.POST)
    if not form.is_valid():
        amendment_signing.check_look(row, by=request.user, at=at)
        return _page(request, row, form, at=at, status=422)
    row = amendment_signing.sign(amendment=row, by=request.user, at=at, **form.cleaned_data)
    done = row.state == Amendment.State.SIGNED
    messages.success(request, "签好了，这一户按新的分了。" if done else "签好了，还要另一个人看过、签字。")
    following = amendment_signing.for_user(request.user, row.settlement.amendments.all(), at=at)
    return (
        redirect("amendment", following[0].key) if following else redirect("settlement", row.settlement.key)
    )


def _page(request, row: Amendment, word: WordForm, *, at, status=200):
    card = row.scorecard
    signed = Scorecard.objects.filter(
        subject=row.subject, quarter=row.settlement.quarter, confirmed_at__isnull=False
    ).latest("version")
    lines = sheet(card)
    for line in lines:
        line["is_new"] = line["entry"].posted_at > signed.computed_at
    context = {
        "settlement": row.settlement,
        "card": card,
        "versions": [
            (name, one, one.index_tenths - one.base_tenths)
            for name, one in (("签过的", signed), ("更正以后", card))
        ],
        "lines": lines,
        "signed": amendment_signing.standing(row),
        "refusal": _why_not_sign(row, request.user, at=at),
        "word": word,
    }
    return render(request, "workflows/amendment.html", context, status=status)


def _why_not_sign(row, user, *, at) -> str:
    """Why this user cannot sign now; empty when they can."""
    try:
        amendment_signing.check_sign(row, by=user, at=at)
    except Conflict as conflict:
        return str(conflict)
    return ""


@login_required
@require_http_methods(["GET", "POST"])
def hang_up(request, key):
    """A notice of correction to be printed: when it hangs, the clerk says so."""
    at = timezone.now()
    mine = Publication.objects.filter(
        amends__isnull=False, village__in=villages(request.user, Role.CLERK, at=at)
    )
    publication = get_object_or_404(mine.select_related("village"), key=key)
    if request.method == "POST":
        publications.hang_up(publication=publication, by=request.user, at=at)
        messages.success(request, "记下了，已经贴上公示栏。")
        return redirect("todo")
    context = {
        "publication": publication,
        "is_hung": last(publication, "publication.hung_up") is not None,
    }
    return render(request, "workflows/notice_hang_up.html", context)


urlpatterns = [
    path("amendments/<uuid:key>/", amendment, name="amendment"),
    path("publications/<uuid:key>/hang-up/", hang_up, name="notice_hang_up"),
]
