"""我有异议: against a line, a quarter, a plus left out, or a refused repair; by the adult, or taken down at the desk."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from appeals import objections
from appeals.against import About, Against, check_open
from appeals.forms import DeskForm, DeskMissingForm, OwnForm, OwnMissingForm, ask_for_words
from appeals.models import Objection, Repair
from appeals.views.common import is_own, speaker_form
from governance import stories
from governance.access import today
from governance.forms.common import refusals_in
from governance.models import Entry, Scorecard, Subject
from governance.periods import month_of
from governance.refusals import Refused, why_not
from workflows.observations import rules_for

form_page = require_http_methods(["GET", "HEAD", "POST"])
LATE = "公示期过了，一年以内还能提。请写为什么现在才提：镇里先看这个理由，再告诉您收不收。"


@login_required
@form_page
def entry(request, entry_key):
    """One line: two taps for the adult."""
    rows = Entry.objects.select_related("subject__area", "subject__village", "village", "rule")
    return _against(request, Against.line(get_object_or_404(rows, key=entry_key)))


@login_required
@form_page
def card(request, card_key):
    """A quarter's score and colour, once it is posted."""
    rows = Scorecard.objects.select_related("subject__area", "subject__village")
    return _against(request, Against.card(get_object_or_404(rows, key=card_key)))


@login_required
@form_page
def repair(request, repair_key):
    """A repair that was not taken."""
    rows = Repair.objects.select_related("subject__area", "subject__village", "entry__rule")
    return _against(request, Against.refusal(get_object_or_404(rows, key=repair_key)))


@login_required
@form_page
def missing(request, subject_key):
    """该加没加: the day, the rule where it is known, what happened. ?day= and ?rule= come from an earlier case."""
    at = timezone.now()
    subject = get_object_or_404(Subject.objects.select_related("area", "village"), key=subject_key)
    rules = [rule for rule in rules_for(subject, month_of(today(at))) if rule.sign > 0]
    form = speaker_form(
        request, subject, at, own=OwnMissingForm, desk=DeskMissingForm, rules=rules, last_day=today(at)
    )
    form.initial = {"occurred_on": request.GET.get("day"), "rule": request.GET.get("rule")}
    if form.is_bound and form.is_valid():
        against = Against.missing(subject, form.cleaned_data["occurred_on"], form.cleaned_data["rule"])
        with refusals_in(form):
            return _filed(request, against, form, at)
    context = {"against": {"about": About.MISSING}, "subject": subject, "form": form}
    return _page(request, context, subject, form)


def _against(request, against: Against):
    """The form against one known thing; what refuses it now is said instead of the form."""
    at = timezone.now()
    form = speaker_form(request, against.subject, at, own=OwnForm, desk=DeskForm)
    late, refused = _openness(against, form, by=request.user, at=at)
    if against.about != About.ENTRY or late:
        ask_for_words(form, LATE if late else "哪里不对，怎么回事，写一两句。")
    if form.is_bound and form.is_valid():
        with refusals_in(form):
            return _filed(request, against, form, at)
    context = {
        "against": against,
        "fact": against.entry and stories.facts([against.entry.source]).get(against.entry.source),
        "subject": against.subject,
        "form": form,
        "is_late": late,
        "refusal": refused,
        "open_case": against.cases().filter(state__in=Objection.OPEN).first(),
    }
    return _page(request, context, against.subject, form)


def _openness(against: Against, form, *, by, at) -> tuple[bool, str]:
    """Is the window over, and the sentence that refuses it now, if one does."""
    if refused := why_not(objections.check_file, against, by=by, at=at, **form.channel):
        return False, refused
    try:
        return check_open(against, at=at), ""
    except Refused as refused:
        return False, str(refused)


def _filed(request, against: Against, form, at):
    case = objections.file(
        against=against, text=form.cleaned_data["text"], by=request.user, at=at, **form.channel
    )
    messages.success(request, f"记下了，编号{case.number}。")
    return redirect("objection", key=case.key)


def _page(request, context: dict, subject: Subject, form):
    context["is_own"] = is_own(request.user, subject)
    return render(request, "appeals/file.html", context, status=422 if form.errors else 200)


urlpatterns = [
    path("objections/new/<uuid:entry_key>/", entry, name="objection_file"),
    path("objections/card/<uuid:card_key>/", card, name="objection_card"),
    path("objections/missing/<uuid:subject_key>/", missing, name="objection_missing"),
    path("objections/repair/<uuid:repair_key>/", repair, name="objection_repair"),
]
