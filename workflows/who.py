"""Who may act on what in the month: first those in charge, then who stands in, at last the township.

Every rule here is asked when the page opens and again when it posts (design/3-processes.md).

Kin stay out of everything about a household. Whose work it objected to stays out of its deductions for a while
(governance.shields), as long as anybody else can judge: when all of the township's panel are objected to, the
panel judges, for a case must not stand with nobody to act. Signing is not asked here: a signature stands under a
whole month, and the one thing a signer does to a single item, sending it back, costs the household nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from governance import shields
from governance.access import staff, staff_of, today
from governance.models import Division, Subject, User
from governance.models.people import Role
from governance.policies import value
from governance.recusal import pairs, recused_users
from governance.refusals import Refused
from workflows.models import Observation, Round, Sheet

NOT_OWN_SHEET = "这张是您自己评的，自己评的不能自己核，由别的组长或镇里来核。"


class _Aside:
    """Who of some users must stay out of what: kin of everything, who was objected to of deductions only."""

    def __init__(self, users: list[User], asked: Iterable[tuple[int, bool]], *, at: datetime):
        asked = set(asked)
        self._kin = pairs(users, {subject for subject, _ in asked}, at=at)
        self._shielded = shields.pairs(users, {subject for subject, deducts in asked if deducts}, at=at)

    def impartial(self, users: list[User], subject: int | None) -> list[User]:
        """Those who are no kin."""
        return [user for user in users if (user.pk, subject) not in self._kin]

    def free(self, users: list[User], subject: int | None, deducts: bool) -> list[User]:
        """Those who are no kin and, of a deduction, those whose work was not objected to."""
        left = self.impartial(users, subject)
        return [user for user in left if not deducts or (user.pk, subject) not in self._shielded]


def rater_rungs(
    subject: Subject, *, at: datetime, without: User, deducts: bool = False
) -> Iterable[list[User]]:
    """Who may rate a subject instead, nearest first: raters with links in its area, of the village, the
    township's panel; of a deduction only those whose work the household has not objected to."""
    here, panel = (staff(role, subject.village, at=at) for role in (Role.RATER, Role.PANEL))
    near = [user for user in here if user.links.on(today(at)).filter(subject__area=subject.area_id).exists()]
    aside = _Aside([*here, *panel], [(subject.pk, deducts)], at=at)
    for users in (near, here, panel):
        yield [user for user in aside.free(users, subject.pk, deducts) if user.pk != without.pk]


def confirmers(sheet: Sheet, *, at: datetime, item: Observation | None = None) -> list[User]:
    """Who may settle a sheet (or one item of it)."""
    [users] = settlers([(sheet, item)], at=at).values()
    return users


def settlers(
    asked: list[tuple[Sheet, Observation | None]], *, at: datetime
) -> dict[tuple[int, int | None], list[User]]:
    """Who may settle several sheets of one village, or one item of them each: {(sheet id, item id): users}; as
    many queries as the village has areas, however many are asked.

    The area's leaders, else the village's other leaders, else the township. Never the rater; never kin; a
    deduction not by whom the household objected to while anybody else is left.
    """
    if not asked:
        return {}
    village = asked[0][0].village
    leaders, panel = staff_of((Role.LEADER, Role.PANEL), village, at=at)
    near = {
        area: staff(Role.LEADER, village, at=at, area=area) for area in {sheet.area for sheet, _ in asked}
    }
    items = [item for _, item in asked if item]
    aside = _Aside([*leaders, *panel], ((i.subject_id, i.is_deduction) for i in items), at=at)

    def first_free(sheet, item):
        subject, deducts = (item.subject_id, item.is_deduction) if item else (None, False)
        rungs = [aside.free(users, subject, deducts) for users in (near[sheet.area], leaders, panel)]
        for users in (*rungs, aside.impartial(panel, subject)):
            free = [user for user in users if user.pk != sheet.rater_id]
            if free:
                return free
        return []

    return {(sheet.pk, item and item.pk): first_free(sheet, item) for sheet, item in asked}


def check_confirmer(user: User, sheet: Sheet, *, at: datetime, item: Observation | None = None) -> str:
    """The role in which a user may settle a sheet (or one item of it); raises Refused with the reason."""
    if user.pk == sheet.rater_id:
        raise Refused(NOT_OWN_SHEET)
    leaders = staff(Role.LEADER, sheet.village, at=at)
    panel = staff(Role.PANEL, sheet.village, at=at)
    if user not in leaders and user not in panel:
        raise Refused(f"核单要由{sheet.area.name}的承包组长来办，您现在没有这个职务。")
    allowed = confirmers(sheet, at=at, item=item)
    if user not in allowed:
        if item and recused_users([user], item.subject, at=at):
            raise Refused("这一户是您自己家或亲属，由别的组长来核，不用您做什么。")
        _check_unshielded(user, item, at=at)
        names = "、".join(person.name for person in allowed) or "镇评审组"
        raise Refused(f"这张单由{names}来核，不用您做什么。")
    return Role.LEADER if user in leaders else Role.PANEL


def voters(observation: Observation, *, at: datetime) -> list[User]:
    """Who votes on an item: the council less kin, its rater, who confirmed it and, of a deduction, whom the
    household objected to; the township's panel when fewer than the quorum are left."""
    return electorates([observation], at=at)[observation.pk]


@dataclass(frozen=True)
class Votable:
    """What of an item decides who votes on it; `touched_by` rated or confirmed it."""

    pk: int
    subject_id: int
    at_township: bool
    is_deduction: bool
    touched_by: tuple[int | None, int | None]


def votable(row: Observation) -> Votable:
    """What of a row decides who votes on it."""
    return Votable(
        row.pk, row.subject_id, row.at_township, row.is_deduction, (row.rater_id, row.confirmed_by_id)
    )


def electorates(rows: list[Observation], *, at: datetime) -> dict[int, list[User]]:
    """Who votes on each of several items of one village: {observation id: users}; as many queries as for one."""
    return electorates_in(rows[0].village, [votable(row) for row in rows], at=at) if rows else {}


def electorates_in(village: Division, rows: list[Votable], *, at: datetime) -> dict[int, list[User]]:
    """As `electorates`, for items that were read without their rows."""
    council, panel = staff_of((Role.COUNCIL, Role.PANEL), village, at=at)
    least = value("quorum", village, today(at))
    aside = _Aside([*council, *panel], ((row.subject_id, row.is_deduction) for row in rows), at=at)

    def electorate(row):
        members = [] if row.at_township else aside.free(council, row.subject_id, row.is_deduction)
        members = untouched(members, row)
        if len(members) >= least:
            return members
        township = untouched(aside.free(panel, row.subject_id, row.is_deduction), row)
        return township or untouched(aside.impartial(panel, row.subject_id), row)

    def untouched(users, row):
        return [user for user in users if user.pk not in row.touched_by]

    return {row.pk: electorate(row) for row in rows}


def approvers(observation: Observation, *, at: datetime) -> list[User]:
    """Council members who may approve a small item: no kin, neither its rater nor who confirmed it."""
    council = staff(Role.COUNCIL, observation.village, at=at)
    out = recused_users(council, observation.subject, at=at)
    out |= {observation.sheet.rater_id, observation.confirmed_by_id}
    return [user for user in council if user.pk not in out]


def check_voter(user: User, observation: Observation, *, at: datetime) -> str:
    """The role in which a user votes on an item; raises Refused with the reason (kin never see the ballot)."""
    council, panel = staff_of((Role.COUNCIL, Role.PANEL), observation.village, at=at)
    if user in voters(observation, at=at):
        return Role.COUNCIL if user in council else Role.PANEL
    if user not in council and user not in panel:
        raise Refused("投票要由和治理事会的理事来办，您现在没有这个职务。")
    if recused_users([user], observation.subject, at=at):
        raise Refused("这一户是您自己家或亲属，您回避，看不到这一票，也不用投。")
    _check_unshielded(user, observation, at=at)
    if user.pk in (observation.sheet.rater_id, observation.confirmed_by_id):
        raise Refused("这一条是您评的或核的，您回避，不用投。")
    elsewhere = "这一条转到镇评审组去投了" if user in council else "这一条由村里的理事会投"
    raise Refused(f"{elsewhere}，不用您投。")


def has_rated(user: User, round: Round) -> bool:
    """Did a user hand in a sheet of this round (then they do not sign it)."""
    return round.sheets.filter(rater=user, filed_at__isnull=False).exists()


def _check_unshielded(user: User, item: Observation | None, *, at: datetime) -> None:
    if item and item.is_deduction and shields.is_shielded(user, item.subject, at=at):
        raise Refused(f"{shields.SHIELDED}。")
