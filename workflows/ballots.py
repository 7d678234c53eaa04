"""表决: votes are sealed until everybody eligible has voted or the deadline passed (design/3-processes.md)."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from django.db import transaction

from governance.access import today
from governance.events import record
from governance.models import User
from governance.policies import value
from governance.refusals import Conflict, Invalid, Refused
from governance.requests import reading
from governance.saving import save
from workflows.models import Ballot, Observation, Round
from workflows.signatures import resolve_if_covered
from workflows.steps import lock
from workflows.who import check_voter, voters

Choice = Ballot.Choice
State = Observation.State
# An item the committee sent back is voted on while the rest of the month is being signed.
VOTING = (Round.State.REVIEWING, Round.State.RESOLVING)
_PAST = {Choice.APPROVE: "approved", Choice.REJECT: "rejected", Choice.SEND_BACK: "sent_back"}


def quorum(observation: Observation, *, at: datetime, eligible: int | None = None) -> int:
    """More than half of those not recused (`eligible`, counted when not given), never below the policy's least."""
    if eligible is None:
        eligible = len(voters(observation, at=at))
    return max(eligible // 2 + 1, value("quorum", observation.village, today(at)))


def check_cast(observation: Observation, *, by: User, at: datetime) -> str:
    """The role in which a user votes on an item now; raises Refused or Conflict with the reason."""
    if observation.ballots.filter(turn=observation.turn, voter=by).exists():
        raise Conflict("您这一票已经投了，投了不能改。")
    role = check_voter(by, observation, at=at)
    if observation.round.state not in VOTING or observation.state != State.CONFIRMED:
        raise Conflict(f"这一条现在是“{observation.get_state_display()}”，不在投票。")
    if not observation.needs_ballot:
        raise Refused("这一条是小额加分，没人有异议，不用投票，可以一并通过。")
    return role


@transaction.atomic
def cast(*, observation: Observation, choice: str, reason: str, by: User, at: datetime) -> Ballot:
    """Cast one sealed vote. When everybody eligible has voted, the ballot closes and its result takes effect.

    Raises Refused (kin, rater, wrong role), Conflict (already voted or settled), Invalid (no reason given).
    """
    round = lock(observation.round, "village")
    row = lock(observation, "subject", "sheet", "rule")
    row.round, row.village = round, round.village
    with reading():  # who may vote is asked more than once, of one moment
        return _cast(row, round, choice, reason.strip(), by=by, at=at)


def _cast(row: Observation, round: Round, choice: str, reason: str, *, by, at) -> Ballot:
    role = check_cast(row, by=by, at=at)
    if choice not in Choice.values:
        raise Invalid(choice="请选一项：同意、不同意，或退回。")
    if (row.rule.sign < 0 or choice != Choice.APPROVE) and not reason:
        raise Invalid(reason="减分、不同意和退回，都要写理由。")
    ballot = Ballot.objects.create(
        village=row.village, observation=row, turn=row.turn, voter=by, choice=choice,
        reason=reason or None, cast_at=at,
    )  # fmt: skip
    # The event of a sealed vote says that somebody voted; the choice stays in the digest and the body.
    record("ballot.cast", village=row.village, about=row, by=by, at=at, role=role, why=reason, rows=[ballot])
    if not _still_to_vote(row, at=at):
        _close(row, by=by, at=at)
        resolve_if_covered(round, at=at)
    return ballot


@transaction.atomic
def close_overdue(*, round: Round, at: datetime) -> None:
    """The review's deadline passed: ballots with a quorum close; the others go to the township's panel."""
    round = lock(round)
    if round.state not in VOTING:
        return
    for row in round.observations.filter(state=State.CONFIRMED, needs_ballot=True):
        row = lock(row)
        cast = _votes(row).count()
        if cast >= quorum(row, at=at) or (cast and not _still_to_vote(row, at=at)):
            _close(row, by=None, at=at)
        elif not row.at_township:
            _to_township(row, at=at)
    resolve_if_covered(round, at=at)


def tally(observation: Observation) -> Counter:
    """Counts by choice of a closed ballot; raises Refused while it is sealed."""
    if observation.ballot_closed_at is None:
        raise Refused("投票还没截止，票还封着。")
    return Counter(_votes(observation).values_list("choice", flat=True))


def outcome(counts: Counter) -> str:
    """A majority of the votes cast passes; a tie fails; more "send back" than "reject" sends back."""
    if counts[Choice.APPROVE] * 2 > counts.total():
        return Choice.APPROVE
    return Choice.SEND_BACK if counts[Choice.SEND_BACK] > counts[Choice.REJECT] else Choice.REJECT


def _votes(row: Observation):
    return row.ballots.filter(turn=row.turn)


def _still_to_vote(row: Observation, *, at: datetime) -> set[int]:
    """Ids of those who may vote now and have not: not a count, since who may vote can change meanwhile."""
    return {user.pk for user in voters(row, at=at)} - set(_votes(row).values_list("voter", flat=True))


def _close(row: Observation, *, by, at: datetime) -> None:
    row.ballot_closed_at = at
    counts = tally(row)
    result = outcome(counts)
    apply(row, result)
    name = f"observation.{_PAST[result]}"
    save(row, action=name, by=by, at=at)
    record(
        name, village=row.village, about=row, by=by, at=at, role="council", detail=dict(counts),
        subject_key=row.subject.key, rows=[row],
    )  # fmt: skip


def apply(row: Observation, result: str) -> None:
    """Move an item by the ballot's result; what is sent back is looked at again and voted on afresh."""
    if result == Choice.APPROVE:
        row.approve()
    elif result == Choice.REJECT:
        row.reject()
    else:
        row.send_back()
        row.turn += 1
        row.ballot_closed_at = None


def _to_township(row: Observation, *, at: datetime) -> None:
    row.at_township = True
    row.turn += 1
    save(row, action="observation.to_township", by=None, at=at)
    record(
        "observation.to_township", village=row.village, about=row, by=None, at=at, role="system",
        subject_key=row.subject.key, rows=[row],
    )  # fmt: skip
