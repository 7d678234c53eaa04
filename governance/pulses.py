"""Who of the machinery was heard when: the workers, the ticker. Rows, because who looks is another process."""

from __future__ import annotations

from datetime import datetime

from governance.models import Pulse

WORKER, JOBS, TICKER = "worker", "jobs", "ticker"


def beat(name: str, at: datetime) -> None:
    """Note that a part of the machinery is alive; one statement, safe at any time and from any process."""
    if not Pulse.objects.filter(name=name).update(at=at):
        Pulse.objects.update_or_create(name=name, defaults={"at": at})


def heard() -> dict[str, datetime]:
    """When each part was heard last; one query."""
    return dict(Pulse.objects.values_list("name", "at"))
