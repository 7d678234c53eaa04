"""What the answer to a case means for the household's score: without it, and with it."""

from __future__ import annotations

from datetime import datetime, timedelta

from appeals import remedies
from appeals.models import Objection
from appeals.objections import cause_of
from appeals.remedies import Change
from governance import scorecards
from governance.access import today
from governance.periods import next_quarter, quarter_of

State = Objection.State


def of(case: Objection, *, at: datetime) -> list[Change]:
    """The quarters whose score the answer changes; empty before there is one, and where it changes nothing.

    "Before" is the score as if nobody had objected. Constant queries per quarter; writes nothing.
    """
    decision = case.decisions.last()
    if decision is None or case.state not in (State.ANSWERED, State.CLOSED):
        return []
    remedy = remedies.from_json(case, decision.remedy)
    # Once it took effect, the ledger as it was right before.
    at = case.closed_at - timedelta(microseconds=1) if case.closed_at else at
    found, quarter = [], remedy.quarter
    while quarter and quarter <= quarter_of(today(at)) and len(found) < scorecards.QUARTERS_AT_MOST:
        found.append(_change(case, remedy, quarter, at=at))
        quarter = next_quarter(quarter)
    return [change for change in found if change.is_change]


def _change(case: Objection, remedy: remedies.Remedy, quarter: str, *, at: datetime) -> Change:
    subject, base = case.subject_id, scorecards.base_tenths(case.village_id, quarter)
    asked = {
        "village": case.village_id,
        "quarter": quarter,
        "base": base,
        "at": at,
        "without": cause_of(case),
    }
    before = scorecards.results([subject], **asked)
    after = scorecards.results([subject], **asked, also={subject: remedies.as_scored(remedy)})
    return Change(quarter, before[subject].score, after[subject].score)
