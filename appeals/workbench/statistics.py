"""异议统计: how objections went, as bars with the table behind each; nothing here is by household."""

from __future__ import annotations

from datetime import date

from django import forms
from django.contrib.auth.decorators import login_required
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_safe

from appeals.workbench import figures, tables
from appeals.workbench.figures import Figures
from governance.access import today, villages
from governance.bars import bars
from governance.forms.common import day
from governance.models import Division
from governance.models.people import Role
from governance.refusals import Refused

READERS = (Role.OFFICER, Role.PANEL, Role.SUPERVISOR, Role.SUPERVISION)
HEAD = (
    "收到", "在办", "定了", "支持或部分支持", "占比", "不支持", "不收", "不办了", "中间天数", "九成不超过", "延长", "停表",
    "到期没定", "请复核", "复核改了",
)  # fmt: skip


class PeriodForm(forms.Form):
    """From when to when, and where."""

    first = day("从", required=False)
    last = day("到", required=False)
    village = forms.ModelChoiceField(
        Division.objects.none(), label="哪个村", empty_label="所有的村", required=False, to_field_name="code"
    )

    def __init__(self, where, data=None):
        super().__init__(data)
        self.fields["village"].queryset = where


@login_required
@require_safe
def statistics(request):
    """The figures of the reader's villages, this year's unless other days are chosen."""
    form, first, last, report = _asked(request)
    whole = report.whole
    outcomes = [
        ("支持", whole.outcomes["upheld"]), ("部分支持", whole.outcomes["partly"]), ("不支持", whole.outcomes["rejected"]),
        ("不收", whole.outcomes["refused"]), ("到期没定", whole.outcomes["lapsed"]), ("不办了", whole.withdrawn),
    ]  # fmt: skip
    context = {
        "form": form, "first": first, "last": last, "whole": whole, "outcomes": bars(outcomes),
        "groups": [
            ("按村", "村", report.villages, _bars_of(report.villages)), ("按细则", "细则", report.rules, _bars_of(report.rules)),
            ("按记的人", "联户党员", report.raters, _bars_of(report.raters)),
        ],
        "query": request.GET.urlencode(),
    }  # fmt: skip
    return render(request, "appeals/statistics.html", context)


@login_required
@require_safe
def export(request):
    """The same as XLSX or CSV."""
    _, first, last, report = _asked(request)
    table = [["", *HEAD, "记了几条"], [f"全部，{first}到{last}", *_cells(report.whole)]]
    for title, rows in (("按村", report.villages), ("按细则", report.rules), ("按记的人", report.raters)):
        table += [[title], *([words, *_cells(found)] for words, found in rows)]
    return tables.download(table, "异议统计", as_csv="csv" in request.GET, at=timezone.now())


def _asked(request):
    at = timezone.now()
    where = villages(request.user, *READERS, at=at)
    if not where.exists():
        raise Refused("统计给镇里办异议的人和村务监督、县镇监督看，您现在没有这个职务。")
    form = PeriodForm(where, request.GET)
    form.is_valid()
    said = form.cleaned_data
    last = said.get("last") or today(at)
    first = said.get("first") or date(last.year, 1, 1)
    if said.get("village"):
        where = where.filter(pk=said["village"].pk)
    return form, first, last, figures.report(where, min(first, last), max(first, last))


def _bars_of(rows: list[tuple[str, Figures]]) -> list[tuple]:
    return bars([(words, found.received) for words, found in rows[:12]])


def _cells(found: Figures) -> list[str]:
    shown = [
        found.received, found.open, found.decided, found.upheld, found.share, found.outcomes["rejected"],
        found.outcomes["refused"], found.withdrawn, found.median, found.slow, found.extended, found.suspended, found.lapsed,
        found.reviewed, found.overturned, found.rated,
    ]  # fmt: skip
    return ["" if each is None else str(each) for each in shown]


urlpatterns = [
    path("cases/statistics/", statistics, name="case_statistics"),
    path("cases/statistics/export/", export, name="case_statistics_export"),
]
