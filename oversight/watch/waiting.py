"""What waits because of findings: a sentence from the person shown, a look from the supervisor; and when a look is due."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from governance import deadlines
from governance.access import village_ids
from governance.models import Division, User
from governance.models.people import Role
from governance.prepared import prepared
from oversight.models import Finding
from oversight.opening import ROLES
from oversight.watch import findings
from oversight.watch.look import look
from workflows import rounds
from workflows.models import Round
from workflows.queues import SOURCES, Waiting

LOOK = "watch.look"


def asked(user: User, *, at: datetime) -> Iterable[Waiting]:
    """Findings that a user may say something about."""
    if not _is_any_open(village_ids(user, at=at)):
        return
    rows = findings.about(user, at=at).filter(state=Finding.State.OPEN).order_by("found_at", "pk")
    for row in rows:
        yield Waiting(f"监督想听您说一句：{row.get_kind_display()}", str(row.village), "finding", row.key)


@prepared
def _is_any_open(places: tuple[int, ...]):
    """Is anything asked in some villages (by id): a row when there is; nearly always there is none."""
    return (
        Finding.objects.filter(village__in=places, state=Finding.State.OPEN).order_by().values_list("pk")[:1]
    )


def answered(user: User, *, at: datetime) -> Iterable[Waiting]:
    """Findings with an answer that a supervisor has not read: a line a village."""
    rows = findings.supervised(user, at=at).filter(state=Finding.State.ANSWERED)
    for village, n in Counter(row.village for row in rows).items():
        yield Waiting("评议看板，有人说明了，等您看", f"{village}，{n}条", "watch", village.code, None, n)


def look_soon(round: Round, *, at: datetime) -> None:
    """A month is over: look at the village with the next tick, in a transaction of its own."""
    deadlines.set_deadline(LOOK, about=round, village=round.village, due=at)


@deadlines.handles(LOOK)
def look_due(round_id: int, at: datetime) -> None:
    """Look at the village of a month that is over."""
    look(village=Division.objects.get(rounds=round_id), by=None, at=at)


def register() -> None:
    """Whoever may be shown is asked in whatever role they hold; a month's end starts a look."""
    for role in Role:
        SOURCES.setdefault(role, []).append(asked)
    for role in ROLES:
        SOURCES[role].append(answered)
    rounds.ON_CLOSED.append(look_soon)
