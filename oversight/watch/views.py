"""评议看板: pictures with the tables behind them, one tab each; nothing here is by household."""

from __future__ import annotations

import json

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.shortcuts import get_object_or_404, render
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_safe

from governance import access, spreadsheets
from governance.access import today
from governance.bars import bars, height
from governance.models import Division, Event, User
from governance.refusals import Refused
from governance.views.clerk import POST, READ, done, download, for_village
from oversight.models import Finding
from oversight.opening import ROLES
from oversight.watch import changed, findings, habits, items, months, pictures, raters, steps, tables, words
from oversight.watch.forms import FindingsForm
from oversight.watch.limits import FEWEST_HOUSEHOLDS, LIMITS
from oversight.watch.look import last_months, look
from workflows import second_agreement, second_ratings
from workflows.models import Observation, Round

PER_PAGE = 30
TABS = {
    "findings": "提示",
    "people": "评的人",
    "changed": "改了的",
    "steps": "每步几天",
    "second": "再看一遍",
}
SPANS = (3, 6, 12)


@for_village(*READ, roles=ROLES)
def watch(request, village):
    """One tab of the watch over the last 3, 6 or 12 months."""
    at, tab = timezone.now(), request.GET.get("tab")
    tab = tab if tab in TABS else "findings"
    span, period = _period(request, village, at)
    context = {
        "village": village,
        "tab": tab,
        "tabs": TABS.items(),
        "fewest": FEWEST_HOUSEHOLDS,
        "span": span,
        "spans": SPANS,
        "period": period,
    }
    context["many"] = access.villages(request.user, *ROLES, at=at)[:2].count() > 1
    if tab == "findings" or period:
        context |= _TABS[tab](request, village, period, at)
    return render(request, f"oversight/watch_{tab}.html", context)


@for_village(*READ, roles=ROLES)
def person(request, village, person_key):
    """One rater's figures beside the range of the others, the ordinary causes, their own words, item by item."""
    at = timezone.now()
    span, period = _period(request, village, at)
    user = get_object_or_404(User.objects.filter(sheets__village=village).distinct(), key=person_key)
    context = {
        "village": village,
        "person": user,
        "fewest": FEWEST_HOUSEHOLDS,
        "span": span,
        "spans": SPANS,
        "period": period,
    }
    if period:
        here = Division.objects.filter(pk=village.pk)
        stock = months.read(here, *period)
        everybody = raters.rated(stock)
        own = next((each for each in everybody if each.user == user), None)
        context |= {"own": own, "rest": own and raters.others(own, everybody)}
        if own and own.is_shown:
            homes = habits.homes_in_office(here, on=today(at))
            context["habit"] = habits.habits(stock, homes)[user.pk]
            context["pictures"] = pictures.of_rates([own, *(each for each in everybody if each != own)])
        rows = items.of_rater(user, village, *period) if own and own.is_shown else Observation.objects.none()
        context["page"] = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    shown = findings.supervised(request.user, at=at).filter(village=village, user=user)
    context["findings"] = [_line(row) for row in shown[:PER_PAGE]]
    return render(request, "oversight/watch_person.html", context)


@for_village(*READ, roles=ROLES)
def export(request, village):
    """All tables of the period as one XLSX."""
    at = timezone.now()
    _, period = _period(request, village, at)
    if period is None:
        raise Refused("还没有公示过的月评，没有可以导出的。")
    here = Division.objects.filter(pk=village.pk)
    stock = months.read(here, *period)
    homes = habits.homes_in_office(here, on=today(at))
    table = [tables.title(*period), [village.name], []]
    table += tables.of_raters(raters.rated(stock), habits.habits(stock, homes))
    table += [[], *tables.of_changed(changed.changed(here, *period))]
    table += [[], *tables.of_steps(steps.steps(village, stock, at=at))]
    table += [[], *tables.of_second(second_agreement.by_area(here, *period))]
    return download(spreadsheets.xlsx(table), f"{village.name}评议看板{today(at)}.xlsx")


@for_village(*POST, roles=ROLES)
def look_now(request, village):
    """Look at the last months once more."""
    new = look(village=village, by=request.user, at=timezone.now())
    said = f"看了一遍，新有{len(new)}条提示。" if new else "看了一遍，没有新的提示。"
    return done(request, said, "watch", village.code)


@login_required
@require_safe
def everywhere(request):
    """For who supervises several villages: a line each, with what is open and how much was rated."""
    at = timezone.now()
    where = access.villages(request.user, *ROLES, at=at)
    if not where.exists():
        raise Refused("评议看板给村务监督和县镇监督看，您现在没有这个职务。")
    state = Finding.State
    rows = where.annotate(
        open=Count("findings", Q(findings__state=state.OPEN)),
        answered=Count("findings", Q(findings__state=state.ANSWERED)),
        closed=Count("findings", Q(findings__state=state.CLOSED)),
    ).order_by("code")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    waiting = [(row.name, row.open + row.answered) for row in page]
    context = {"page": page, "bars": bars(waiting), "height": height(waiting)}
    return render(request, "oversight/watch_all.html", context)


def _period(request, village, at):
    """How many months are asked for, and from which to which; None when nothing is posted yet."""
    asked = request.GET.get("months", "")
    span = int(asked) if asked.isdecimal() and int(asked) in SPANS else SPANS[1]
    return span, last_months(village, span, at=at)


def _findings(request, village, period, at) -> dict:
    form = FindingsForm(request.GET)
    rows = findings.supervised(request.user, at=at).filter(village=village)
    if form.is_valid():
        rows = rows.filter(**{name: value for name, value in form.cleaned_data.items() if value})
    page = Paginator(findings.by_urgency(rows), PER_PAGE).get_page(request.GET.get("page"))
    limits = [(Finding.Kind(kind).label, limit) for kind, limit in LIMITS.items()]
    return {"form": form, "page": page, "lines": [_line(row) for row in page], "limits": limits}


def _people(request, village, period, at) -> dict:
    here = Division.objects.filter(pk=village.pk)
    stock = months.read(here, *period)
    everybody = raters.rated(stock)
    habit_of = habits.habits(stock, habits.homes_in_office(here, on=today(at)))
    rows = [(each, raters.others(each, everybody), habit_of[each.user.pk]) for each in everybody]
    shown = [row for row in rows if row[0].is_shown]
    few = [each for each in everybody if not each.is_shown]
    drawn = pictures.of_rates(everybody)
    return {
        "rows": shown,
        "few": few,
        "pictures": drawn,
        "height": height(shown),
    }


def _changed(request, village, period, at) -> dict:
    rows = changed.changed(Division.objects.filter(pk=village.pk), *period)
    drawn = bars([(f"{row.user.name}，{row.hat_name}", row.changed) for row in rows])
    return {"rows": rows, "bars": drawn, "height": height(rows)}


def _steps(request, village, period, at) -> dict:
    stock = months.read(Division.objects.filter(pk=village.pk), *period)
    rows = steps.steps(village, stock, at=at)
    drawn = bars([(row.label, row.median or 0) for row in rows])
    return {"rows": rows, "bars": drawn, "height": height(rows)}


def _second(request, village, period, at) -> dict:
    rows = second_agreement.by_area(Division.objects.filter(pk=village.pk), *period)
    drawn = bars([(f"{row.area.name}，说得准{row.answered}户", row.same) for row in rows])
    return {"rows": rows, "bars": drawn, "height": height(rows), "draws": _draws(village, period)}


def _draws(village, period) -> list[tuple]:
    """The months of a period drawn once more from what the log keeps: [(month, seed's root, what was found)]."""
    rounds = Round.objects.filter(village=village, month__range=period).order_by("-month")
    by_key = {str(row.key): row for row in rounds}
    events = Event.objects.filter(
        village=village, name="second.drawn", about_type=Round._meta.label_lower, about_id__in=by_key
    ).select_related("body")
    kept = {
        event.about_id: json.loads(event.body.content)["detail"] for event in events if hasattr(event, "body")
    }
    found = second_ratings.redraw_all({by_key[key]: detail for key, detail in kept.items()})
    return [(row, kept[str(row.key)], found[row.pk]) for row in rounds if row.pk in found]


def _line(row: Finding) -> tuple:
    """(finding, what it says, whom it asks)."""
    return row, words.sentence(row), words.who(row)


_TABS = {"findings": _findings, "people": _people, "changed": _changed, "steps": _steps, "second": _second}

urlpatterns = [
    path("watch/", everywhere, name="watch_all"),
    path("villages/<str:code>/watch/", watch, name="watch"),
    path("villages/<str:code>/watch/export/", export, name="watch_export"),
    path("villages/<str:code>/watch/look/", look_now, name="watch_look"),
    path("villages/<str:code>/watch/people/<uuid:person_key>/", person, name="watch_person"),
]
