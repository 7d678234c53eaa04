"""再看一户: one household drawn by lot, looked at by a second rater who does not see the first sheet. Three taps."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from governance.forms.common import refusals_in
from governance.models import Deadline
from governance.refusals import why_not
from workflows import second_ratings
from workflows.forms.second import SecondForm
from workflows.models import Round, SecondRating
from workflows.observations import rules_for


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def second_rating(request, key):
    """Answer for one household; then on to the next one drawn, or back to the to-do list."""
    at = timezone.now()
    rows = SecondRating.objects.filter(rater=request.user)
    row = get_object_or_404(rows.select_related("round", "village", "subject__area", "rater"), key=key)
    refusal = why_not(second_ratings.check_answer, row, by=request.user, at=at)
    form = SecondForm(
        request.POST if request.method == "POST" else None, rules=rules_for(row.subject, row.round.month)
    )
    if form.is_bound and (refusal or form.is_valid()):
        with refusals_in(form):
            rules, knows = ([], True) if refusal else (form.chosen, form.knows)
            second_ratings.answer(rating=row, rules=rules, knows=knows, by=request.user, at=at)
            messages.success(request, "记下了，谢谢。这不改谁家的分。")
            following = next(iter(second_ratings.waiting(request.user, at=at)), None)
            return redirect("second_rating", following.key) if following else redirect("todo")
    context = {"rating": row, "form": form, "refusal": refusal, "due": _due(row)}
    return render(request, "workflows/second_rating.html", context, status=422 if form.errors else 200)


def _due(row: SecondRating):
    """By when the month's second looks are due."""
    about = {"about_type": Round._meta.label_lower, "about_id": row.round_id, "kind": second_ratings.DUE}
    return (
        Deadline.objects.filter(cancelled_at__isnull=True, **about).values_list("due_at", flat=True).first()
    )


urlpatterns = [path("second/<uuid:key>/", second_rating, name="second_rating")]
