"""提示: one finding, read and answered by the person shown, read and closed by the supervisor."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Q
from django.shortcuts import get_object_or_404, render
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from governance.forms.common import refusals_in
from governance.refusals import why_not
from governance.views.clerk import done
from oversight.models import Finding
from oversight.watch import findings, words
from oversight.watch.forms import AnswerForm, CloseForm

PER_PAGE = 30


@login_required
@require_safe
def mine(request):
    """Everything a user was asked about, open or done: nothing is kept about somebody that they cannot read."""
    rows = findings.about(request.user, at=timezone.now())
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    lines = [(row, words.sentence(row), words.who(row)) for row in page]
    return render(request, "oversight/findings_mine.html", {"page": page, "lines": lines})


@login_required
@require_safe
def finding(request, key):
    """One finding with its figures, why it was raised, ordinary causes, and what was said."""
    return _show(request, _row(request.user, key))


@login_required
@require_POST
def answer(request, key):
    """The person shown says their sentence."""
    row, form = _row(request.user, key), AnswerForm(request.POST)
    at = timezone.now()
    findings.check_answer(row, by=request.user, at=at)
    if form.is_valid():
        with refusals_in(form):
            findings.answer(finding=row, text=form.cleaned_data["answer"], by=request.user, at=at)
            return done(request, "记下了，监督会看。", "finding", row.key)
    return _show(request, row, answer_form=form)


@login_required
@require_POST
def close(request, key):
    """The supervisor is done with it."""
    row, form = _row(request.user, key), CloseForm(request.POST)
    at = timezone.now()
    findings.check_close(row, by=request.user, at=at)
    if form.is_valid():
        with refusals_in(form):
            findings.close(finding=row, why=form.cleaned_data["why"], by=request.user, at=at)
            return done(request, "办结了，本人看得到您写的话。", "finding", row.key)
    return _show(request, row, close_form=form)


def _row(user, key) -> Finding:
    """A finding about the user, or of a village they supervise; 404 for any other."""
    at = timezone.now()
    seen = Q(pk__in=findings.about(user, at=at).values("pk")) | Q(
        pk__in=findings.supervised(user, at=at).values("pk")
    )
    rows = Finding.objects.filter(seen)
    return get_object_or_404(
        rows.select_related("village", "user", "area", "answered_by", "closed_by"), key=key
    )


def _show(request, row: Finding, *, answer_form=None, close_form=None):
    at = timezone.now()
    speaks = not why_not(findings.check_answer, row, by=request.user, at=at)
    supervises = findings.supervised(request.user, at=at).filter(pk=row.pk).exists()
    refusal = why_not(findings.check_close, row, by=request.user, at=at) if supervises else ""
    context = {
        "finding": row, "sentence": words.sentence(row), "who": words.who(row), "reason": words.reason(row),
        "ordinary": words.ordinary(row), "supervises": supervises, "refusal": refusal,
        "answer_form": (answer_form or AnswerForm()) if speaks else None,
        "close_form": (close_form or CloseForm()) if supervises and not refusal else None,
    }  # fmt: skip
    failed = any(form is not None and form.errors for form in (answer_form, close_form))
    return render(request, "oversight/finding.html", context, status=422 if failed else 200)


urlpatterns = [
    path("findings/", mine, name="findings_mine"),
    path("findings/<uuid:key>/", finding, name="finding"),
    path("findings/<uuid:key>/answer/", answer, name="finding_answer"),
    path("findings/<uuid:key>/close/", close, name="finding_close"),
]
