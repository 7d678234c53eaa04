"""要是用新细则: what a draft would have made of last quarter, in counts, for who prepares and who decides."""

from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from governance.access import today, villages
from governance.models import Rulebook
from governance.periods import quarter_label
from governance.refusals import Refused
from governance.spreadsheets import xlsx
from governance.views.clerk import download
from governance.views.rulebooks import AHEAD, DECIDES
from oversight.whatif.counts import Summary, summary
from oversight.whatif.trial import Trial, quarters, run


@login_required
@require_safe
def whatif(request, key):
    """A draft tried on a posted quarter, the newest unless ?quarter= names another."""
    book, context = _start(request, key)
    if book.state in AHEAD and context["quarter"]:
        trial = run(book, context["quarter"], at=context["at"])
        context |= {"trial": trial, "summary": summary(trial)}
    return render(request, "oversight/whatif.html", context)


@login_required
@require_safe
def whatif_export(request, key):
    """The same counts as XLSX, hidden where the page hides them."""
    book, context = _start(request, key)
    if book.state not in AHEAD or not context["quarter"]:
        raise Refused("这一版没有可以试算的季，没有东西可以导出。")
    trial = run(book, context["quarter"], at=context["at"])
    name = f"{book.village.name}第{book.version}版试算{today(context['at'])}.xlsx"
    return download(xlsx(_table(trial, summary(trial))), name)


def _start(request, key) -> tuple[Rulebook, dict]:
    at = timezone.now()
    books = Rulebook.objects.filter(village__in=villages(request.user, *DECIDES, at=at))
    book = get_object_or_404(books.select_related("village"), key=key)
    known = quarters(book.village)
    asked = request.GET.get("quarter", "")
    context = {
        "book": book,
        "village": book.village,
        "quarters": known,
        "quarter": asked if asked in known else next(iter(known), ""),
        "is_ahead": book.state in AHEAD,
        "at": at,
        "crumbs": [
            ("评分细则", reverse("rulebooks", args=[book.village.code])),
            (f"第{book.version}版", reverse("rulebook", args=[book.key])),
        ],
    }
    return book, context


def _table(trial: Trial, found: Summary) -> list[list[str]]:
    lines = [
        [f"{quarter_label(trial.quarter)}的账，按第{trial.draft.version}版试算", f"{found.homes}户"],
        *([["户数太少，不数"]] if found.is_too_few else []),
        *map(list, found.crossings),
        *map(list, found.bands),
    ]
    if found.by_rule:
        lines += [[], ["编号", "事项", "原来", "新细则", "有变化的户", "因它升的", "因它降的"]]
    for one in found.by_rule:
        lines.append([
            one.match.old.number, one.match.old.text, one.match.was, one.match.becomes, one.touched, one.up, one.down,
        ])  # fmt: skip
    if found.left_out:
        lines += [[], ["没有算进去的", "事项", "为什么", "几条"]]
    lines += [[rule.number, rule.text, why, count] for rule, why, count in found.left_out]
    return lines


urlpatterns = [
    path("rulebooks/<uuid:key>/whatif/", whatif, name="whatif"),
    path("rulebooks/<uuid:key>/whatif/export/", whatif_export, name="whatif_export"),
]
