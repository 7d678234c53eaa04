"""Who may act on a case: nobody who touched what it is about, nobody of either side's kin (design/1-product.md, limit 7).

Asked when a case is taken on, when its page opens and when it posts. First the officers, then the township's
panel, at last the county: as long as one of them is free, nothing stands with nobody to act.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from appeals import hands
from appeals.models import Delegation, Objection
from governance.access import check_role, staff, today
from governance.models import User
from governance.models.people import Role
from governance.recusal import pairs
from governance.refusals import Refused

State = Objection.State
FIRST = (Role.OFFICER, Role.PANEL, Role.SUPERVISOR)
SECOND = (Role.PANEL, Role.OFFICER, Role.SUPERVISOR)
OFFICE = FIRST
# What the township has to act on; answered, the case waits for the household.
IN_OFFICE = (State.FILED, State.ACCEPTED, State.REVIEWING)


def rungs(case: Objection) -> tuple[str, ...]:
    """The roles that act on a case, those asked first first: in the second review the panel."""
    return SECOND if case.state == State.REVIEWING else FIRST


def eligible(case: Objection, *, at: datetime) -> list[User]:
    """Who may act on a case now: the free ones of the first rung that has any."""
    return eligible_in([case], at=at)[case.pk]


def eligible_in(cases: Collection[Objection], *, at: datetime) -> dict[int, list[User]]:
    """Who may act on each of several cases: {case id: users}. Queries grow with villages, not with cases."""
    return _in_office(cases, at=at)[0]


def _in_office(
    cases: Collection[Objection], *, at: datetime
) -> tuple[dict[int, list[User]], dict[int, dict[int, str]]]:
    """Who may act on each of several cases, and why the others of its offices must stay out."""
    office = {
        (role, case.village_id): staff(role, case.village, at=at)
        for case in {case.village_id: case for case in cases}.values()
        for role in OFFICE
    }
    everybody = {user.pk: user for users in office.values() for user in users}
    out = reasons(cases, everybody.values(), at=at)

    def first_free(case):
        on_rungs = (
            [u for u in office[role, case.village_id] if u.pk not in out[case.pk]] for role in rungs(case)
        )
        return next((users for users in on_rungs if users), [])

    return {case.pk: first_free(case) for case in cases}, out


def reasons(
    cases: Collection[Objection], users: Collection[User], *, at: datetime
) -> dict[int, dict[int, str]]:
    """Who of `users` must stay out of which case, and why: {case id: {user id: reason}}."""
    behind, asked = hands.behind(cases), hands.asked(cases)
    before = hands.first_instance([case for case in cases if case.state == State.REVIEWING])
    homes = hands.homes_of(set().union(*behind.values()))
    kin = pairs(users, {case.subject_id for case in cases} | set(homes.values()), at=at)

    def why(case, user):
        if user.pk in behind[case.pk]:
            return "这件事您经手过"
        if user.pk == case.filed_by_id or user.pk == case.for_member.user_id:
            return "这件异议是您提的，或者是您登记的"
        if user.pk in asked.get(case.pk, ()):
            return "这件异议问过您的话"
        if user.pk in before.get(case.pk, ()):
            return "头一回是您办的，复核要换人"
        if (user.pk, case.subject_id) in kin:
            return kin[user.pk, case.subject_id]
        other = {homes[hand] for hand in behind[case.pk] if hand in homes}
        return "记这一条的人是您的亲属" if any((user.pk, home) in kin for home in other) else ""

    return {case.pk: {user.pk: said for user in users if (said := why(case, user))} for case in cases}


def not_allowed(case: Objection, user: User, *, at: datetime) -> str:
    """Why a user must stay out of a case; empty when they need not."""
    return reasons([case], [user], at=at)[case.pk].get(user.pk, "")


def check_actor(case: Objection, *, by: User, at: datetime) -> str:
    """The role in which a user acts on a case now; raises Refused with the reason."""
    role = check_role(by, *rungs(case), village=case.village, at=at)
    may, out = _in_office([case], at=at)
    if why := out[case.pk].get(by.pk):
        raise Refused(f"{why}，按规定要回避，由别人来办，不用您做什么。")
    free = may[case.pk]
    if by not in free:
        raise Refused(f"这一步由{'、'.join(user.name for user in free)}来办，不用您做什么。")
    if case.officer_id and case.officer_id != by.pk and case.officer_id not in stands_in_for(by, at=at):
        raise Refused(f"这件{case.officer.name}在办。要换人，请他转交，或者定下他外出时由谁代办。")
    return role


def check_somebody_left(case: Objection, without: User, *, at: datetime) -> None:
    """Raises Refused when, with one person more out of it, nobody could act or look at a case again."""
    office = {user.pk: user for role in OFFICE for user in staff(role, case.village, at=at)}
    out = {
        without.pk,
        *reasons([case], office.values(), at=at)[case.pk],
        *hands.first_instance([case]).get(case.pk, ()),
    }
    if not office.keys() - out:
        raise Refused(
            f"这样一来，除了{without.name}就没有人能办、能复核这件异议了。请换一位，或者先请县里加派人。"
        )


def stands_in_for(user: User, *, at: datetime) -> set[int]:
    """Ids of officers who are away and whose cases a user handles meanwhile."""
    return set(Delegation.objects.on(today(at)).filter(to=user).values_list("user", flat=True))
