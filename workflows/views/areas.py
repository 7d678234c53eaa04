"""片区核单: the leader's matrix, one item at a time, and the whole sheet."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from governance.forms.common import refusals_in
from governance.models import Deadline
from workflows import observations, rounds, sheets
from workflows.area_pages import AreaPage, rounds_for
from workflows.estimates import proposed, rule_terms
from workflows.forms.leaders import ADJUST, CONFIRM, ItemForm, ReturnForm
from workflows.models import Observation, Round, Sheet
from workflows.who import check_confirmer


@login_required
@require_safe
def mine(request):
    """The newest month of the reader's villages; to 我的待办 when there is none."""
    newest = rounds_for(request.user, at=timezone.now()).order_by("-month", "village__code").first()
    return redirect("area", newest.key) if newest else redirect("todo")


@login_required
@require_safe
def area(request, key):
    """The matrix; beside it the item `?item=` or the first that waits, or the sheet `?sheet=`."""
    round = get_object_or_404(rounds_for(request.user, at=timezone.now()), key=key)
    return _page(request, round)


@login_required
@require_POST
def item_confirm(request, key):
    """Settle one item: as filed, with another quantity, or not taken; then on to the next one."""
    item = _item(request.user, key)
    check_confirmer(request.user, item.sheet, at=timezone.now(), item=item)
    form = ItemForm(request.POST, item=item)
    if "calc" in request.POST:
        form.forget_what_is_missing()
    elif form.is_valid() and _settle(form, item, request.user):
        messages.success(request, f"{item.subject.name}的“{item.rule.text}”核好了。")
        return redirect("area", item.round.key)
    return _page(request, item.round, item=item, form=form)


@login_required
@require_POST
def sheet_confirm(request, key):
    """Confirm a whole sheet; the households without change are confirmed with it."""
    sheet = _sheet(request.user, key)
    rounds.confirm_sheet(sheet=sheet, by=request.user, at=timezone.now())
    messages.success(request, f"{sheet.rater}的单核好了。")
    return redirect("area", sheet.round.key)


@login_required
@require_POST
def sheet_return(request, key):
    """Return a whole sheet with a reason."""
    sheet = _sheet(request.user, key)
    check_confirmer(request.user, sheet, at=timezone.now())
    form = ReturnForm(request.POST, auto_id="back_%s")
    if form.is_valid():
        with refusals_in(form):
            sheets.send_back(sheet=sheet, why=form.cleaned_data["why"], by=request.user, at=timezone.now())
            messages.success(request, f"{sheet.rater}的单退回去了，他改好再交，您再核一遍。")
            return redirect("area", sheet.round.key)
    return _page(request, sheet.round, sheet=sheet, back=form)


def _settle(form: ItemForm, item: Observation, user) -> bool:
    """Call the one service the verdict names; False with the form's errors when it is not taken."""
    verdict, common = form.cleaned_data["verdict"], {"observation": item, "by": user, "at": timezone.now()}
    with refusals_in(form):
        if verdict == CONFIRM:
            observations.confirm(**common)
        elif verdict == ADJUST:
            observations.adjust(fact=form.as_fact(), why=form.cleaned_data["why"], **common)
        else:
            observations.reject(why=form.cleaned_data["why"], **common)
        return True
    return False


def _page(request, round: Round, *, item=None, sheet=None, form=None, back=None):
    page = AreaPage(round, request.user, timezone.now())
    if item is None and sheet is None:
        item, sheet = _chosen(page, request.GET)
    item = item and next((row for row in page.items if row == item), None)
    row = page.row_of(item.sheet if item else sheet) if item or sheet else None
    context = {
        "round": round,
        "page": page,
        "row": row,
        "item": item,
        "due": _due(round),
        "back": back or ReturnForm(auto_id="back_%s"),
    }
    if item is None and row:
        context["others"] = page.seen(row.sheet)
    if item:
        context |= _beside(page, item, row, form or ItemForm(item=item))
    status = 422 if (form or back) and "calc" not in request.POST else 200
    return render(request, "workflows/area.html", context, status=status)


def _chosen(page: AreaPage, query) -> tuple[Observation | None, Sheet | None]:
    """What the address names among what the page holds; else the first item that waits, or a sheet that is ready."""
    items = {str(item.key): item for item in page.items}
    rows = {str(row.sheet.key): row.sheet for row in page.rows if not row.is_own}
    if query.get("item") in items:
        return items[query["item"]], None
    if query.get("sheet") in rows:
        return None, rows[query["sheet"]]
    ready = next((row.sheet for row in page.rows if row.is_ready), None)
    return next(iter(page.items), None), ready


def _beside(page: AreaPage, item: Observation, row, form: ItemForm) -> dict:
    """What stands beside one item: its neighbours, the sheet's other items, the rule and the computed points."""
    place = page.items.index(item)
    around = {
        "before": page.items[place - 1] if place else None,
        "after": next(iter(page.items[place + 1 :]), None),
    }
    others = [other for other in page.seen(row.sheet) if other != item]
    return around | {
        "form": form, "place": place + 1, "others": others, "terms": rule_terms(item.rule), "answer": _answer(form),
    }  # fmt: skip


def _answer(form: ItemForm) -> dict:
    """What the leader's own measure would give, once something was sent."""
    if not (form.is_bound and form.measure_fields):
        return {}
    try:
        return {"proposal": proposed(form.item.rule, form.as_fact())}
    except ValueError as error:
        return {"missing": str(error)}


def _item(user, key) -> Observation:
    rows = Observation.objects.filter(round__in=rounds_for(user, at=timezone.now()))
    rows = rows.exclude(state__in=[Observation.State.DRAFTED, Observation.State.WITHDRAWN])
    return get_object_or_404(rows.select_related("sheet", "round__village", "subject", "rule"), key=key)


def _sheet(user, key) -> Sheet:
    rows = Sheet.objects.filter(round__in=rounds_for(user, at=timezone.now()))
    return get_object_or_404(rows.select_related("round__village", "rater", "area", "village"), key=key)


def _due(round: Round):
    about = {"about_type": Round._meta.label_lower, "about_id": round.pk, "kind": "round.areas"}
    return Deadline.objects.filter(cancelled_at__isnull=True, **about).first()


urlpatterns = [
    path("areas/", mine, name="areas"),
    path("rounds/<uuid:key>/area/", area, name="area"),
    path("observations/<uuid:key>/confirm/", item_confirm, name="item_confirm"),
    path("sheets/<uuid:key>/confirm/", sheet_confirm, name="sheet_confirm"),
    path("sheets/<uuid:key>/return/", sheet_return, name="sheet_return"),
]
