"""我的待办 of who carries slips: how many households wait for one, a line a village."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Count

from governance.models import User
from governance.models.people import Role
from notifications import slips
from notifications.models import Delivery
from workflows.queues import SOURCES, Waiting


def carrying(user: User, *, at: datetime) -> Iterable[Waiting]:
    """Villages with slips to carry; nobody's name, one query."""
    rows = slips.listed(user, at=at).filter(state=Delivery.State.WAITING).order_by("village__code")
    counted = rows.values_list("village__code", "village__name").annotate(
        n=Count("message__subject_key", distinct=True)
    )
    for code, name, n in counted:
        yield Waiting(f"通知纸条，{n}户等着送", name, "handouts", code, count=n)


def register() -> None:
    """Let the page of to-dos ask."""
    for role in (Role.CLERK, Role.HELPER):
        SOURCES.setdefault(role, []).append(carrying)
