"""The committee's signature under a month, and one item sent back to the council."""

from __future__ import annotations

from itertools import groupby

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from governance.access import holds, villages
from governance.events import why_of_each
from governance.models import User
from governance.models.people import Role
from governance.recusal import reasons
from governance.refusals import Refused, why_not
from workflows import signatures
from workflows.forms.signing import ReasonForm, WordForm
from workflows.models import Observation, Round, Sheet

PAGE = 100
State = Observation.State


@login_required
@require_http_methods(["GET", "POST"])
def sign(request, key):
    """Everything the council approved, by area, and the signature under it; shown in that step only."""
    at = timezone.now()
    round = get_object_or_404(_rounds(request.user, at=at), key=key)
    if request.method == "GET" and round.state != Round.State.RESOLVING:
        messages.info(request, f"这个月现在是“{round.get_state_display()}”，不在签字这一步。")
        return redirect("round", key=round.key)
    if not holds(request.user, Role.COMMITTEE, round.village, at=at):
        signatures.check_signer(round, by=request.user, at=at)  # the township looks only where it stands in
    form = WordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        round = signatures.sign(round=round, by=request.user, at=at, **form.cleaned_data)
        messages.success(request, _signed(round))
        return redirect("round", key=round.key)
    approved = _by_place(round.observations.filter(state=State.APPROVED))
    page = Paginator(approved, PAGE).get_page(request.GET.get("page"))
    rejected = list(_by_place(round.observations.filter(state=State.REJECTED))[:PAGE])
    context = {
        "round": round,
        "form": form,
        "page": page,
        "areas": _veiled_by_area([*page], request.user, at=at),
        "rejected": _veiled_by_area(
            rejected, request.user, at=at, whys=why_of_each(rejected, "observation.rejected")
        ),
        "missing": round.sheets.filter(state=Sheet.State.MISSING).select_related("rater", "area"),
        "pending": round.observations.filter(state__in=signatures.PENDING).count(),
        "signed": round.signatures.select_related("signer").order_by("signed_at"),
        "refusal": why_not(signatures.check_sign, round, by=request.user, at=at),
        "may_send_back": not why_not(signatures.check_signer, round, by=request.user, at=at),
    }
    return render(request, "workflows/round_sign.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def send_back(request, key):
    """One approved item back to the council, with a reason; the others go on being signed."""
    at = timezone.now()
    months = _rounds(request.user, at=at)
    item = get_object_or_404(
        Observation.objects.filter(round__in=months, state=State.APPROVED).select_related(
            "round__village", "subject__area"
        ),
        key=key,
    )
    signatures.check_signer(item.round, by=request.user, at=at)
    if reasons(request.user, [item.subject_id], at=at):
        raise Refused("这一户是您自己家或亲属，您回避，不能退。")
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        signatures.send_back(observation=item, by=request.user, at=at, **form.cleaned_data)
        messages.success(request, "退回理事会了，他们再投一次。其他的照签。")
        return redirect("round_sign", key=item.round.key)
    context = {"item": item, "form": form, "back_url": reverse("round_sign", args=[item.round.key])}
    return render(request, "workflows/round_send_back.html", context, status=422 if form.errors else 200)


def _rounds(user: User, *, at) -> QuerySet[Round]:
    """Months that a user may be asked to sign: the committee's village, the panel's villages."""
    return Round.objects.filter(village__in=villages(user, Role.COMMITTEE, Role.PANEL, at=at)).select_related(
        "village"
    )


def _by_place(items):
    related = items.select_related("subject__area", "rule")
    return related.order_by("subject__area__position", "subject__door_order", "occurred_on", "id")


def _veiled_by_area(items, user, *, at, whys=None) -> list[tuple[str, list[tuple[Observation, str, str]]]]:
    """[(area, [(item, why it is hidden from this signer, why it was rejected)])], in the order given."""
    aside, whys = reasons(user, {item.subject_id for item in items}, at=at), whys or {}
    return [
        (area, [(item, aside.get(item.subject_id, ""), whys.get(item.key, "")) for item in group])
        for area, group in groupby(items, key=lambda item: item.subject.area.name)
    ]


def _signed(round: Round) -> str:
    if round.state == Round.State.RESOLVED:
        return "签好了，签字齐了，请文书张贴公示。"
    return "签好了。还有要别的委员签的，或者理事会在重投的，都好了才能公示。"


urlpatterns = [
    path("rounds/<uuid:key>/sign/", sign, name="round_sign"),
    path("observations/<uuid:key>/send-back/", send_back, name="item_send_back"),
]
