"""评分细则: the versions of a village, a draft's rules with what the check found, and the way to the assembly."""

from datetime import date
from io import BytesIO

from django.contrib.auth.decorators import login_required
from django.db.models import Count
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from governance import access, rulebook_file, rulebooks, rules
from governance.access import today
from governance.forms.common import refusals_in
from governance.forms.rulebooks import AdoptForm, EvidenceForm, ReopenForm, TickedForm
from governance.models import Rule, Rulebook
from governance.models.people import Role
from governance.refusals import Conflict, Refused
from governance.rule_import import as_rows
from governance.rulebook_changes import changes, said
from governance.views.clerk import (
    POST,
    READ,
    READ_AND_POST,
    ask,
    done,
    download,
    for_row,
    for_village,
    in_two_steps,
)

State = Rulebook.State
BOOKS = Rulebook.objects.select_related("village")
AHEAD = (State.DRAFT, State.CHECKED, State.ANNOUNCED, State.ADOPTED)
# Who prepares an assembly's decision, and who watches over it: they may try a draft on a past quarter.
DECIDES = (Role.CLERK, Role.COUNCIL, Role.COMMITTEE, Role.SUPERVISION, Role.SUPERVISOR)
PUBLIC = (State.ANNOUNCED, State.ADOPTED, State.IN_FORCE, State.SUPERSEDED)


@for_village(*READ, roles=())
def versions(request, village):
    """All versions, the newest first; read by everybody who works for the village."""
    rows = village.rulebooks.annotate(count=Count("rules")).order_by("-version")
    context = {"village": village, "rows": rows, "is_clerk": _is_clerk(request, village)}
    context["has_draft"] = any(row.state == State.DRAFT for row in rows)
    return render(request, "governance/rulebooks.html", context)


@login_required
@require_safe
def rulebook(request, key):
    """One version with its rules; a draft shows what is still open, and the clerk what to do next."""
    at = timezone.now()
    book = get_object_or_404(BOOKS.filter(village__in=access.villages(request.user, at=at)), key=key)
    return _book(request, book)


@for_row(BOOKS, *POST)
def evidence(request, book):
    """Set the evidence of the ticked rules at once."""
    form = EvidenceForm(book, request.POST)
    if form.is_valid():
        with refusals_in(form):
            how_many = rules.set_evidence(
                rulebook=book, **form.cleaned_data, by=request.user, at=timezone.now()
            )
            return done(request, f"{how_many}条的证据改好了。", "rulebook", book.key)
    return _book(request, book, form)


@for_row(BOOKS, *POST)
def remove(request, book):
    """Take the ticked rules out of a draft; asked once more, with what goes."""
    form = TickedForm(book, request.POST)
    if not form.is_valid():
        return _book(request, book, form)
    if "again" in request.POST:
        return redirect("rulebook", book.key)
    at = timezone.now()
    return in_two_steps(
        request, form, lambda ticked: rules.remove_many(**ticked, by=request.user, at=at),
        tell=lambda ticked: [f"删掉细则{rule.number}：{rule.text}" for rule in ticked["rules"]],
        then=lambda how_many: done(request, f"{how_many}条删掉了。", "rulebook", book.key),
        title=f"删掉{len(form.cleaned_data['rules'])}条", button="删掉", **_at_book(book),
    )  # fmt: skip


@for_row(BOOKS, *POST)
def check(request, book):
    """Close the draft."""
    rulebooks.check(rulebook=book, by=request.user, at=timezone.now())
    return done(request, "检查过了，一条也不缺。下一步是公布出来征求意见。", "rulebook", book.key)


@for_row(BOOKS, *READ_AND_POST)
def reopen(request, book):
    """Back to the desk for a change."""
    form = ReopenForm(request.POST or None)
    if form.is_bound and form.is_valid():
        with refusals_in(form):
            rulebooks.reopen(rulebook=book, **form.cleaned_data, by=request.user, at=timezone.now())
            return done(request, "退回草稿了，可以改。", "rulebook", book.key)
    points = ["改好以后要重新检查。", "已经公布过的，征求意见的日子从头算起。"]
    return ask(request, form, title="退回来改", button="退回草稿", points=points, **_at_book(book))


@for_row(BOOKS, *POST)
def announce(request, book):
    """Post the checked draft for public comment."""
    row = rulebooks.announce(rulebook=book, by=request.user, at=timezone.now())
    first = rulebooks.adoptable_from(row)
    sentence = f"公布了。请打印张贴；{first.month}月{first.day}日起可以开大会通过。"
    return done(request, sentence, "rulebook", book.key)


@for_row(BOOKS, *READ_AND_POST)
def adopt(request, book):
    """Write down what the assembly decided."""
    if book.state != State.ANNOUNCED:
        raise Conflict(f"这一版现在是“{book.get_state_display()}”，还不能记大会，或者已经记过了。")
    at = timezone.now()
    is_first = rulebooks.current(book.village) is None
    form = AdoptForm(request.POST or None, request.FILES or None, on=today(at), is_first=is_first)
    if form.is_bound and form.is_valid():
        with refusals_in(form):
            row = rulebooks.adopt(rulebook=book, **form.cleaned_data, by=request.user, at=at)
            return done(request, f"记下了，这一版现在是“{row.get_state_display()}”。", "rulebook", book.key)
    first = rulebooks.adoptable_from(book)
    points = [f"征求意见满了日子才能开会：{first.month}月{first.day}日起。", "同意的要过到会的半数。"]
    return ask(request, form, title="记大会", button="记下来", points=points, **_at_book(book))


@for_row(BOOKS, *POST)
def copy(request, book):
    """A new draft from this version."""
    draft = rulebooks.copy(rulebook=book, by=request.user, at=timezone.now())
    return done(request, f"照第{book.version}版起了一份草稿。", "rulebook", draft.key)


@for_row(BOOKS, *READ)
def export(request, book):
    """The rules in the format that is taken in."""
    out = BytesIO()
    rulebook_file.write_rows(as_rows(book), out, "细则.xlsx")
    return download(out.getvalue(), f"{book.title}第{book.version}版.xlsx")


@for_row(BOOKS, *READ)
def compare(request, book):
    """What this version changes beside the one in force."""
    old = rulebooks.current(book.village)
    if old is None or old == book:
        raise Refused("没有另一版正在施行，没法比。")
    context = {
        "book": book,
        "village": book.village,
        "old": old,
        "changes": changes(old, book),
        **_at_book(book),
    }
    return render(request, "governance/rulebook_changes.html", context)


@require_safe
def printed(request, key):
    """The text to post and to read, for everybody from the announcement on; before, for the clerk only."""
    scope = BOOKS.filter(state__in=PUBLIC)
    if request.user.is_authenticated:
        scope |= BOOKS.filter(village__in=access.villages(request.user, Role.CLERK, at=timezone.now()))
    book = get_object_or_404(scope, key=key)
    order = Rule.Dimension.values.index
    rows = [(rule, said(rule)) for rule in book.rules.prefetch_related("steps")]
    rows.sort(key=lambda pair: (order(pair[0].dimension), pair[0].position))
    context = {"book": book, "village": book.village, "rules": rows, "open_until": _open_until(book)}
    return render(request, "governance/rulebook_print.html", context)


def _book(request, book, form=None):
    """`form`: what was filled in and has to be put right."""
    is_clerk = _is_clerk(request, book.village)
    is_draft = book.state == State.DRAFT
    found = list(book.rules.prefetch_related("steps"))
    rows = [(rule, said(rule), rules.open_findings(rule) if is_draft else []) for rule in found]
    only_open = is_draft and request.GET.get("show") == "open"
    context = {
        "book": book,
        "village": book.village,
        "rows": [row for row in rows if row[2]] if only_open else rows,
        "count": len(rows),
        "open_count": sum(bool(found) for *_, found in rows),
        "only_open": only_open,
        "lacks": rulebooks.lacks(book) if is_draft else [],
        "is_clerk": is_clerk,
        "can_edit": is_clerk and is_draft,
        "may_try": book.state in AHEAD and _holds(request, book.village, *DECIDES),
        "form": form if isinstance(form, EvidenceForm) else EvidenceForm(book),
        "wrong": form or EvidenceForm(book),
        "ticked": _ticked(request, found),
        "open_until": _open_until(book),
        "current": rulebooks.current(book.village),
        "crumbs": [("评分细则", reverse("rulebooks", args=[book.village.code]))],
    }
    return render(request, "governance/rulebook.html", context, status=422 if form else 200)


def _ticked(request, found: list[Rule]) -> set[str]:
    """Keys of the rules that stand ticked: all of the page, or those of a form to put right."""
    everything = request.GET.get("tick") == "all"
    return {str(rule.key) for rule in found} if everything else set(request.POST.getlist("rules"))


def _open_until(book) -> date | None:
    """The first day on which the assembly may adopt an announced draft."""
    return rulebooks.adoptable_from(book) if book.state == State.ANNOUNCED else None


def _is_clerk(request, village) -> bool:
    return _holds(request, village, Role.CLERK)


def _holds(request, village, *roles: str) -> bool:
    at = timezone.now()
    return any(access.holds(request.user, role, village, at=at) for role in roles)


def _at_book(book) -> dict:
    back = reverse("rulebook", args=[book.key])
    return {
        "back": back,
        "crumbs": [
            ("评分细则", reverse("rulebooks", args=[book.village.code])), (f"第{book.version}版", back)
        ],
    }  # fmt: skip


urlpatterns = [
    path("villages/<str:code>/rulebooks/", versions, name="rulebooks"),
    path("rulebooks/<uuid:key>/", rulebook, name="rulebook"),
    path("rulebooks/<uuid:key>/evidence/", evidence, name="rulebook_evidence"),
    path("rulebooks/<uuid:key>/remove/", remove, name="rulebook_remove"),
    path("rulebooks/<uuid:key>/check/", check, name="rulebook_check"),
    path("rulebooks/<uuid:key>/reopen/", reopen, name="rulebook_reopen"),
    path("rulebooks/<uuid:key>/announce/", announce, name="rulebook_announce"),
    path("rulebooks/<uuid:key>/adopt/", adopt, name="rulebook_adopt"),
    path("rulebooks/<uuid:key>/copy/", copy, name="rulebook_copy"),
    path("rulebooks/<uuid:key>/export/", export, name="rulebook_export"),
    path("rulebooks/<uuid:key>/changes/", compare, name="rulebook_changes"),
    path("rulebooks/<uuid:key>/print/", printed, name="rulebook_print"),
]
