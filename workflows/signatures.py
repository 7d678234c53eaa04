"""Signatures under a month: by people who did not rate it and have no kin in it (design/3-processes.md)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from governance.access import check_role, staff
from governance.events import record
from governance.models import Subject, User
from governance.models.people import Role
from governance.recusal import reasons
from governance.refusals import Invalid, Refused
from governance.saving import save
from workflows.flows import RoundFlow
from workflows.models import Observation, Round, Signature
from workflows.steps import lock, locked, step
from workflows.who import has_rated


def put(*, role: str, word: str, by: User, at: datetime, round=None, settlement=None) -> Signature:
    """Write a signature row; who may sign is checked by the caller."""
    thing = round or settlement
    return Signature.objects.create(
        village=thing.village,
        round=round,
        settlement=settlement,
        signer=by,
        role=role,
        word=word or None,
        signed_at=at,
    )


def standing(round: Round):
    """Signatures that count: not voided by a sending back."""
    return round.signatures.filter(void_at__isnull=True).select_related("signer").order_by("signed_at")


def uncovered(round: Round, *, at: datetime, also: User | None = None) -> list[Subject]:
    """Subjects with an approved item for whom every committee signer so far must stand aside.

    `also` counts as having signed: shows what would be left after them.
    """
    items = round.observations.filter(state=Observation.State.APPROVED)
    left = set(items.values_list("subject_id", flat=True))
    signers = [s.signer for s in standing(round) if s.role != Role.COUNCIL] + ([also] if also else [])
    for signer in signers:
        left &= set(reasons(signer, left, at=at))
    return list(Subject.objects.filter(pk__in=left))


def check_sign(round: Round, *, by: User, at: datetime) -> str:
    """The role in which a user may sign the month now; raises Refused with the reason."""
    role = check_role(by, Role.COMMITTEE, Role.PANEL, village=round.village, at=at)
    if has_rated(by, round):
        raise Refused("这个月您自己评过单，评过的人不能签字，由别的委员来签。")
    signed = {s.signer_id: s for s in standing(round)}
    if by.pk in signed:
        raise Refused("您已经签过了，同一个月一个人只签一次。")
    if role == Role.PANEL and not _panel_needed(round, at=at):
        raise Refused("村两委有人能签，不用镇里签。")
    return role


@transaction.atomic
def sign(*, round: Round, word: str, by: User, at: datetime) -> Round:
    """Sign the month. It is resolved when every item is covered by a signer who is no kin of its household."""
    round = lock(round)
    last = not uncovered(round, at=at, also=by)
    guard = step(round.process, RoundFlow.sign, by=by) if last else locked(round.process, RoundFlow.sign)
    with guard:
        role = check_sign(round, by=by, at=at)
        signature = put(round=round, role=role, word=word, by=by, at=at)
        if last:
            round.resolve()
            save(round, action="round.resolved", by=by, at=at)
        record(
            "round.signed", village=round.village, about=round, by=by, at=at, role=role, why=word,
            rows=[signature, round],
        )  # fmt: skip
    return round


@transaction.atomic
def send_back(*, observation: Observation, why: str, by: User, at: datetime) -> Observation:
    """The committee sends a single item back to the council; signatures so far are void, the item is voted on."""
    round = lock(observation.round)
    with step(round.process, RoundFlow.sign, by=by):
        role = check_sign(round, by=by, at=at)
        row = lock(observation)
        if row.state != Observation.State.APPROVED:
            raise Refused("只有通过了的才能退回。")
        if not why.strip():
            raise Invalid(why="请写为什么退回，理事会看得到。")
        if reasons(by, [row.subject_id], at=at):
            raise Refused("这一户是您自己家或亲属，您回避，不能退。")
        row.reconsider()
        row.contested = row.needs_ballot = True
        row.turn += 1
        row.ballot_closed_at = None
        save(row, action="observation.sent_back", by=by, at=at)
        round.send_back()
        save(round, action="round.sent_back", by=by, at=at)
        standing(round).update(void_at=at)
        record(
            "observation.sent_back", village=row.village, about=row, by=by, at=at, role=role, why=why,
            subject_key=row.subject.key, rows=[row, round],
        )  # fmt: skip
    return row


def _panel_needed(round: Round, *, at: datetime) -> bool:
    committee = [u for u in staff(Role.COMMITTEE, round.village, at=at) if not has_rated(u, round)]
    signed = {s.signer_id for s in standing(round)}
    left = uncovered(round, at=at)
    free = [u for u in committee if u.pk not in signed]
    if not committee:
        return True
    return bool(left) and all(len(reasons(user, left, at=at)) == len(left) for user in free)
