"""反报复回避: the supervisor's two lists."""

from django.core.paginator import Paginator
from django.shortcuts import render
from django.urls import path

from governance.models.people import Role
from governance.views.clerk import READ, for_village
from workflows import guard_pages

PER_PAGE = 30
TABS = {"diverted": "转给别人看的", "posted": "保护期内记下的"}


@for_village(*READ, roles=(Role.SUPERVISION, Role.SUPERVISOR))
def guard(request, village):
    """Deductions on households that objected: kept from whom they objected to, or posted by others."""
    tab = request.GET.get("tab")
    tab = tab if tab in TABS else "diverted"
    rows = guard_pages.posted(village) if tab == "posted" else guard_pages.diverted(village)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    lines_of = guard_pages.lines_of_posted if tab == "posted" else guard_pages.lines_of_diverted
    context = {
        "village": village, "tab": tab, "tabs": TABS.items(), "page": page, "lines": lines_of(list(page)),
        "people": guard_pages.per_person(village),
    }  # fmt: skip
    return render(request, "workflows/guard.html", context)


urlpatterns = [path("villages/<str:code>/guard/", guard, name="guard")]
