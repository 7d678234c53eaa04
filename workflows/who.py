"""Who may act on what in the month: first those in charge, then who stands in, at last the township.

Every rule here is asked when the page opens and again when it posts (design/3-processes.md).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from governance.access import staff, staff_of, today
from governance.models import Area, Division, Subject, User
from governance.models.people import Role
from governance.policies import value
from governance.recusal import pairs, recused_users
from governance.refusals import Refused
from workflows.models import Observation, Round, Sheet

NOT_OWN_SHEET = "这张是您自己评的，自己评的不能自己核，由别的组长或镇里来核。"


def raters(area: Area, subject: Subject, *, at: datetime, without: User | None = None) -> list[User]:
    """Who may rate a subject instead: raters with links in its area, then of the village, then the township."""
    village_raters = staff(Role.RATER, area.village, at=at)
    near = [user for user in village_raters if user.links.on(today(at)).filter(subject__area=area).exists()]
    return _first_impartial(
        [near, village_raters, staff(Role.PANEL, area.village, at=at)], subject, at=at, without=without
    )


def confirmers(sheet: Sheet, *, at: datetime, subject: Subject | None = None) -> list[User]:
    """Who may settle a sheet (or its items about one subject)."""
    [users] = settlers([(sheet, subject and subject.pk)], at=at).values()
    return users


def settlers(
    asked: list[tuple[Sheet, int | None]], *, at: datetime
) -> dict[tuple[int, int | None], list[User]]:
    """Who may settle several sheets of one village, or their items about one subject each: {(sheet id, subject
    id): users}; as many queries as the village has areas, however many are asked.

    The area's leaders, else the village's other leaders, else the township. Never the rater; never kin.
    """
    if not asked:
        return {}
    village = asked[0][0].village
    leaders, panel = staff_of((Role.LEADER, Role.PANEL), village, at=at)
    near = {
        area: staff(Role.LEADER, village, at=at, area=area) for area in {sheet.area for sheet, _ in asked}
    }
    kin = pairs([*leaders, *panel], {subject for _, subject in asked if subject}, at=at)

    def first_free(sheet, subject):
        for users in (near[sheet.area], leaders, panel):
            free = [u for u in users if u.pk != sheet.rater_id and (u.pk, subject) not in kin]
            if free:
                return free
        return []

    return {(sheet.pk, subject): first_free(sheet, subject) for sheet, subject in asked}


def check_confirmer(user: User, sheet: Sheet, *, at: datetime, subject: Subject | None = None) -> str:
    """The role in which a user may settle a sheet (or one item of it); raises Refused with the reason."""
    if user.pk == sheet.rater_id:
        raise Refused(NOT_OWN_SHEET)
    leaders = staff(Role.LEADER, sheet.village, at=at)
    panel = staff(Role.PANEL, sheet.village, at=at)
    if user not in leaders and user not in panel:
        raise Refused(f"核单要由{sheet.area.name}的承包组长来办，您现在没有这个职务。")
    allowed = confirmers(sheet, at=at, subject=subject)
    if user not in allowed:
        if subject and recused_users([user], subject, at=at):
            raise Refused("这一户是您自己家或亲属，由别的组长来核，不用您做什么。")
        names = "、".join(person.name for person in allowed) or "镇评审组"
        raise Refused(f"这张单由{names}来核，不用您做什么。")
    return Role.LEADER if user in leaders else Role.PANEL


def voters(observation: Observation, *, at: datetime) -> list[User]:
    """Who votes on an item: the council less kin, its rater and who confirmed it; the township's panel
    when fewer than the quorum are left."""
    return electorates([observation], at=at)[observation.pk]


@dataclass(frozen=True)
class Votable:
    """What of an item decides who votes on it; `touched_by` rated or confirmed it."""

    pk: int
    subject_id: int
    at_township: bool
    touched_by: tuple[int | None, int | None]


def votable(row: Observation) -> Votable:
    """What of a row decides who votes on it."""
    return Votable(row.pk, row.subject_id, row.at_township, (row.sheet.rater_id, row.confirmed_by_id))


def electorates(rows: list[Observation], *, at: datetime) -> dict[int, list[User]]:
    """Who votes on each of several items of one village: {observation id: users}; as many queries as for one."""
    return electorates_in(rows[0].village, [votable(row) for row in rows], at=at) if rows else {}


def electorates_in(village: Division, rows: list[Votable], *, at: datetime) -> dict[int, list[User]]:
    """As `electorates`, for items that were read without their rows."""
    council, panel = staff_of((Role.COUNCIL, Role.PANEL), village, at=at)
    least = value("quorum", village, today(at))
    out = pairs([*council, *panel], {row.subject_id for row in rows}, at=at)

    def untouched(users, row):
        return [u for u in users if u.pk not in row.touched_by and (u.pk, row.subject_id) not in out]

    def electorate(row):
        members = [] if row.at_township else untouched(council, row)
        return members if len(members) >= least else untouched(panel, row)

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
    if user.pk in (observation.sheet.rater_id, observation.confirmed_by_id):
        raise Refused("这一条是您评的或核的，您回避，不用投。")
    elsewhere = "这一条转到镇评审组去投了" if user in council else "这一条由村里的理事会投"
    raise Refused(f"{elsewhere}，不用您投。")


def has_rated(user: User, round: Round) -> bool:
    """Did a user hand in a sheet of this round (then they do not sign it)."""
    return round.sheets.filter(rater=user, filed_at__isnull=False).exists()


def _first_impartial(ladder, subject, *, at, without):
    for users in ladder:
        users = [user for user in users if without is None or user.pk != without.pk]
        out = recused_users(users, subject, at=at) if subject else set()
        left = [user for user in users if user.pk not in out]
        if left:
            return left
    return []
