"""整批更正: the lists of a village, a new list, the dry run, signature, and the file to take along."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from appeals import corrections
from appeals.correction_forms import ProposeForm
from appeals.correction_preview import preview
from appeals.models import Correction
from governance import access, spreadsheets
from governance.forms.common import refusals_in
from governance.models import Reading
from governance.models.people import Role
from governance.refusals import why_not
from governance.views.clerk import READ, READ_AND_POST, download, for_village

READERS = (Role.OFFICER, Role.PANEL, Role.SUPERVISOR)
PER_PAGE = 30


@for_village(*READ, roles=READERS)
def listing(request, village):
    """Every correction of a village, newest first."""
    page = Paginator(village.corrections.select_related("rule", "round"), PER_PAGE).get_page(
        request.GET.get("page")
    )
    can_propose = any(
        access.holds(request.user, role, village, at=timezone.now()) for role in corrections.ROLES
    )
    return render(
        request, "appeals/corrections.html", {"village": village, "page": page, "can_propose": can_propose}
    )


@for_village(*READ_AND_POST, roles=corrections.ROLES)
def propose(request, village):
    """Choose a rule or a month and list what is affected."""
    form = ProposeForm(village, request.POST or None)
    if form.is_bound and form.is_valid():
        with refusals_in(form):
            row = corrections.propose(
                village=village, by=request.user, at=timezone.now(), **form.cleaned_data
            )
            messages.success(request, f"列好了，编号{row.number}。还没有改动，等另一个人看过签字。")
            return redirect("correction", row.key)
    context = {"village": village, "form": form}
    return render(request, "appeals/correction_new.html", context, status=422 if form.errors else 200)


@login_required
@require_safe
def correction(request, key):
    """The dry run with its totals, or what was done; each household shown learns of the look."""
    at = timezone.now()
    row = _mine(request.user, key, at=at)
    found = preview(row, at=at)
    page = Paginator(found.rows, PER_PAGE).get_page(request.GET.get("page"))
    _log(request.user, row, page, at=at)
    context = {"row": row, "found": found, "page": page, "is_open": row.state == Correction.State.PROPOSED}
    if context["is_open"]:
        context |= {
            "refusal": why_not(corrections.check_sign, row, by=request.user, at=at),
            "changed": corrections.out_of_date(row),
        }
        context["signers"] = corrections.signers(row, at=at)
    return render(request, "appeals/correction.html", context)


@login_required
@require_POST
def sign(request, key):
    """Reverse everything on the list."""
    at = timezone.now()
    row = corrections.sign(correction=_mine(request.user, key, at=at), by=request.user, at=at)
    messages.success(request, f"{row.number}签好了，清单上的都撤了，各户都会看到。")
    return redirect("correction", row.key)


@login_required
@require_POST
def drop(request, key):
    """Do not pursue it."""
    at = timezone.now()
    row = corrections.drop(correction=_mine(request.user, key, at=at), by=request.user, at=at)
    messages.success(request, f"{row.number}不改了，什么也没有动。")
    return redirect("corrections", row.village.code)


@login_required
@require_POST
def export(request, key):
    """The whole table as a file; each household on it learns of the look."""
    at = timezone.now()
    row = _mine(request.user, key, at=at)
    found = preview(row, at=at)
    _log(request.user, row, found.rows, at=at)
    if request.POST.get("as") == "csv":
        return download(spreadsheets.csv_file(found.table()), f"{row.number}.csv", "text/csv; charset=utf-8")
    return download(spreadsheets.xlsx(found.table()), f"{row.number}.xlsx")


def _mine(user, key, *, at) -> Correction:
    rows = Correction.objects.filter(village__in=access.villages(user, *READERS, at=at))
    return get_object_or_404(
        rows.select_related("village", "rule", "round", "proposed_by", "signed_by"), key=key
    )


def _log(user, row: Correction, shown, *, at) -> None:
    """A look for each household shown, once for each correction; two queries."""
    why = f"整批更正{row.number}：看改前改后的分"
    keys = {each.subject.key for each in shown}
    keys -= set(
        Reading.objects.filter(by=user, why=why, subject_key__in=keys).values_list("subject_key", flat=True)
    )
    role = next(role for role in READERS if access.holds(user, role, row.village, at=at))
    Reading.objects.bulk_create(
        Reading(village=row.village, subject_key=key, by=user, role=role, why=why, at=at) for key in keys
    )
