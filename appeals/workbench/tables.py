"""What the officer takes along as XLSX or CSV: numbers, villages, rules, states and days; never a household."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.http import HttpResponse

from appeals.models import Objection
from appeals.workbench.rows import rule_of
from governance import deadlines, spreadsheets
from governance.access import today
from governance.views.clerk import XLSX
from governance.views.clerk import download as file_download

HEAD = (
    "编号",
    "村",
    "针对什么",
    "细则",
    "办到哪一步",
    "结果",
    "提的日子",
    "办到哪天",
    "办了几个工作日",
    "延长了几天",
)


class Workdays:
    """Counts working days between two days, for many cases by one query."""

    def __init__(self, first: date, last: date):
        self._days = deadlines.workdays_within(first, last)

    def after(self, start: date, end: date) -> int:
        """Working days after `start` up to `end`."""
        return sum(start < day <= end for day in self._days)


def of_cases(cases: Iterable[Objection], *, at: datetime) -> list[list[str]]:
    """Lines of a table of cases, its head first."""
    cases = list(cases)
    first = min((today(case.filed_at) for case in cases), default=today(at))
    count = Workdays(first, today(at))
    return [list(HEAD), *(_line(case, count, at) for case in cases)]


def download(table: list[list[str]], name: str, *, as_csv: bool, at: datetime) -> HttpResponse:
    """The table as a file to keep."""
    name = f"{name}{today(at)}"
    if as_csv:
        return file_download(spreadsheets.csv_file(table), f"{name}.csv", "text/csv; charset=utf-8")
    return file_download(spreadsheets.xlsx(table), f"{name}.xlsx", XLSX)


def _line(case: Objection, count: Workdays, at: datetime) -> list[str]:
    rule, filed = rule_of(case), today(case.filed_at)
    return [
        case.number, case.village.name, case.get_about_display(), rule.number if rule else "",
        case.get_state_display(), case.get_outcome_display(), str(filed),
        str(today(case.closed_at) if case.closed_at else case.answer_by),
        str(count.after(filed, today(case.closed_at or at))), str(case.extended_days),
    ]  # fmt: skip
