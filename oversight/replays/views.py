"""重算一季: equal, or what differs and by how much; counts first, households only through the gate."""

from django.shortcuts import render
from django.urls import path
from django.utils import timezone

from governance.access import check_role, today
from governance.models.people import Role
from governance.periods import quarter_label
from governance.spreadsheets import xlsx
from governance.views.clerk import READ, download, for_village
from oversight.opening import ROLES
from oversight.replays.results import posted, run, table

READERS = (*ROLES, Role.CLERK)


@for_village(*READ, roles=READERS)
def replays(request, village):
    """The posted quarters of a village; one of them replayed when it is asked for (?quarter=2026Q3)."""
    at, known = timezone.now(), posted(village)
    quarter = request.GET.get("quarter", "")
    context = {
        "village": village,
        "quarters": known,
        "quarter": quarter,
        "is_unknown": bool(quarter) and quarter not in dict(known),
        "result": run(village, quarter, cards=dict(known)[quarter]) if quarter in dict(known) else None,
        "role": (role := check_role(request.user, *READERS, village=village, at=at)),
        "is_supervisor": role in ROLES,
        "at": at,
    }
    return render(request, "oversight/replay.html", context)


@for_village(*READ, roles=READERS)
def export(request, village):
    """The result of one quarter as XLSX, with who ran it and when."""
    at, known = timezone.now(), dict(posted(village))
    quarter = request.GET.get("quarter") or next(iter(known), "")
    if quarter not in known:
        context = {"village": village, "quarters": [], "quarter": quarter, "is_unknown": bool(quarter)}
        return render(request, "oversight/replay.html", context)
    result = run(village, quarter, cards=known[quarter])
    said = f"{request.user}，{timezone.localtime(at):%Y-%m-%d %H:%M}"
    content = xlsx(table(result, village=village, said=said))
    return download(content, f"{village.name}{quarter_label(quarter)}重算{today(at)}.xlsx")


urlpatterns = [
    path("villages/<str:code>/replays/", replays, name="replays"),
    path("villages/<str:code>/replays/export/", export, name="replays_export"),
]
