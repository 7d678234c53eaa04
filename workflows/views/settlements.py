"""The quarter: the clerk has it computed, two people look and sign, the clerk posts it."""

from __future__ import annotations

from collections import Counter

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from governance.access import check_role, holds, today, villages
from governance.deeds import said
from governance.models import User
from governance.models.people import Role
from governance.periods import previous_quarter, quarter_label, quarter_of
from governance.refusals import Refused, why_not
from workflows import amendment_signing, diagram, progress, publications, settlements, settling, why_papers
from workflows.forms.signing import ReasonForm, WordForm
from workflows.models import Amendment, Publication, Settlement
from workflows.quarters import TABS, Look, sheet

PAGE = 50


@login_required
@require_safe
def quarters(request, code):
    """A village's quarters, newest first, and the one that may be computed."""
    at = timezone.now()
    village = get_object_or_404(villages(request.user, at=at), code=code)
    page = Paginator(village.settlements.select_related("publication"), PAGE).get_page(
        request.GET.get("page")
    )
    last = previous_quarter(quarter_of(today(at)))
    context = {
        "village": village,
        "page": page,
        "to_start": last if not village.settlements.filter(quarter=last).exists() else "",
        "is_clerk": holds(request.user, Role.CLERK, village, at=at),
    }
    return render(request, "workflows/settlements.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def start(request, code):
    """Have a quarter computed (?quarter=2026Q3): what stops it and what wants a look first, then the act."""
    at = timezone.now()
    village = get_object_or_404(villages(request.user, Role.CLERK, at=at), code=code)
    quarter = (
        request.POST.get("quarter") or request.GET.get("quarter") or previous_quarter(quarter_of(today(at)))
    )
    label = quarter_label(quarter)
    existing = village.settlements.filter(quarter=quarter).first()
    if existing and request.method == "GET":
        return redirect("settlement", key=existing.key)
    if request.method == "POST":
        job = settling.start(village=village, quarter=quarter, by=request.user, at=at)
        return redirect("job", job.key)
    context = {
        "village": village,
        "quarter": quarter,
        "label": label,
        "preflight": settlements.preflight(village, quarter, at=at),
    }
    return render(request, "workflows/settlement_start.html", context)


@login_required
@require_safe
def quarter(request, key):
    """One quarter: its steps and signatures for everybody in office; its colours for its signers, until signed."""
    settlement = get_object_or_404(_seen_by(request.user, at=timezone.now()), key=key)
    return _page(request, settlement)


@login_required
@require_safe
def card(request, key, card_key):
    """Every line behind one card. Opening it is what is noted: a log of looks is written by looking, so by GET."""
    at = timezone.now()
    settlement = get_object_or_404(_seen_by(request.user, at=at), key=key)
    found = get_object_or_404(settlements.cards(settlement), key=card_key)
    settlements.view_card(settlement=settlement, card=found, by=request.user, at=at)
    look = Look(settlement, request.user, at=at)
    context = {
        "settlement": settlement,
        "row": next(row for row in look.rows if row.card == found),
        "lines": sheet(found),
        "following": next(iter(look.due), None),
        "left": len(look.due),
        "back": ReasonForm(),
    }
    return render(request, "workflows/settlement_card.html", context)


@login_required
@require_POST
def sign(request, key):
    """Sign the colours."""
    at = timezone.now()
    settlement = get_object_or_404(_seen_by(request.user, at=at), key=key)
    form = WordForm(request.POST)
    if not form.is_valid():
        return _page(request, settlement, word=form, status=422)
    settlement = settlements.sign(settlement=settlement, by=request.user, at=at, **form.cleaned_data)
    done = settlement.state == Settlement.State.CONFIRMED
    messages.success(
        request, "签好了，签字齐了，请文书张贴。" if done else "签好了，还要另一个人再看一遍、签字。"
    )
    return redirect("settlement", key=settlement.key)


@login_required
@require_POST
def recompute(request, key):
    """Send the quarter back to be computed again, with a reason."""
    at = timezone.now()
    settlement = get_object_or_404(_seen_by(request.user, at=at), key=key)
    settlements.check_signer(settlement, by=request.user, at=at)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _page(request, settlement, back=form, status=422)
    settlements.recompute(settlement=settlement, by=request.user, at=at, **form.cleaned_data)
    messages.success(request, "重新算过了，签过的字作废，请从头看一遍再签。")
    return redirect("settlement", key=settlement.key)


@login_required
@require_http_methods(["GET", "POST"])
def publish(request, key):
    """Post the quarter: the notice as it will read, then the act."""
    at = timezone.now()
    mine = Settlement.objects.filter(village__in=villages(request.user, Role.CLERK, at=at)).select_related(
        "village"
    )
    settlement = get_object_or_404(mine, key=key)
    if request.method == "POST":
        publication = publications.publish_settlement(settlement=settlement, by=request.user, at=at)
        messages.success(request, f"公示贴出来了，贴到{said(timezone.localdate(publication.window_ends))}。")
        return redirect("settlement", key=settlement.key)
    refusal = _why_not_publish(settlement, request.user, at=at)
    if refusal:
        raise Refused(refusal)
    context = {"settlement": settlement, "content": publications.preview(settlement)}
    return render(request, "workflows/settlement_publish.html", context)


@login_required
@require_POST
def print_whys(request, key):
    """Have every household's own page made as one PDF, to carry to its door."""
    settlement = get_object_or_404(_seen_by(request.user, at=timezone.now()), key=key)
    return redirect("job", why_papers.start(settlement=settlement, by=request.user, at=timezone.now()).key)


def _page(request, settlement: Settlement, *, word=None, back=None, status=200):
    """The quarter's page; shows again what was typed when a form is given."""
    at, user = timezone.now(), request.user
    steps = progress.of_settlement(settlement)
    context = {
        "settlement": settlement,
        "label": quarter_label(settlement.quarter),
        "steps": steps,
        "now": progress.current(steps),
        "signed": settlements.standing(settlement),
        "needed": settlements.SIGNATURES_NEEDED,
        "publication": Publication.objects.filter(settlement=settlement).first(),
        "corrections": _corrections(settlement, user, at=at),
        "diagram": diagram.draw(settlement.process),
        "why_not_look": _why_not(settlements.check_signer, settlement, user, at=at),
        "why_not_publish": _why_not_publish(settlement, user, at=at),
        "may_print": not why_not(why_papers.check, settlement, by=user, at=at),
        "is_clerk": holds(user, Role.CLERK, settlement.village, at=at),
        "at": at,
    }
    if not context["why_not_look"]:
        overtaken = settlements.is_overtaken(settlement)
        context |= _table(request, settlement, at=at)
        context |= {
            "refusal": _why_not(settlements.check_sign, settlement, user, at=at),
            "word": word or WordForm(),
            "back": back or ReasonForm(initial={"why": settlements.OVERTAKEN if overtaken else ""}),
            "is_overtaken": overtaken,
        }
    return render(request, "workflows/settlement.html", context, status=status)


def _corrections(settlement, user, *, at) -> dict:
    """What was corrected since: how many wait and are done for everybody in office, which ones for who may sign them."""
    states = Counter(settlement.amendments.values_list("state", flat=True))
    notices = Publication.objects.filter(amends__settlement=settlement).order_by("published_at", "id")
    return {
        "waiting": states[Amendment.State.WAITING],
        "done": states[Amendment.State.SIGNED],
        "mine": amendment_signing.for_user(user, settlement.amendments.all(), at=at) if states else [],
        "notices": list(notices),
    }


def _table(request, settlement, *, at) -> dict:
    """The colours to sign, under the tab asked for."""
    look = Look(settlement, request.user, at=at)
    tab = request.GET.get("tab")
    tab = tab if tab in TABS else "look"
    page = Paginator(look.tab(tab), PAGE).get_page(request.GET.get("page"))
    return {"look": look, "tab": tab, "page": page, "following": next(iter(look.due), None)}


def _seen_by(user: User, *, at) -> QuerySet[Settlement]:
    """Quarters of the villages where a user is in office; what they see of it, the page decides."""
    return Settlement.objects.filter(village__in=villages(user, at=at)).select_related("village", "process")


def _why_not(check, settlement, user, *, at) -> str:
    """Why this user cannot look at or sign the quarter now; empty when they can."""
    if settlement.state != Settlement.State.CONFIRMING:
        return f"这一季现在是“{settlement.get_state_display()}”，颜色已经签好了。"
    return why_not(check, settlement, by=user, at=at)


def _why_not_publish(settlement, user, *, at) -> str:
    """Why this user cannot post the quarter now; empty when they can."""
    if settlement.state != Settlement.State.CONFIRMED:
        return f"这一季现在是“{settlement.get_state_display()}”，两个人签好了才能张贴。"
    return why_not(check_role, user, Role.CLERK, village=settlement.village, at=at)


urlpatterns = [
    path("villages/<str:code>/quarters/", quarters, name="settlements"),
    path("villages/<str:code>/quarters/start/", start, name="settlement_start"),
    path("quarters/<uuid:key>/", quarter, name="settlement"),
    path("quarters/<uuid:key>/cards/<uuid:card_key>/", card, name="settlement_card"),
    path("quarters/<uuid:key>/sign/", sign, name="settlement_sign"),
    path("quarters/<uuid:key>/whys/", print_whys, name="settlement_print"),
    path("quarters/<uuid:key>/recompute/", recompute, name="settlement_recompute"),
    path("quarters/<uuid:key>/publish/", publish, name="settlement_publish"),
]
