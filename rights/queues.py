"""What waits for somebody: the clerk answers, the township sees what nobody answered."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from governance.deadlines import end_of
from governance.models import User
from governance.models.people import Role
from rights import rectifications
from workflows.queues import SOURCES, Waiting


def answering(user: User, *, at: datetime) -> Iterable[Waiting]:
    """Requests to mend the roster, each with its day."""
    for row in rectifications.waiting(user, at=at):
        title = f"更正申请{row.number}：{row.get_what_display()}"
        where = f"{row.village}{row.subject.area.name}{row.subject.door}"
        yield Waiting(title, where, "rectification", row.key, end_of(row.answer_by))


def unanswered(user: User, *, at: datetime) -> Iterable[Waiting]:
    """Villages whose clerk let the day pass: a line a village, no household named."""
    late: dict = {}
    for row in rectifications.late(user, at=at):
        late.setdefault(row.village, []).append(row)
    for village, rows in late.items():
        title = f"{len(rows)}件更正申请，文书到期没有答复，请催办"
        yield Waiting(title, str(village), "requests", village.code, end_of(rows[0].answer_by), len(rows))


def register() -> None:
    """Let the page of to-dos ask."""
    SOURCES[Role.CLERK].append(answering)
    SOURCES.setdefault(Role.OFFICER, []).append(unanswered)
