"""联户评户单: the rater's month, from the list of households to handing it in."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Case, Q, When
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from governance.events import last, why_of
from governance.models import Deadline
from governance.refusals import Invalid, why_not
from workflows import sheets
from workflows.models import Round, Sheet, SheetLine
from workflows.observations import check_rater
from workflows.sheet_pages import SheetPage


def own_sheet(user, key) -> Sheet:
    """A sheet of the user's own; 404 for anybody else's."""
    rows = Sheet.objects.filter(rater=user).select_related(
        "round", "area", "village", "rater", "confirmed_by"
    )
    return get_object_or_404(rows, key=key)


@login_required
@require_safe
def mine(request):
    """The newest sheet of the reader, one still to fill in first; to 我的待办 when there is none."""
    filled = Q(state__in=[Sheet.State.OPEN, Sheet.State.RETURNED])
    mine = Sheet.objects.filter(rater=request.user)
    newest = mine.order_by("-round__month", Case(When(filled, then=0), default=1), "area__position").first()
    return redirect("sheet", newest.key) if newest else redirect("todo")


@login_required
@require_safe
def sheet(request, key):
    """The month's households: to rate, rated, not theirs; handed in, the facts and what became of them."""
    row = own_sheet(request.user, key)
    page = SheetPage(row)
    returned = last(row, "sheet.returned") if row.state == Sheet.State.RETURNED else None
    context = {"page": page, "due": due_of(row), "refusal": refusal(row, request.user), "returned": returned}
    return render(request, "workflows/sheet.html", context | {"why": why_of(returned)})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def check(request, key):
    """Everything once more before handing in; POST hands in, or says on top what is missing (422)."""
    row = own_sheet(request.user, key)
    problems = []
    if request.method == "POST":
        try:
            sheets.file(sheet=row, by=request.user, at=timezone.now())
        except Invalid as refused:
            problems = SheetPage(row).problems() or [{"text": text} for text in refused.errors.values()]
        else:
            messages.success(request, f"{row.round.month.month}月的单交了，等片组长核。退回来会告诉您。")
            return redirect("sheet", row.key)
    page = SheetPage(row)
    context = {
        "page": page, "due": due_of(row), "refusal": refusal(row, request.user),
        "rows": problems or page.problems(),
    }  # fmt: skip
    return render(request, "workflows/sheet_check.html", context, status=422 if problems else 200)


@login_required
@require_POST
def nothing(request, key):
    """ "Nothing this month" for one household (`subject`, then on to the next) or for all still to do."""
    row, subject_key = own_sheet(request.user, key), request.POST.get("subject")
    line = line_of(row, subject_key) if subject_key else None
    subjects = [line.subject] if line else None
    count = sheets.nothing(sheet=row, subjects=subjects, by=request.user, at=timezone.now())
    messages.success(
        request,
        f"记下了：{line.subject.name}本月没变化。" if line else f"{count}户记成本月没变化，交单前都能改。",
    )
    return redirect(next_page(row, after=line.subject) if line else reverse("sheet", args=[row.key]))


@login_required
@require_POST
def undo(request, key):
    """Take "nothing this month" back for one household."""
    row = own_sheet(request.user, key)
    line = line_of(row, request.POST.get("subject"))
    sheets.undo_nothing(sheet=row, subject=line.subject, by=request.user, at=timezone.now())
    messages.success(request, f"{line.subject.name}改回“要评”了。")
    return redirect("sheet", row.key)


def next_page(row: Sheet, *, after) -> str:
    """Where to go after one household: to the next one to rate, or to check the whole sheet."""
    following = SheetPage(row).next_todo(after)
    if following is None:
        return reverse("sheet_check", args=[row.key])
    return reverse("observation_add", args=[row.key, following.key])


def refusal(row: Sheet, user) -> str:
    """Why the sheet cannot be filled in now, as a sentence; empty when it can."""
    return why_not(check_rater, row, by=user, at=timezone.now())


def due_of(row: Sheet):
    """When the step a sheet is in is due; None when it is done or has no date."""
    kind = {
        Sheet.State.OPEN: "round.sheets",
        Sheet.State.RETURNED: "round.sheets",
        Sheet.State.FILED: "round.areas",
    }
    about = {"about_type": Round._meta.label_lower, "about_id": row.round_id, "kind": kind.get(row.state)}
    return (
        Deadline.objects.filter(cancelled_at__isnull=True, **about).values_list("due_at", flat=True).first()
    )


def line_of(row: Sheet, subject_key) -> SheetLine:
    """A household's line on a sheet; 404 for any other household, or what is no key."""
    try:
        return get_object_or_404(
            row.lines.select_related("subject__area"), subject__key=UUID(str(subject_key))
        )
    except ValueError:
        raise Http404 from None


urlpatterns = [
    path("sheets/", mine, name="sheets"),
    path("sheets/<uuid:key>/", sheet, name="sheet"),
    path("sheets/<uuid:key>/check/", check, name="sheet_check"),
    path("sheets/<uuid:key>/nothing/", nothing, name="sheet_nothing"),
    path("sheets/<uuid:key>/undo/", undo, name="sheet_undo"),
]
