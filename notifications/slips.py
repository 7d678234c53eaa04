"""纸条: what a household without a phone is told on paper, carried by the clerk or by its helper."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from governance.access import check_role, villages
from governance.events import record
from governance.models import Consent, Subject, User
from governance.models.people import Role
from governance.refusals import Conflict, Invalid, Refused
from notifications.models import Channel, Delivery

State = Delivery.State
LONGEST = 40


def listed(user: User, *, at: datetime) -> QuerySet[Delivery]:
    """Slips that a user may carry, done ones too: the clerk those of the village, a helper those of households of
    which an adult asked for a helper."""
    rows = Delivery.objects.filter(channel=Channel.SLIP).exclude(state=State.DROPPED)
    mine = Q(village__in=villages(user, Role.CLERK, at=at))
    helped = Q(village__in=villages(user, Role.HELPER, at=at), message__subject_key__in=_asked())
    return rows.filter(mine | helped).select_related("message", "village")


@transaction.atomic
def hand_over(*, delivery: Delivery, to: str, by: User, at: datetime) -> Delivery:
    """A slip was handed to somebody of the household; `to` says to whom, and stays in the erasable body.

    Raises Refused (neither the clerk nor its helper), Conflict (done already) or Invalid (nobody named).
    """
    row, role = _locked(delivery, by=by, at=at)
    if row.state != State.WAITING:
        raise Conflict("这张纸条已经交过了，不用再点。")
    if not to.strip() or len(to) > LONGEST:
        raise Invalid(to=f"请写交给了谁，最多{LONGEST}个字。")
    row.state, row.done_at, row.reference = State.SENT, at, str(by.key)
    row.save(update_fields=["state", "done_at", "reference"])
    return _tell("slip.handed_over", row, role, why=to.strip(), by=by, at=at)


@transaction.atomic
def take_back(*, delivery: Delivery, why: str, by: User, at: datetime) -> Delivery:
    """It was marked by mistake: the slip waits again. Raises Refused, Conflict (it waits) or Invalid (no reason)."""
    row, role = _locked(delivery, by=by, at=at)
    if row.state != State.SENT:
        raise Conflict("这张纸条还没有交，不用改。")
    if not why.strip():
        raise Invalid(why="请写为什么改回来，比如“点错了一户”。")
    row.state, row.done_at, row.reference = State.WAITING, None, ""
    row.save(update_fields=["state", "done_at", "reference"])
    return _tell("slip.taken_back", row, role, why=why.strip(), by=by, at=at)


def homes(rows: list[Delivery]) -> dict[str, Subject]:
    """The households of some slips by key as text, in one query; for whoever may carry them."""
    keys = {row.message.subject_key for row in rows}
    return {
        str(home.key): home for home in Subject.objects.filter(key__in=keys).select_related("area", "village")
    }


def _locked(delivery: Delivery, *, by: User, at: datetime) -> tuple[Delivery, str]:
    rows = Delivery.objects.select_for_update(of=("self",), no_key=True).select_related("message", "village")
    row = rows.get(pk=delivery.pk, channel=Channel.SLIP)
    role = check_role(by, Role.CLERK, Role.HELPER, village=row.village, at=at)
    if role == Role.HELPER and not _asked().filter(member__subject__key=row.message.subject_key).exists():
        raise Refused("这一户没有请代办员帮忙，纸条由文书来交。")
    return row, role


def _asked() -> QuerySet:
    asked = Consent.objects.filter(
        purpose=Consent.Purpose.HELPER, withdrawn_on__isnull=True, member__left_on__isnull=True
    )
    return asked.values("member__subject__key")


def _tell(name: str, row: Delivery, role: str, *, why: str, by: User, at: datetime) -> Delivery:
    record(
        name, village=row.village, about=row, by=by, at=at, role=role, why=why, subject_key=row.message.subject_key
    )  # fmt: skip
    return row
