"""Repairs among the to-dos of leaders, the council and the township; queries do not grow with repairs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import datetime

from appeals.models import Repair, RepairVote
from appeals.repair_who import OVERDUE, electors, verifiers
from governance.access import village_ids
from governance.models import Deadline, User
from governance.models.people import Role
from governance.prepared import prepared
from workflows.queues import Waiting

State = Repair.State


def verifying(user: User, *, at: datetime) -> Iterable[Waiting]:
    """Repairs that say they are done: somebody goes and looks."""
    rows = _rows(user, State.SHOWN, Role.LEADER, at=at)
    for row, due in _mine(rows, verifiers, user, at=at):
        yield Waiting(f"信用修复{row.number}，去看做好了没有", _where(row), "repair_verify", row.key, due)


def deciding(user: User, *, at: datetime) -> Iterable[Waiting]:
    """Repairs a leader has seen: the council votes."""
    rows = _rows(user, State.VERIFIED, Role.COUNCIL, at=at)
    votes = RepairVote.objects.filter(voter=user, repair__in=rows).values_list("repair", "turn")
    voted = set(votes)
    for row, due in _mine(rows, electors, user, at=at):
        if (row.pk, row.turn) not in voted:
            yield Waiting(f"信用修复{row.number}，等您定", _where(row), "repair_vote", row.key, due)


def _rows(user: User, state: str, role: str, *, at: datetime) -> list[Repair]:
    where = village_ids(user, role, Role.PANEL, Role.OFFICER, at=at)
    found = [pk for (pk,) in _waiting(where, state=state)]
    rows = Repair.objects.filter(pk__in=found).order_by("id")
    return list(rows.select_related("village", "subject__area", "entry")) if found else []


@prepared
def _waiting(villages: tuple[int, ...], *, state: str):
    return Repair.objects.filter(state=state, village__in=villages).values_list("pk")


def _mine(
    rows: list[Repair], who: Callable, user: User, *, at: datetime
) -> Iterable[tuple[Repair, datetime]]:
    due = Deadline.objects.filter(
        kind=OVERDUE, about_type=Repair._meta.label_lower, about_id__in=[row.pk for row in rows]
    )
    due_at = dict(due.values_list("about_id", "due_at"))
    by_village = defaultdict(list)
    for row in rows:
        by_village[row.village].append(row)
    for some in by_village.values():
        allowed = who(some, at=at)
        yield from ((row, due_at.get(row.pk)) for row in some if user in allowed[row.pk])


def _where(row: Repair) -> str:
    return f"{row.village}{row.subject.area}{row.subject.door}"
