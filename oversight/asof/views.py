"""那一天的样子: rulebook, roster, offices and one household's scorecard on a day, and between two days."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.db.models import Q
from django.shortcuts import render
from django.urls import path
from django.utils import timezone

from governance.access import holds, today
from governance.models import Subject
from governance.models.people import Role
from governance.periods import quarter_bounds
from governance.refusals import Invalid
from governance.spreadsheets import xlsx
from governance.views.clerk import POST, READ, READ_AND_POST, download, for_village
from oversight.asof import card as cards
from oversight.asof import differences, roles, roster, rulebook
from oversight.asof.days import Days, DaysForm, presets
from oversight.asof.exports import roster_out
from oversight.asof.forms import FindForm
from oversight.opening import ROLES, for_opened_file
from oversight.watch.limits import FEWEST_HOUSEHOLDS

READERS = (*ROLES, Role.CLERK)
MOST_FOUND = 20
PER_PAGE = 50


@for_village(*READ, roles=())
def asof_rulebook(request, village):
    """The rules in force on a day; read by all who work for the village, as the rulebook itself is."""
    form, days, context = _start(request, village, "rulebook")
    if days:
        context["now"] = rulebook.rulebook(village, days.on, at=days.at)
        if pair := days.earlier_first:
            context["difference"] = rulebook.difference(village, pair, at=days.at)
    return _page(request, context, form)


@for_village(*READ, roles=READERS)
def asof_roles(request, village):
    """Who held which office on a day."""
    form, days, context = _start(request, village, "roles")
    if days:
        context["offices"] = list(roles.offices(village, days.on, at=days.at).values())
        if pair := days.earlier_first:
            context["difference"] = roles.difference(village, pair, at=days.at)
    return _page(request, context, form)


@for_village(*READ_AND_POST, roles=READERS)
def asof_roster(request, village):
    """The roster of a day: the clerk reads it whole; a supervisor counts, and one household by its exact words."""
    form, days, context = _start(request, village, "roster")
    context["is_clerk"] = _is_clerk(request, village)
    context["find"] = find = FindForm(request.POST or None)
    if find.is_bound and find.is_valid() and not context["is_clerk"]:
        context["found"] = _found(village, find.cleaned_data["words"])
    if days:
        homes = roster.homes(village, days.on, at=days.at)
        context |= {
            "homes": Paginator(list(homes.values()), PER_PAGE).get_page(request.GET.get("page")),
            "counts": roster.counts(homes),
            "fewest": FEWEST_HOUSEHOLDS,
            "kinds": Subject.Kind.labels,
        }
        if pair := days.earlier_first:
            found = roster.difference(village, pair, at=days.at)
            context["difference"] = found if context["is_clerk"] else roster.unnamed(found)
    return _page(request, context, form, 422 if find.errors else None)


@for_opened_file
def asof_card(request, subject):
    """One household's quarter as it stood on a day, explained line by line; and what another day says otherwise."""
    form, days, context = _start(request, subject.village, "card")
    context |= {"subject": subject, "quarters": [], "quarter": ""}
    if days:
        context |= _card(request, subject, days)
    return _page(request, context, form)


@for_opened_file
def asof_card_export(request, subject):
    """The same as XLSX."""
    days = _days(request)
    found = _card(request, subject, days)
    if not found.get("why"):
        raise Invalid("那一天没有这一户的诚信档案，没有东西可以导出。")
    name = f"{subject.village.name}{subject.name}{found['quarter']}截至{days.on}.xlsx"
    return download(xlsx(cards.lines(found["why"])), name)


@for_village(*READ, roles=())
def asof_rulebook_export(request, village):
    """The rules in force on a day, or what differs between two days, as XLSX."""
    days = _days(request)
    if pair := days.earlier_first:
        found = rulebook.difference(village, pair, at=days.at)
        lines = differences.table(found, lambda item: item.cells, rulebook.HEADS)
    else:
        items = rulebook.rulebook(village, days.on, at=days.at).items.values()
        lines = [rulebook.HEADS, *(item.cells for item in items)]
    return download(xlsx(lines), f"{village.name}评分细则{days.on}.xlsx")


@for_village(*READ, roles=READERS)
def asof_roles_export(request, village):
    """The offices of a day, or what differs between two days, as XLSX."""
    days = _days(request)
    if pair := days.earlier_first:
        found = roles.difference(village, pair, at=days.at)
        lines = differences.table(found, lambda office: office.cells, roles.HEADS)
    else:
        held = roles.offices(village, days.on, at=days.at).values()
        lines = [roles.HEADS, *(office.cells for office in held)]
    return download(xlsx(lines), f"{village.name}职务{days.on}.xlsx")


@for_village(*POST, roles=(Role.CLERK,))
def asof_roster_export(request, village):
    """The clerk takes the roster of a day out as XLSX; that it was taken out is an event."""
    days = _days(request)
    content = roster_out(village=village, days=days, by=request.user, at=days.at)
    return download(content, f"{village.name}户册{days.on}.xlsx")


def _start(request, village, page: str):
    """The form of days, the days if they are well given, and what every page shows."""
    at = timezone.now()
    form = DaysForm(request.GET, at=at)
    days = Days(form.cleaned_data["on"], form.cleaned_data["then"], at) if form.is_valid() else None
    is_reader = any(holds(request.user, role, village, at=at) for role in READERS)
    context = {
        "village": village, "page": page, "form": form, "days": days, "at": at, "is_reader": is_reader,
        "presets": presets(village, at=at), "today": today(at),
    }  # fmt: skip
    return form, days, context


def _days(request) -> Days:
    """The days of an address; raises Invalid with what is wrong with them."""
    at = timezone.now()
    form = DaysForm(request.GET, at=at)
    if not form.is_valid():
        raise Invalid("".join(sentence for found in form.errors.values() for sentence in found))
    return Days(form.cleaned_data["on"], form.cleaned_data["then"], at)


def _page(request, context, form, status=None):
    status = status or (422 if form.errors else 200)
    return render(request, f"oversight/asof_{context['page']}.html", context, status=status)


def _is_clerk(request, village) -> bool:
    return holds(request.user, Role.CLERK, village, at=timezone.now())


def _found(village, words: str) -> list[Subject]:
    """Open or closed files with exactly this door or name."""
    rows = Subject.objects.filter(Q(door=words.strip()) | Q(name_index=words.strip()), village=village)
    return list(rows.select_related("area").order_by("area__position", "pk")[:MOST_FOUND])


def _card(request, subject, days: Days) -> dict:
    """The sheet on the day, its quarter chosen by ?quarter=, and what the other day says."""
    quarters = cards.quarters(subject, days.on)
    quarter = request.GET.get("quarter", "")
    quarter = quarter if quarter in quarters else next(iter(quarters), "")
    context = {"quarters": quarters, "quarter": quarter}
    if not quarter:
        return context
    found = cards.card(subject, quarter, days.on, at=days.at)
    context |= {"why": found, "replayed": cards.replayed(subject, found.sheet) if found else None}
    context["ends"] = quarter_bounds(quarter)[1]
    if pair := days.earlier_first:
        before, after = (cards.card(subject, quarter, day, at=days.at) for day in pair)
        context |= {
            "difference": cards.difference(before, after),
            "totals": [cards.total(before), cards.total(after)],
        }
    return context


urlpatterns = [
    path("villages/<str:code>/asof/", asof_rulebook, name="asof_rulebook"),
    path("villages/<str:code>/asof/rulebook/export/", asof_rulebook_export, name="asof_rulebook_export"),
    path("villages/<str:code>/asof/roster/", asof_roster, name="asof_roster"),
    path("villages/<str:code>/asof/roster/export/", asof_roster_export, name="asof_roster_export"),
    path("villages/<str:code>/asof/roles/", asof_roles, name="asof_roles"),
    path("villages/<str:code>/asof/roles/export/", asof_roles_export, name="asof_roles_export"),
    path("asof/subjects/<uuid:key>/", asof_card, name="asof_card"),
    path("asof/subjects/<uuid:key>/export/", asof_card_export, name="asof_card_export"),
]
