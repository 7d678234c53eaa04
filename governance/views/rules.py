"""One rule of a draft: set, answered for, or taken out."""

from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone

from governance import rules
from governance.forms.common import refusals_in
from governance.forms.rulebooks import AnswerForm, RuleForm
from governance.models import Rule, Rulebook
from governance.refusals import Conflict
from governance.rulebook_changes import said
from governance.views.clerk import POST, READ_AND_POST, done, for_row

RULES = Rule.objects.select_related("rulebook__village").prefetch_related("steps")


@for_row(RULES, *READ_AND_POST)
def edit(request, rule):
    """Set what a clerk may set on a rule of a draft."""
    _check_draft(rule)
    form = RuleForm(rule, request.POST or None)
    if form.is_bound and form.is_valid():
        with refusals_in(form):
            rules.edit(rule=rule, values=form.values, by=request.user, at=timezone.now())
            return done(request, f"细则{form.cleaned_data['number']}改好了。", "rulebook", rule.rulebook.key)
    return _page(request, rule, form=form)


@for_row(RULES, *POST)
def answer(request, rule):
    """Record why a row that was warned of may stay."""
    form = AnswerForm(request.POST)
    if form.is_valid():
        with refusals_in(form):
            words = form.cleaned_data
            rules.answer(
                rule=rule, ground=words["ground"], words=words["answer"], by=request.user, at=timezone.now()
            )
            return done(request, "记下了，大会上看得到。", "rule_edit", rule.key)
    _check_draft(rule)
    return _page(request, rule, answered=form)


@for_row(RULES, *POST)
def remove(request, rule):
    """Take a rule out of a draft."""
    rules.remove(rule=rule, by=request.user, at=timezone.now())
    return done(request, f"细则{rule.number}删掉了。", "rulebook", rule.rulebook.key)


def _page(request, rule, form=None, answered=None):
    book = rule.rulebook
    answers = [
        (
            finding,
            answered
            if answered and answered.data.get("ground") == finding["ground"]
            else AnswerForm(initial=finding, auto_id=f"id_{finding['ground']}_%s"),
        )
        for finding in rule.findings
    ]
    context = {
        "rule": rule,
        "village": book.village,
        "terms": said(rule),
        "form": form or RuleForm(rule),
        "answered": answered,
        "answers": answers,
        "crumbs": [
            ("评分细则", reverse("rulebooks", args=[book.village.code])),
            (f"第{book.version}版", reverse("rulebook", args=[book.key])),
        ],
    }
    wrong = (form and form.errors) or answered
    return render(request, "governance/rule.html", context, status=422 if wrong else 200)


def _check_draft(rule) -> None:
    if rule.rulebook.state != Rulebook.State.DRAFT:
        raise Conflict(f"这一版已经“{rule.rulebook.get_state_display()}”，不能再改。要改请另起一版。")


urlpatterns = [
    path("rules/<uuid:key>/", edit, name="rule_edit"),
    path("rules/<uuid:key>/answer/", answer, name="rule_answer"),
    path("rules/<uuid:key>/remove/", remove, name="rule_remove"),
]
