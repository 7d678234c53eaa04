"""The council's other acts: approve small items together, contest one so that it needs a ballot."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from governance.access import check_role
from governance.events import record
from governance.models import Division, User
from governance.models.people import Role
from governance.recusal import reasons
from governance.refusals import Conflict, Invalid, Refused
from governance.saving import save, update_many
from workflows.models import Observation, Round
from workflows.steps import lock

State = Observation.State
TOUCHED = "这一条是您评的或核的"


def queue(village: Division):
    """Items that wait for the council, large ones first; a page of it is one range of an index."""
    return Observation.objects.filter(village=village, state=State.CONFIRMED).order_by("-needs_ballot", "id")


@transaction.atomic
def approve_together(*, round: Round, observations: list[Observation], by: User, at: datetime) -> int:
    """Approve small uncontested plus-items in one signed act; all or none.

    Raises Refused when one of them needs a ballot or is the member's own, kin, rated or confirmed by them;
    Conflict when one was settled meanwhile.
    """
    round = lock(round)
    role = check_role(by, Role.COUNCIL, village=round.village, at=at)
    if round.state != Round.State.REVIEWING:
        raise Conflict("这个月已经不在审议了，请看看最新的情况。")
    keys = [row.pk for row in observations]
    rows = list(
        Observation.objects.select_for_update(of=("self",), no_key=True)
        .filter(pk__in=keys, round=round)
        .select_related("sheet", "subject")
        .order_by("pk")
    )
    if not rows:
        raise Invalid(items="一条也没勾，请先勾上要通过的。")
    _check_small(rows, by=by, at=at)
    for row in rows:
        row.approve()
    update_many(rows, ["state"], action="observation.approved", by=by, at=at)
    record(
        "observations.approved_together",
        village=round.village,
        about=round,
        by=by,
        at=at,
        role=role,
        rows=rows,
    )
    return len(rows)


@transaction.atomic
def contest(*, observation: Observation, why: str, by: User, at: datetime) -> Observation:
    """Ask for a ballot on a small item, with a reason."""
    lock(observation.round)
    row = lock(observation)
    role = check_contest(row, by=by, at=at)
    if not why.strip():
        raise Invalid(why="请写哪里有疑问，投票的人看得到。")
    row.contested = row.needs_ballot = True
    save(row, action="observation.contested", by=by, at=at)
    record(
        "observation.contested", village=row.village, about=row, by=by, at=at, role=role, why=why,
        subject_key=row.subject.key, rows=[row],
    )  # fmt: skip
    return row


def check_contest(observation: Observation, *, by: User, at: datetime) -> str:
    """The role in which a user may ask for a ballot on an item now; raises Refused or Conflict."""
    role = check_role(by, Role.COUNCIL, village=observation.village, at=at)
    if observation.state != State.CONFIRMED or observation.needs_ballot:
        raise Conflict("这一条已经定了，或者本来就要投票。")
    if not_mine_to_approve([observation], by=by, at=at):
        raise Refused("这一条您要回避，有没有疑问由别的理事来提。")
    return role


def not_mine_to_approve(rows: list[Observation], *, by: User, at: datetime) -> dict[int, str]:
    """Why a member stays out of single items: {observation id: reason}; two queries for any number."""
    return touched_or_kin(rows, reasons(by, {row.subject_id for row in rows}, at=at), by=by)


def touched_or_kin(rows: list, kin: dict[int, str], *, by: User) -> dict[int, str]:
    """As `not_mine_to_approve`, where it is known already of whom the member is `kin`."""
    touched = {row.pk: TOUCHED for row in rows if by.pk in (row.rater_id, row.confirmed_by_id)}
    return touched | {row.pk: kin[row.subject_id] for row in rows if row.subject_id in kin}


def _check_small(rows, *, by, at) -> None:
    for row in rows:
        if row.state != State.CONFIRMED:
            raise Conflict("勾的里面有一条刚才已经定了，一条也没通过，请再看一遍清单。")
        if row.needs_ballot:
            raise Refused("勾的里面有一条要投票，不能一并通过。")
    mine = not_mine_to_approve(rows, by=by, at=at)
    if mine:
        raise Refused(
            f"勾的里面有{len(mine)}条您要回避（{'、'.join(sorted(set(mine.values())))}），请去掉再签。"
        )
