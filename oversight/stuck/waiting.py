"""An operator's to-do list: how much is stuck, by kind."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from governance.models import User
from governance.models.people import Role
from oversight.stuck.registry import SOURCES
from oversight.stuck.retrying import places
from workflows import queues
from workflows.queues import Waiting


def stuck(user: User, *, at: datetime) -> Iterable[Waiting]:
    """A line for each kind of trouble there is."""
    where = places(user, at=at)
    for source in SOURCES.values():
        if n := source.count(where, at=at):
            yield Waiting(source.title, f"{n}件", "stuck_of", source.name, None, n)


def register() -> None:
    """Add to the sources of the role."""
    queues.SOURCES.setdefault(Role.OPERATOR, []).append(stuck)
