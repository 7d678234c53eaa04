"""A finding's life: the person shown says a sentence, a supervisor closes it with a reason. Nothing else follows."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Case, IntegerField, Q, QuerySet, When

from governance import access
from governance.access import appointments, check_role, covers
from governance.appointments import are_relatives
from governance.events import record
from governance.models import User
from governance.models.people import Role
from governance.refusals import Conflict, Invalid, Refused
from governance.saving import save
from oversight.models import Finding
from oversight.opening import ROLES
from workflows.steps import lock

State = Finding.State
LONGEST = 500
# Who speaks for a step.
SPEAKS_FOR = {
    "confirm": Role.LEADER, "review": Role.COUNCIL, "sign": Role.COMMITTEE, "publish": Role.CLERK,
    "accept": Role.OFFICER, "decide": Role.OFFICER,
}  # fmt: skip


@transaction.atomic
def answer(*, finding: Finding, text: str, by: User, at: datetime) -> Finding:
    """Say what there is to say about it: the person shown, the area's leader, or who does the step.

    Raises Refused (not about them), Conflict (answered or closed) or Invalid (nothing said).
    """
    row = lock(finding, "village", "user", "area")
    role = check_answer(row, by=by, at=at)
    text = text.strip()
    if not text:
        raise Invalid(answer="请写一句，比如那几个月是怎么回事。")
    if len(text) > LONGEST:
        raise Invalid(answer=f"最多写{LONGEST}个字。")
    row.reply()
    row.answer, row.answered_by, row.answered_at = text, by, at
    save(row, action="finding.answered", by=by, at=at)
    _tell("finding.answered", row, text, by=by, at=at, role=role)
    return row


@transaction.atomic
def close(*, finding: Finding, why: str, by: User, at: datetime) -> Finding:
    """A supervisor is done with a finding, answered or not, and says why; the person shown reads it.

    Raises Refused (no supervisor here, about themselves or a relative), Conflict (closed) or Invalid (no reason).
    """
    row = lock(finding, "village", "user", "area")
    role = check_close(row, by=by, at=at)
    why = why.strip()
    if not why:
        raise Invalid(why="请写看下来是怎么回事，本人看得到。")
    if len(why) > LONGEST:
        raise Invalid(why=f"最多写{LONGEST}个字。")
    row.close()
    row.closing, row.closed_by, row.closed_at = why, by, at
    save(row, action="finding.closed", by=by, at=at)
    _tell("finding.closed", row, why, by=by, at=at, role=role)
    return row


def check_answer(finding: Finding, *, by: User, at: datetime) -> str:
    """The role in which a user speaks for a finding; raises Refused or Conflict."""
    role = speaks(by, finding, at=at)
    if role is None:
        raise Refused("这一条不是问您的，由本人来说。")
    if finding.state != State.OPEN:
        raise Conflict(f"这一条已经“{finding.get_state_display()}”，不用再说。")
    return role


def check_close(finding: Finding, *, by: User, at: datetime) -> str:
    """The role in which a user closes a finding; raises Refused or Conflict."""
    role = check_role(by, *ROLES, village=finding.village, at=at)
    if finding.state == State.CLOSED:
        raise Conflict("这一条已经办结了。")
    if speaks(by, finding, at=at):
        raise Refused("这一条说的是您自己，由别的监督来办结。")
    if finding.user and are_relatives(by, finding.user, at):
        raise Refused("这一条说的是您的亲属，您回避，由别的监督来办结。")
    return role


def speaks(user: User, finding: Finding, *, at: datetime) -> str | None:
    """The role in which a user may answer a finding: "shown" for the person themselves; None for others."""
    if finding.user_id:
        return "shown" if finding.user_id == user.pk else None
    wanted = Role.LEADER if finding.area_id else SPEAKS_FOR[finding.step]
    held = [
        a for a in appointments(user, at=at) if a.role == wanted and covers(a, finding.village, finding.area)
    ]
    return wanted if held else None


def about(user: User, *, at: datetime) -> QuerySet[Finding]:
    """Findings that a user is asked about, in any state: about themselves, their area or their step."""
    scope = Q(user=user)
    for post in appointments(user, at=at):
        if post.role == Role.LEADER:
            scope |= Q(area=post.area)
        steps = [step for step, role in SPEAKS_FOR.items() if role == post.role]
        if steps:
            scope |= Q(step__in=steps, village__code__startswith=post.division.prefix)
    return Finding.objects.filter(scope).select_related("village", "user", "area")


def by_urgency(rows: QuerySet[Finding]) -> QuerySet[Finding]:
    """What waits for the supervisor first, then what waits for a sentence, what is closed last; the newest first."""
    places = [When(state=state, then=n) for n, state in enumerate((State.ANSWERED, State.OPEN, State.CLOSED))]
    return rows.order_by(Case(*places, output_field=IntegerField()), "-found_at", "-pk")


def supervised(user: User, *, at: datetime) -> QuerySet[Finding]:
    """Findings of the villages a user supervises."""
    where = access.villages(user, *ROLES, at=at)
    return Finding.objects.filter(village__in=where).select_related("village", "user", "area")


def _tell(name: str, row: Finding, why: str, *, by, at, role: str) -> None:
    record(name, village=row.village, about=row, by=by, at=at, role=role, why=why, rows=[row])
