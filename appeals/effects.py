"""What the answer to a case means for the household's score: without it, and with it."""

from __future__ import annotations

from datetime import datetime, timedelta

from appeals import remedies
from appeals.models import Objection
from appeals.remedies import Change

State = Objection.State


def of(case: Objection, *, at: datetime) -> list[Change]:
    """The quarters whose score the answer changes; empty before there is one, and where it changes nothing.

    "Before" is the score as if nobody had objected. Constant queries per quarter; writes nothing.
    """
    decision = case.decisions.last()
    if decision is None or case.state not in (State.ANSWERED, State.CLOSED):
        return []
    # Once it took effect, the ledger as it was right before.
    at = case.closed_at - timedelta(microseconds=1) if case.closed_at else at
    return remedies.effect(case, remedies.from_json(case, decision.remedy), at=at)
