"""户册: the households of a village by area and door, found by exact words only, and the way out to a spreadsheet."""

from contextlib import suppress

from django.core.paginator import Paginator
from django.db.models import Prefetch, Q, QuerySet
from django.shortcuts import render
from django.urls import path
from django.utils import timezone

from governance import access, roster_export
from governance.forms.roster import FilterForm, FindForm
from governance.identity import clean_phone
from governance.models import Link, Member, Subject
from governance.refusals import Invalid
from governance.views.clerk import POST, READ_AND_POST, download, for_village

PER_PAGE = 50


@for_village(*READ_AND_POST)
def roster(request, village):
    """A page of the roster. GET filters by area, kind and taking part; POST looks for exact words."""
    rows = Subject.objects.filter(village=village)
    find = FindForm(request.POST or None)
    chosen = FilterForm(village, request.GET)
    if find.is_bound:
        rows = _found(rows, find.cleaned_data["words"].strip()) if find.is_valid() else rows.none()
    else:
        rows = _filtered(rows, chosen)
    page = Paginator(_with_people(rows), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "village": village,
        "page": page,
        "find": find,
        "chosen": chosen,
        "today": access.today(),
        "is_filtered": find.is_bound or any(request.GET.get(name) for name in chosen.fields),
    }
    return render(request, "governance/roster.html", context, status=422 if find.errors else 200)


@for_village(*POST)
def export(request, village):
    """The roster as XLSX, in the format that is taken in; that it was taken out is an event."""
    at = timezone.now()
    data = roster_export.export(village=village, by=request.user, at=at)
    return download(data, f"{village.name}户册{access.today(at)}.xlsx")


def _filtered(rows: QuerySet[Subject], form: FilterForm) -> QuerySet[Subject]:
    """Rows as chosen; a choice that does not exist counts as none."""
    form.is_valid()
    said = form.cleaned_data
    is_in = Q(enrolled_from__isnull=False, enrolled_to__isnull=True)
    rows = rows.filter(closed_on__isnull=said.get("enrolled") != "closed")
    rows = {"yes": rows.filter(is_in), "no": rows.exclude(is_in)}.get(said.get("enrolled"), rows)
    for name in ("area", "kind"):
        if said.get(name):
            rows = rows.filter(**{name: said[name]})
    return rows


def _found(rows: QuerySet[Subject], words: str) -> QuerySet[Subject]:
    """Open files of which a name, phone or door is exactly this."""
    members = Q(name_index=words)
    with suppress(Invalid):  # most words are no phone number
        members |= Q(phone_index=clean_phone(words))
    here = Member.objects.filter(members, left_on__isnull=True)
    return rows.living().filter(Q(door=words) | Q(name_index=words) | Q(pk__in=here.values("subject")))


def _with_people(rows: QuerySet[Subject]) -> QuerySet[Subject]:
    """Rows in order with head and rater; three queries a page."""
    heads = Member.objects.filter(is_head=True, left_on__isnull=True)
    links = Link.objects.filter(ends__isnull=True).select_related("rater")
    return (
        rows.in_order()
        .select_related("area")
        .prefetch_related(
            Prefetch("members", heads, to_attr="heads"), Prefetch("links", links, to_attr="open_links")
        )
    )


urlpatterns = [
    path("villages/<str:code>/roster/", roster, name="roster"),
    path("villages/<str:code>/roster/export/", export, name="roster_export"),
]
