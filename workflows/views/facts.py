"""记一件事: the form of one fact, what it would count for, and the evidence behind the permission check."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from governance import shields
from governance.access import today
from governance.forms.common import refusals_in
from governance.periods import month_end
from governance.protected import stopped
from governance.recusal import check_impartial
from governance.views.kept import kept
from workflows import observations
from workflows.estimates import estimate, rule_terms
from workflows.forms.facts import FactForm, fact_of, initial
from workflows.models import Evidence, Observation, Sheet, SheetLine
from workflows.observations import check_rater, rules_for
from workflows.sheet_pages import items_of
from workflows.sight import may_see
from workflows.standins import Diverted
from workflows.views.sheets import line_of, next_page, own_sheet


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def add(request, key, subject_key):
    """One household of the reader's sheet: what is written down already, and the form for one fact more."""
    sheet = own_sheet(request.user, key)
    line = line_of(sheet, subject_key)
    return _form_page(request, sheet, line)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request, key):
    """Change a draft of the reader's own."""
    item = _own_item(request.user, key)
    sheet = own_sheet(request.user, item.sheet.key)
    return _form_page(request, sheet, line_of(sheet, item.subject.key), item)


@login_required
@require_POST
def drop(request, key):
    """Take back a draft of the reader's own."""
    item = _own_item(request.user, key)
    observations.drop(observation=item, by=request.user, at=timezone.now())
    messages.success(request, f"{item.subject.name}的这一条撤了，没有记。")
    return redirect("sheet", item.sheet.key)


@login_required
@require_safe
def evidence(request, key):
    """A photo shown in the page or a paper as a download; 404 for who may not see it."""
    rows = Evidence.objects.exclude(stored_as="").select_related(
        "observation__sheet__rater",
        "observation__sheet__area",
        "observation__subject",
        "observation__village",
    )
    row = get_object_or_404(rows, key=key)
    if not may_see(request.user, row.observation, at=timezone.now()):
        raise Http404
    name = f"证据-{row.observation.occurred_on:%m%d}.pdf"
    return kept(row, is_photo=row.kind == Evidence.Kind.PHOTO, name=name)


def _form_page(request, sheet: Sheet, line: SheetLine, item: Observation | None = None):
    """Show, compute (`calc`, nothing is kept) or save the form; protected conduct stops it before that."""
    at = timezone.now()
    check_rater(sheet, by=request.user, at=at)
    check_impartial(request.user, line.subject, at=at)
    form, computes = _form(request, sheet, line, item), "calc" in request.POST
    stop = stopped(request.POST.get("fact", ""))
    context = {"sheet": sheet, "line": line, "item": item, "form": form, "stop": stop}
    if stop and not request.htmx:
        before, word, after = request.POST["fact"].partition(stop.word)
        context["quote"] = {"before": before, "word": word, "after": after}
        return render(request, "workflows/observation_stop.html", context, status=422)
    if (
        form.is_bound
        and not computes
        and form.is_valid()
        and (saved := _save(form, sheet, line, item, request.user))
    ):
        if isinstance(saved, Diverted):
            messages.info(request, f"{shields.SHIELDED}。您写的没有存，{_who_looks(saved)}。")
        else:
            messages.success(request, f"{line.subject.name}记好了：{saved.rule.text}。")
        return redirect(next_page(sheet, after=line.subject))
    if computes:
        form.forget_what_is_missing()
    context["answer"] = _answer(form, sheet, line, item, at)
    context["shielded"] = shields.is_shielded(request.user, line.subject, at=at)
    if request.htmx:
        return render(request, "workflows/observation_rule.html", context)
    context["others"] = [row for row in items_of(sheet) if row.subject_id == line.subject_id and row != item]
    status = 422 if form.is_bound and not computes else 200
    return render(request, "workflows/observation_form.html", context, status=status)


def _who_looks(diverted: Diverted) -> str:
    if diverted.to is None:
        return "现在没有别人能看，村务监督会看到这件事"
    return f"转给{diverted.to.rater}去看了；要给这户加分，您照常记"


def _form(request, sheet, line, item) -> FactForm:
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    return FactForm(
        *sent,
        rules=rules_for(line.subject, sheet.round.month),
        month=sheet.round.month,
        last_day=_last_day(sheet),
        initial=initial(item) if item else {},
    )


def _save(form, sheet, line, item, user) -> Observation | Diverted | None:
    given = {"rule": form.chosen_rule, "fact": form.as_fact(), "by": user, "at": timezone.now()}
    with refusals_in(form):
        if item:
            return observations.change(observation=item, **given)
        return observations.draft(sheet=sheet, subject=line.subject, **given)
    return None


def _answer(form: FactForm, sheet, line, item, at) -> dict:
    """The rule's terms and, once measured, what the fact would count for or what is still missing."""
    rule = form.chosen_rule
    if rule is None:
        return {}
    answer = {"rule": rule, "terms": rule_terms(rule)}
    fact = form.so_far(_last_day(sheet)) if form.is_bound else item and fact_of(item)
    try:
        found = fact and estimate(
            subject=line.subject, rule=rule, round=sheet.round, fact=fact, at=at, besides=item
        )
    except ValueError as error:
        return answer | {"missing": str(error)}
    return answer | {"estimate": found}


def _last_day(sheet: Sheet) -> date:
    return min(month_end(sheet.round.month), today())


def _own_item(user, key) -> Observation:
    rows = Observation.objects.filter(sheet__rater=user).select_related("sheet", "subject", "rule", "round")
    return get_object_or_404(rows.prefetch_related("evidence"), key=key)


urlpatterns = [
    path("sheets/<uuid:key>/subjects/<uuid:subject_key>/add/", add, name="observation_add"),
    path("observations/<uuid:key>/edit/", edit, name="observation_edit"),
    path("observations/<uuid:key>/drop/", drop, name="observation_drop"),
    path("evidence/<uuid:key>/", evidence, name="evidence"),
]
