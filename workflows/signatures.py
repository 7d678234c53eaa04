"""Signatures under a month: by people who did not rate it and have no kin in it (design/3-processes.md).

A signature covers the items approved by then, but for those of the signer's own household and kin (Signed).
The month is resolved when every item is covered and none waits for the council.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef

from governance.access import check_role, staff
from governance.events import record
from governance.models import User
from governance.models.people import Role
from governance.recusal import check_impartial, pairs
from governance.refusals import Conflict, Invalid, Refused
from governance.saving import save
from workflows.dates import set_ballots_due
from workflows.flows import RoundFlow
from workflows.models import Observation, Round, Signature, Signed
from workflows.signed_items import cover
from workflows.steps import lock, locked, step
from workflows.who import has_rated

PENDING = [Observation.State.FILED, Observation.State.CONFIRMED]


def put(
    *, role: str, word: str, by: User, at: datetime, round=None, settlement=None, amendment=None
) -> Signature:
    """Write a signature row; who may sign is checked by the caller."""
    thing = round or settlement or amendment
    return Signature.objects.create(
        village=thing.village,
        round=round,
        settlement=settlement,
        amendment=amendment,
        signer=by,
        role=role,
        word=word or None,
        signed_at=at,
    )


def standing(round: Round):
    """The committee's signatures under a month, oldest first (the council's own is the sending)."""
    return round.signatures.exclude(role=Role.COUNCIL).select_related("signer").order_by("signed_at")


def uncovered(round: Round) -> list[Observation]:
    """Approved items that no signature covers yet; one query."""
    covered = Signed.objects.filter(observation=OuterRef("pk"), turn=OuterRef("turn"))
    approved = round.observations.filter(state=Observation.State.APPROVED).exclude(Exists(covered))
    return list(approved.select_related("subject", "rule"))


def waiting_for(round: Round, user: User, *, at: datetime) -> list[Observation]:
    """The uncovered items that this user's signature would cover."""
    items = uncovered(round)
    out = pairs([user], [item.subject_id for item in items], at=at)
    return [item for item in items if (user.pk, item.subject_id) not in out]


def check_sign(round: Round, *, by: User, at: datetime) -> str:
    """The role in which a user may sign the month now; raises Refused or Conflict with the reason."""
    role = check_signer(round, by=by, at=at)
    signed = standing(round).exists()
    if signed and not waiting_for(round, by, at=at):
        mine = [s for s in standing(round) if s.signer_id == by.pk]
        raise Conflict("您已经签过了。" if mine else "您能签的都有人签了，剩下的要别的委员来签。")
    return role


def check_signer(round: Round, *, by: User, at: datetime) -> str:
    """The role in which a user looks at a month to sign it; raises Refused with the reason."""
    role = check_role(by, Role.COMMITTEE, Role.PANEL, village=round.village, at=at)
    if has_rated(by, round):
        raise Refused("这个月您自己评过单，评过的人不能签字，由别的委员来签。")
    if role == Role.PANEL and not _panel_needed(round, at=at):
        raise Refused("村两委有人能签，不用镇里签。")
    return role


@transaction.atomic
def sign(*, round: Round, word: str, by: User, at: datetime) -> Round:
    """Sign the month; it is resolved with the last signature that is needed. Raises Refused or Conflict."""
    round = lock(round)
    with locked(round.process, RoundFlow.sign):
        role = check_sign(round, by=by, at=at)
        items = waiting_for(round, by, at=at)
        signature = put(round=round, role=role, word=word, by=by, at=at)
        covered = cover(signature, items)
        record(
            "round.signed", village=round.village, about=round, by=by, at=at, role=role, why=word,
            rows=[signature, round, *items], digests=covered,
        )  # fmt: skip
        return resolve_if_covered(round, at=at)


def resolve_if_covered(round: Round, *, at: datetime) -> Round:
    """Everything is covered and nothing waits for the council: on to the notice, in the last signer's name."""
    last = standing(round).last()
    pending = round.observations.filter(state__in=PENDING).exists()
    if round.state != Round.State.RESOLVING or last is None or pending or uncovered(round):
        return round
    with step(round.process, RoundFlow.sign, by=last.signer):
        round.resolve()
        save(round, action="round.resolved", by=last.signer, at=at)
        record(
            "round.resolved",
            village=round.village,
            about=round,
            by=last.signer,
            at=at,
            role=last.role,
            rows=[round],
        )
    return round


@transaction.atomic
def send_back(*, observation: Observation, why: str, by: User, at: datetime) -> Observation:
    """The committee sends a single item back to the council, which votes on it; the rest goes on being signed."""
    round = lock(observation.round)
    with locked(round.process, RoundFlow.sign):
        role = check_signer(round, by=by, at=at)
        row = lock(observation)
        if row.state != Observation.State.APPROVED:
            raise Conflict(f"这一条现在是“{row.get_state_display()}”，只有通过了的才能退回。")
        check_impartial(by, row.subject, at=at)
        if not why.strip():
            raise Invalid(why="请写为什么退回，理事会看得到。")
        row.reconsider()
        row.contested = row.needs_ballot = True
        row.turn += 1
        row.ballot_closed_at = None
        save(row, action="observation.sent_back", by=by, at=at)
        set_ballots_due(round, at=at)
        record(
            "observation.sent_back", village=row.village, about=row, by=by, at=at, role=role, why=why,
            subject_key=row.subject.key, rows=[row],
        )  # fmt: skip
    return row


def _panel_needed(round: Round, *, at: datetime) -> bool:
    """Nobody of the committee may sign, or all who may are kin of some household with an item left."""
    free = [user for user in staff(Role.COMMITTEE, round.village, at=at) if not has_rated(user, round)]
    items = uncovered(round)
    out = pairs(free, [item.subject_id for item in items], at=at)
    return not free or any(all((user.pk, item.subject_id) in out for user in free) for item in items)
