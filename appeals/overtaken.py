"""A line under objection was taken out for everybody: its case has what it asked for, and ends."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from appeals.corrections import ON_CORRECTED
from appeals.models import Decision, Objection
from appeals.objections import end, locked, tell
from governance.models import Entry, User
from workflows.steps import cancel

Outcome = Objection.Outcome
SAID = "这一条和别的一起撤掉了，更正公示上写明了原因。"


@transaction.atomic
def close_cases(entries: Iterable[Entry], *, cause: str, by: User, at: datetime) -> list[Objection]:
    """End every open case about these lines as upheld; their holds are lifted, the ledger is the caller's.

    `cause` names the correction. Effects: a decision without a decider of its own and an event for each.
    """
    cases = Objection.objects.filter(entry__in=list(entries), state__in=Objection.OPEN)
    return [_close(locked(case), cause, by=by, at=at) for case in cases.order_by("pk")]


def _close(row: Objection, cause: str, *, by, at) -> Objection:
    turn = row.decisions.count() + 1
    decision = Decision.objects.create(
        village=row.village, objection=row, turn=turn, outcome=Outcome.UPHELD, grounds=SAID, decided_by=None,
        role="system", decided_at=at,
    )  # fmt: skip
    row.outcome = Outcome.UPHELD
    end(row, "close", by=by, at=at)
    cancel(row.process)
    tell("objection.overtaken", row, by=by, at=at, role="system", rows=[decision], detail={"cause": cause})
    return row


def register() -> None:
    """Let corrections call it."""
    ON_CORRECTED.append(close_cases)
