"""调查函: who was asked answers here, on a phone; they see the question and the line it is about, when both sides are
heard together, and no more."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from appeals import inquiries, sight
from appeals.hands import entries_of
from appeals.models import Hearing, Inquiry, Objection
from appeals.workbench.forms import AnswerForm
from governance import stories
from governance.forms.common import refusals_in
from governance.refusals import why_not


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def inquiry(request, key):
    """Answer a question put to oneself, late too; the officer writes down what somebody without an account said."""
    at = timezone.now()
    mine = Q(to_user=request.user) | Q(to_user=None, objection__in=sight.listed(request.user, at=at))
    rows = Inquiry.objects.filter(mine).select_related(
        "objection__village", "objection__subject__area", "objection__for_member", "asked_by", "to_user",
        "objection__entry__rule", "objection__rule", "objection__scorecard", "objection__repair__entry__rule",
    )  # fmt: skip
    row = get_object_or_404(rows, key=key)
    is_own = row.to_user_id == request.user.pk
    if not is_own:
        sight.opened(request.user, row.objection.key, at=at)
    refusal = why_not(inquiries.check_answer, row, row.objection, by=request.user, at=at)
    form = AnswerForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with refusals_in(form):
            inquiries.answer(inquiry=row, text=form.cleaned_data["answer"], by=request.user, at=at)
            messages.success(request, "答复收到了，谢谢。" if is_own else "记进案卷了。")
            return redirect("todo") if is_own else redirect("case", key=row.objection.key)
    if not is_own:
        form.fields["answer"].label, form.fields["answer"].help_text = (
            "他怎么说",
            "照他说的记，念一遍给他听。",
        )
    context = {
        "inquiry": row, "case": row.objection, "form": form, "refusal": refusal, "is_own": is_own,
        "hearings": row.objection.hearings.exclude(state=Hearing.State.HELD).filter(takes_place_at__gt=at),
    }  # fmt: skip
    return render(
        request, "appeals/inquiry.html", context | _about(row.objection), status=422 if form.errors else 200
    )


def _about(case: Objection) -> dict:
    """The one line it is about; of a quarter's colour the person needs no more than the question."""
    lines = [] if case.scorecard_id else entries_of(case)
    facts = stories.facts(entry.source for entry in lines)
    return {"lines": [(entry, facts.get(entry.source)) for entry in lines]}


urlpatterns = [path("inquiries/<uuid:key>/", inquiry, name="inquiry")]
