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
    page = Paginator(_in_order(rows), PER_PAGE).get_page(request.GET.get("page"))
    page.object_list = _loaded(page.object_list)
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
    return rows.living().filter(Q(door=words) | Q(name_index=words) | Q(members__in=here)).distinct()


def _in_order(rows: QuerySet[Subject]) -> list[int]:
    """Primary keys by area and door, 2号 before 10号, which no database sorts like that."""
    order = rows.values_list("area__position", "area__name", "door", "pk").order_by()
    return [
        pk for *_, pk in sorted(order, key=lambda row: (*row[:2], roster_export.door_order(row[2]), row[3]))
    ]


def _loaded(keys: list[int]) -> list[Subject]:
    """The rows of one page with head and rater, in order; three queries however many."""
    heads = Member.objects.filter(is_head=True, left_on__isnull=True)
    links = Link.objects.filter(ends__isnull=True).select_related("rater")
    rows = Subject.objects.select_related("area").prefetch_related(
        Prefetch("members", heads, to_attr="heads"), Prefetch("links", links, to_attr="open_links")
    )
    found = rows.in_bulk(keys)
    return [found[pk] for pk in keys]


urlpatterns = [
    path("villages/<str:code>/roster/", roster, name="roster"),
    path("villages/<str:code>/roster/export/", export, name="roster_export"),
]
