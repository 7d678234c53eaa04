"""信用修复, the judging side: a group leader goes and looks, the council decides; a refusal has a reason."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from appeals.models import Repair, RepairVote
from appeals.repair_flow import RepairFlow
from appeals.repair_who import NEEDED, check_elector, check_verifier, electors
from appeals.repairs import BESIDE, TEXT_LENGTH, give_time, set_overdue, stop_overdue, tell
from governance.models import User
from governance.refusals import Conflict, Invalid
from governance.saving import save
from workflows.steps import lock, locked, step

State = Repair.State


@transaction.atomic
def verify(*, repair: Repair, by: User, at: datetime, word: str = "") -> Repair:
    """A group leader who did not record the deduction went and saw that it is done; now the council decides."""
    with step(repair.process, RepairFlow.verify, by=by):
        row = lock(repair, *BESIDE)
        role = check_verify(row, by=by, at=at)
        row.verify()
        row.verified_by = by
        save(row, action="repair.verified", by=by, at=at)
        set_overdue(row, at=at)
        tell("repair.verified", row, why=word.strip(), by=by, at=at, role=role)
    return row


@transaction.atomic
def send_back(*, repair: Repair, why: str, by: User, at: datetime) -> Repair:
    """Something is still missing: back to the household, with a reason and time to do it. Raises Invalid without one."""
    with step(repair.process, RepairFlow.verify, by=by):
        row = lock(repair, *BESIDE)
        role = check_verify(row, by=by, at=at)
        _check_reason(why, "请写还差什么，住户看得到。")
        row.send_back()
        give_time(row, at=at)
        save(row, action="repair.sent_back", by=by, at=at)
        tell("repair.sent_back", row, why=why.strip(), by=by, at=at, role=role)
    return row


@transaction.atomic
def refuse(*, repair: Repair, why: str, by: User, at: datetime) -> Repair:
    """It was not done as promised: refused with a reason, and the household may object. Raises Invalid without one."""
    with step(repair.process, RepairFlow.verify, by=by):
        row = lock(repair, *BESIDE)
        role = check_verify(row, by=by, at=at)
        _check_reason(why, "请写为什么不批，住户看得到，也能提异议。")
        _refuse(row, why=why, by=by, at=at, role=role)
    return row


@transaction.atomic
def vote(*, repair: Repair, agrees: bool, reason: str, by: User, at: datetime) -> RepairVote:
    """One member's word: the second who agrees carries it, the first who does not refuses it with the reason.

    Raises Refused (kin, had a hand in it), Conflict (voted already, decided) or Invalid (no reason).
    """
    with locked(repair.process, RepairFlow.approve):
        row = lock(repair, *BESIDE)
        role = check_vote(row, by=by, at=at)
        if not agrees:
            _check_reason(reason, "请写为什么不同意，住户看得到，也能提异议。", field="reason")
        cast = RepairVote.objects.create(
            village=row.village, repair=row, turn=row.turn, voter=by, role=role, agrees=agrees,
            reason=reason.strip() or None, cast_at=at,
        )  # fmt: skip
        if not agrees or _agreed(row) >= _needed(row, at=at):
            _decide(row, agrees, why=reason, by=by, at=at, role=role, rows=[cast])
        else:
            tell("repair.voted", row, why=reason.strip(), by=by, at=at, role=role, rows=[cast])
    return cast


def check_verify(repair: Repair, *, by: User, at: datetime) -> str:
    """The role in which a user may verify it now; raises Refused or Conflict."""
    role = check_verifier(by, repair, at=at)
    if repair.state != State.SHOWN:
        raise Conflict(f"修复{repair.number}现在是“{repair.get_state_display()}”，不用再看。")
    return role


def check_vote(repair: Repair, *, by: User, at: datetime) -> str:
    """The role in which a user may vote on it now; raises Refused or Conflict."""
    role = check_elector(by, repair, at=at)
    if repair.state != State.VERIFIED:
        raise Conflict(f"修复{repair.number}现在是“{repair.get_state_display()}”，不在投票。")
    if _votes(repair).filter(voter=by).exists():
        raise Conflict("您已经投过了，投了不能改。")
    return role


def _decide(row: Repair, agrees: bool, *, why: str, by: User, at: datetime, role: str, rows) -> None:
    with step(row.process, RepairFlow.approve, by=by):
        if agrees:
            row.approve()
            _settled("repair.approved", row, why=why, by=by, at=at, role=role, rows=rows)
        else:
            _refuse(row, why=why, by=by, at=at, role=role, rows=rows)


def _refuse(row: Repair, *, why: str, by: User, at: datetime, role: str, rows=()) -> None:
    row.refuse()
    _settled("repair.refused", row, why=why, by=by, at=at, role=role, rows=rows)


def _settled(name: str, row: Repair, *, why: str, by: User, at: datetime, role: str, rows) -> None:
    save(row, action=name, by=by, at=at)
    stop_overdue(row, at=at)
    tell(name, row, why=why.strip(), by=by, at=at, role=role, rows=rows)


def _votes(row: Repair):
    return row.votes.filter(turn=row.turn)


def _agreed(row: Repair) -> int:
    return _votes(row).filter(agrees=True).count()


def _needed(row: Repair, *, at: datetime) -> int:
    """Two, or all there are where the whole township has only one left."""
    return min(NEEDED, len(electors([row], at=at)[row.pk]))


def _check_reason(why: str, missing: str, *, field: str = "why") -> None:
    if not why.strip():
        raise Invalid(**{field: missing})
    if len(why) > TEXT_LENGTH:
        raise Invalid(**{field: f"最多写{TEXT_LENGTH}个字。"})
