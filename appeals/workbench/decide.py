"""Deciding a case: what each outcome changes is shown before anything is signed; the points follow from the rule."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from appeals import decisions, facts, remedies, sight
from appeals.decisions import GROUNDS_LENGTH
from appeals.models import Objection
from appeals.remedies import Change
from appeals.who import check_actor
from appeals.workbench import paragraphs
from appeals.workbench.file import CaseFile
from appeals.workbench.forms import long_words
from governance.forms.common import refusals_in
from governance.models import Entry, Rule, Rulebook
from governance.periods import quarter_of
from governance.points import Fact
from governance.refusals import Conflict, Invalid
from workflows.forms import measures
from workflows.models import Observation

About, Outcome, State = Objection.About, Objection.Outcome, Objection.State
OUTCOMES = {
    Outcome.UPHELD: ("支持", "住户说得对"),
    Outcome.PARTLY: ("部分支持", "有一部分对"),
    Outcome.REJECTED: ("不支持", "照原来的办"),
}


class DecideForm(measures.MeasuredForm):
    """The outcome, what was really the case, which deductions go, and the grounds."""

    outcome = forms.ChoiceField(
        choices=[(outcome, words) for outcome, (words, _) in OUTCOMES.items()],
        error_messages={"required": "请选一项：支持、部分支持，或不支持。"},
    )
    paragraph = forms.ChoiceField(label="常用的话", required=False)
    grounds = long_words(
        "理由", longest=GROUNDS_LENGTH, rows=6, missing="请写理由，住户看得到，也好请人复核。",
        help_text="会原样告诉住户，也印在决定书上。",
    )  # fmt: skip

    def __init__(self, file: CaseFile, data=None):
        super().__init__(data)
        self.file, case = file, file.case
        self.paragraphs = paragraphs.of(case.village)
        self.fields["paragraph"].choices = [
            ("", "请选一段"),
            *((str(p.key), p.title) for p in self.paragraphs),
        ]
        if case.about == About.MISSING and case.rule is None:
            self.rules = {str(rule.key): rule for rule in _plus_rules(case)}
            self.fields["rule"] = forms.ChoiceField(
                label="按哪一条加分", required=False,
                choices=[("", "请选一条"), *((key, f"{r.number} {r.text[:40]}") for key, r in self.rules.items())],
            )  # fmt: skip
        if case.about == About.SCORECARD:
            self.deductions = [entry for entry in file.entries if entry.rule.sign < 0]
            self.fields["out"] = forms.MultipleChoiceField(
                label="撤掉哪几条减分", required=False, widget=forms.CheckboxSelectMultiple,
                choices=[(str(entry.key), _said(entry)) for entry in self.deductions],
            )  # fmt: skip
        if rule := self.measured_by:
            self._measure(rule)

    @property
    def measured_by(self) -> Rule | None:
        """The rule under which something would count instead; None where nothing can."""
        case = self.file.case
        if case.about == About.MISSING:
            return case.rule or self.rules.get(self.data.get("rule", ""))
        return case.entry.rule if case.about == About.ENTRY else None

    @property
    def measure_fields(self) -> list:
        """The bound fields of the measure; the grounds of the decision are said elsewhere."""
        return [self[name] for name in ("quantity", "chosen", "labels") if name in self.fields]

    def given(self) -> dict:
        """What remedies.of takes from what is filled in so far, faulty or not yet."""
        said = getattr(self, "cleaned_data", {})
        found = {}
        if self.measured_by and self._is_measured(said):
            taken = measures.measured(said)
            found["measure"] = Fact(taken["quantity_milli"], taken["chosen_tenths"], taken["labels"])
        if "rule" in self.fields:
            found["rule"] = self.measured_by
        if "out" in self.fields:
            ticked = said.get("out") or ()
            found["out"] = [entry for entry in self.deductions if str(entry.key) in ticked]
        return found

    def _is_measured(self, said: dict) -> bool:
        names = [field.name for field in self.measure_fields]
        return not names or any(said.get(name) not in (None, "", []) for name in names)

    def _measure(self, rule: Rule) -> None:
        for name, field in measures.fields_for(rule).items():
            if name != "grounds":
                field.required = False
                self.fields[name] = field
        item = self.file.case.entry_id and Observation.objects.filter(entry=self.file.case.entry).first()
        if item:
            known = measures.initial(item)
            self.initial |= {name: known[name] for name in known if name != "grounds"}


@dataclass(frozen=True)
class Preview:
    """One outcome: what it would change, or why it cannot be chosen as things are filled in."""

    value: str
    label: str
    hint: str
    changes: list[Change]
    refusal: str
    is_chosen: bool


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def decide(request, key):
    """Choose, compute (`calc`), put a standard paragraph in (`paste`), or sign."""
    at = timezone.now()
    row = sight.opened(request.user, key, at=at)
    check_actor(row, by=request.user, at=at)
    if row.state not in (State.ACCEPTED, State.REVIEWING):
        raise Conflict(f"这件异议现在是“{row.get_state_display()}”，不用再定。")
    sight.look(row, by=request.user, at=at)
    file, conflict = CaseFile(row, request.user, at), ""
    form = DecideForm(file, _pasted(request) if request.method == "POST" else None)
    signs = request.method == "POST" and not {"calc", "paste"} & request.POST.keys()
    if form.is_valid() and signs:
        try:
            with refusals_in(form):
                decisions.decide(
                    objection=row, outcome=form.cleaned_data["outcome"], grounds=form.cleaned_data["grounds"],
                    seen=request.POST.get("seen", ""), by=request.user, at=at, **form.given(),
                )  # fmt: skip
                messages.success(request, "定了，住户看得到。决定书在这里。")
                return redirect("case_letter", key=row.key)
        except Conflict as changed:
            conflict, row = str(changed), sight.opened(request.user, key, at=at)
            form.file = file = CaseFile(row, request.user, at)
    return _page(request, form, file, at, conflict=conflict, signs=signs)


def _page(request, form: DecideForm, file: CaseFile, at: datetime, *, conflict: str, signs: bool):
    if form.is_bound and not signs:
        form.forget_what_is_missing()
    context = {
        "case": file.case,
        "file": file,
        "form": form,
        "previews": _previews(form, file, at),
        "seen": facts.seen(file.case, at=at),
        "conflict": conflict,
    }
    if request.htmx:
        return render(request, "appeals/decide_outcomes.html", context)
    status = 409 if conflict else 422 if form.errors else 200
    return render(request, "appeals/case_decide.html", context, status=status)


def _previews(form: DecideForm, file: CaseFile, at: datetime) -> list[Preview]:
    given, chosen = form.given(), form["outcome"].value()
    return [
        Preview(outcome, *words, *_changed(file.case, outcome, given, at), chosen == outcome)
        for outcome, words in OUTCOMES.items()
    ]


def _changed(case: Objection, outcome: str, given: dict, at: datetime) -> tuple[list[Change], str]:
    try:
        return remedies.changes(case, remedies.of(case, outcome, **given), at=at), ""
    except Invalid as invalid:
        return [], "；".join(invalid.errors.values())


def _pasted(request):
    """What was sent; with a standard paragraph at the end of the grounds where one was asked for."""
    data = request.POST.copy()
    if "paste" in data and (words := paragraphs.text_of(data.get("paragraph", ""))):
        data["grounds"] = f"{data.get('grounds', '').rstrip()}\n{words}".strip()
    return data


def _plus_rules(case: Objection):
    """The plus rules of the rulebook that was in force on the day, for this kind of household."""
    books = Rulebook.objects.filter(
        village=case.village, state__in=[Rulebook.State.IN_FORCE, Rulebook.State.SUPERSEDED],
        starts_quarter__lte=quarter_of(case.occurred_on),
    )  # fmt: skip
    book = books.order_by("-starts_quarter", "-version").first()
    rules = book.rules.filter(sign__gt=0).prefetch_related("steps") if book else ()
    return [rule for rule in rules if case.subject.kind in (rule.kinds or [case.subject.Kind.HOUSEHOLD])]


def _said(entry: Entry) -> str:
    return f"{entry.occurred_on.month}月{entry.occurred_on.day}日，{entry.rule.text}，{abs(entry.raw_tenths) / 10:g}分"


urlpatterns = [path("cases/<uuid:key>/decide/", decide, name="case_decide")]
