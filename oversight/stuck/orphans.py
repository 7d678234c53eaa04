"""Work in the hands of nobody: sheets whose rater left office, and steps for which no office is filled."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from django.db.models import Count, Model

from appeals.models import Objection, Repair
from appeals.who import IN_OFFICE
from governance.access import today
from governance.deadlines import end_of
from governance.models import Appointment, Division
from governance.models.people import Role
from oversight.stuck.registry import Item, Source
from workflows import orphans
from workflows.models import Amendment, Round, Settlement, Sheet


class Unmanned(Source):
    """Pass them on as the end of the appointment should have done."""

    name, title, button = "sheets", "没有人评的单", "分给别的人"
    says = (
        "评这张单的人已经不在任，单子还挂在他名下。分给别的人：户转给能评的人，原来的草稿作废，空单记作没交。"
    )
    retries, done, failed = True, "sheet.passed_on_by_hand", "sheet.pass_on_failed"
    _BESIDE = ("village", "area", "round")

    def every(self, where):
        """All sheets."""
        return Sheet.objects.filter(village__in=where).select_related(*self._BESIDE)

    def rows(self, where, *, at, kind=""):
        """Open sheets of raters without an office."""
        return orphans.sheets(today(at)).filter(village__in=where).select_related(*self._BESIDE)

    def items(self, rows):
        """Sheets by month and area; not by who rated."""
        return [self._item(row) for row in rows]

    @staticmethod
    def _item(sheet: Sheet) -> Item:
        month, ended = sheet.round.month, getattr(sheet, "ended_on", None)
        title = f"{month.year}年{month.month}月{sheet.area.name}的评户单"
        return Item(sheet.pk, "", title, sheet.village, ended and end_of(ended))

    def retry(self, row, *, by, at):
        """Give its households to others."""
        orphans.pass_on(sheet=row, by=by, at=at)


@dataclass(frozen=True)
class Wait:
    """Things of some states that wait for one of some roles, and who fills the first of them."""

    model: type[Model]
    states: tuple[str, ...]
    roles: tuple[str, ...]
    words: str
    more: dict = field(default_factory=dict)


WAITS = (
    Wait(Sheet, (Sheet.State.FILED,), (Role.LEADER, Role.PANEL), "张单等核"),
    Wait(Round, (Round.State.REVIEWING,), (Role.COUNCIL, Role.PANEL), "个月等审议"),
    Wait(Round, (Round.State.RESOLVING,), (Role.COMMITTEE, Role.PANEL), "个月等签字"),
    Wait(Round, (Round.State.RESOLVED,), (Role.CLERK,), "个月等公示"),
    Wait(Settlement, (Settlement.State.CONFIRMING,), (Role.COMMITTEE, Role.PANEL), "个季等签字"),
    Wait(Settlement, (Settlement.State.CONFIRMED,), (Role.CLERK,), "个季等公示"),
    Wait(Amendment, (Amendment.State.WAITING,), (Role.COMMITTEE, Role.PANEL, Role.SUPERVISOR), "份改分等签字"),
    Wait(Objection, IN_OFFICE, (Role.OFFICER, Role.PANEL, Role.SUPERVISOR), "件异议等办"),
    Wait(Repair, (Repair.State.SHOWN,), (Role.LEADER, Role.PANEL), "件修复等看"),
    Wait(Repair, (Repair.State.VERIFIED,), (Role.COUNCIL, Role.PANEL), "件修复等投票"),
)  # fmt: skip


class Vacant(Source):
    """Steps that wait for an office which nobody holds. No retry: somebody has to be appointed."""

    name, title = "vacancies", "没有人能办的"
    says = (
        "事情轮到了，可是这个职务现在没有人。村里的职务请文书任命，镇里的请系统管理员任命，任命了就接着走。"
        "有人在任、但都要回避的异议，在监督的“要盯的异议”里。"
    )

    def rows(self, where, *, at, kind=""):
        """One item for each village and step; two queries more than there are steps."""
        counts = [
            (wait, dict(_waiting(wait, where).values_list("village").annotate(n=Count("pk"))))
            for wait in WAITS
        ]
        places = {pk for _, found in counts for pk in found}
        villages = Division.objects.in_bulk(places)
        held = _held(today(at)) if places else {}
        rows = [
            (villages[pk], wait, n)
            for wait, found in counts
            for pk, n in found.items()
            if not any(_is_held(held, role, villages[pk]) for role in wait.roles)
        ]
        rows.sort(key=lambda row: (row[0].code, WAITS.index(row[1])))
        return [self._item(*row) for row in rows]

    @staticmethod
    def _item(village, wait, n) -> Item:
        names = "、".join(Role(role).label for role in wait.roles)
        return Item(0, wait.words, f"{n}{wait.words}，{names}都没有人", village)


def _waiting(wait: Wait, where):
    return wait.model._default_manager.filter(
        state__in=wait.states, village__in=where, **wait.more
    ).order_by()


def _held(day) -> dict[str, set[str]]:
    """Role -> prefixes of the divisions where somebody with an account holds it."""
    rows = Appointment.objects.on(day).filter(
        user__is_active=True, role__in={r for w in WAITS for r in w.roles}
    )
    found = defaultdict(set)
    for role, code in rows.order_by().values_list("role", "division__code").distinct():
        found[role].add(code)
    return found


def _is_held(held: dict[str, set[str]], role: str, village: Division) -> bool:
    code = village.code
    return bool(held.get(role, set()) & {code, f"{code[:9]}000", f"{code[:6]}000000"})
