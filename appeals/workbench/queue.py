"""异议清单: all cases of an officer's villages, filtered and taken from the list; filters kept under a name; a table."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from appeals import sight
from appeals.models import Objection, SavedView
from appeals.who import OFFICE
from appeals.workbench import rows, tables
from governance.access import villages
from governance.forms.common import line
from governance.models import Division

PAGE = 20
KEPT = ("tab", "village", "about", "rule", "state", "number")


class FilterForm(forms.Form):
    """Which cases to list; everything may be left open."""

    number = line("编号", longest=20)
    village = forms.ModelChoiceField(
        Division.objects.none(), label="哪个村", empty_label="所有的村", required=False, to_field_name="code"
    )
    about = forms.ChoiceField(
        label="针对什么", required=False, choices=[("", "都看"), *Objection.About.choices]
    )
    rule = forms.ChoiceField(label="哪一条细则", required=False)
    state = forms.ChoiceField(
        label="办到哪一步", required=False, choices=[("", "都看"), *Objection.State.choices]
    )

    def __init__(self, where, listed, data=None):
        super().__init__(data)
        self.fields["village"].queryset = where
        self.fields["rule"].choices = [("", "所有细则"), *rows.families(listed)]


@login_required
@require_safe
def cases(request, code=None):
    """A page of cases, the soonest due first; under a village's own address only that village's."""
    at = timezone.now()
    where, listed = _mine(request, at)
    if code:
        listed = listed.filter(village=get_object_or_404(where, code=code))
    form = FilterForm(where, listed, request.GET)
    found, tab = _found(request, form, listed), _tab(request)
    tabs = rows.tabs(request.user, at=at)
    order = ("-closed_at", "-id") if tab == "done" else ("answer_by", "id")
    page = Paginator(found.filter(tabs[tab]).select_related(*rows.SHOWN).order_by(*order), PAGE).get_page(
        request.GET.get("page")
    )
    counts = rows.counts(found, tabs)
    query = _kept(request)
    context = {
        "page": page,
        "lines": rows.lines(page.object_list, request.user, at=at),
        "tabs": [(name, label, counts[name], _with(query, tab=name)) for name, label in rows.TABS.items()],
        "tab": tab,
        "form": form,
        "is_filtered": any(query.get(name) for name in KEPT if name != "tab"),
        "query": query.urlencode(),
        "views": SavedView.objects.filter(user=request.user),
        "village": code and Division.objects.get(code=code),
        "here": request.path,
    }
    return render(request, "appeals/cases.html", context)


@login_required
@require_safe
def export(request):
    """The list as it is filtered, as XLSX or CSV; it names no household."""
    at = timezone.now()
    where, listed = _mine(request, at)
    found = _found(request, FilterForm(where, listed, request.GET), listed)
    found = found.filter(rows.tabs(request.user, at=at)[_tab(request)])
    table = tables.of_cases(found.select_related(*rows.SHOWN).order_by("number", "id"), at=at)
    return tables.download(table, "异议清单", as_csv="csv" in request.GET, at=at)


@login_required
@require_POST
def keep_view(request):
    """Keep the filter that is shown under a name of one's own; the same name again replaces it."""
    _mine(request, timezone.now())
    name, query = request.POST.get("name", "").strip(), _kept(request, request.POST.get("query", ""))
    if name:
        SavedView.objects.update_or_create(
            user=request.user, name=name[:40], defaults={"query": query.urlencode()[:400]}
        )
        messages.success(request, f"存好了，以后点“{name[:40]}”就是这样看。")
    else:
        messages.error(request, "请给这样看起个名字。")
    return redirect(f"{reverse('cases')}?{query.urlencode()}")


@login_required
@require_POST
def drop_view(request, key):
    """Forget a kept filter."""
    _mine(request, timezone.now())
    get_object_or_404(SavedView, user=request.user, key=key).delete()
    return redirect("cases")


def _mine(request, at):
    """The villages whose office the reader holds, and their cases; Refused for anybody else."""
    sight.check_office(request.user, at=at)
    where = villages(request.user, *OFFICE, at=at)
    return where, rows.with_lateness(sight.listed(request.user, at=at))


def _found(request, form: FilterForm, listed):
    """Cases as chosen; a choice that does not exist counts as none."""
    form.is_valid()
    return rows.filtered(listed, form.cleaned_data)


def _tab(request) -> str:
    tab = request.GET.get("tab")
    return tab if tab in rows.TABS else "open"


def _kept(request, query: str | None = None) -> QueryDict:
    """What of a query string says which cases are listed."""
    asked = request.GET if query is None else QueryDict(query)
    kept = QueryDict(mutable=True)
    kept.update({name: asked[name] for name in KEPT if asked.get(name)})
    return kept


def _with(query: QueryDict, **changed) -> str:
    copy = query.copy()
    for name, value in changed.items():
        copy[name] = value
    return copy.urlencode()


urlpatterns = [
    path("cases/", cases, name="cases"),
    path("cases/export/", export, name="cases_export"),
    path("cases/of/<str:code>/", cases, name="cases_of"),
    path("cases/views/", keep_view, name="cases_view_keep"),
    path("cases/views/<uuid:key>/drop/", drop_view, name="cases_view_drop"),
]
