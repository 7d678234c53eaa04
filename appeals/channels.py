"""By which way a household says something: the adult online, the clerk at the desk, a helper whom the adult asked."""

from __future__ import annotations

from datetime import datetime

from appeals.models import Objection
from governance import consents
from governance.access import check_role
from governance.models import Consent, Member, User
from governance.models.people import Role
from governance.refusals import Invalid, Refused

How = Objection.How  # a repair is filed by the same ways


def check_channel(how: str, for_member: Member, *, by: User, at: datetime) -> str:
    """The role in which a user speaks for an adult by this way; raises Refused, or Invalid for no such way."""
    match how:
        case How.ONLINE:
            if for_member.user_id != by.pk:
                raise Refused("这件事要本人来提。帮别人提，请到村部，或者由他请的代办员提。")
            return "resident"
        case How.DESK | How.PAPER:
            return check_role(by, Role.CLERK, village=for_member.village, at=at)
        case How.HELPER:
            return _check_helper(for_member, by=by, at=at)
    raise Invalid(how="请选是怎么提的。")


def check_household(case, *, by: User, at: datetime) -> str:
    """The role in which a user goes on with a case for its adult: themself, the clerk, or a helper they asked.

    `case` is anything with `for_member`. Raises Refused.
    """
    if case.for_member.user_id == by.pk:
        return "resident"
    if consents.standing(case.for_member).filter(purpose=Consent.Purpose.HELPER).exists():
        return check_role(by, Role.CLERK, Role.HELPER, village=case.village, at=at)
    return check_role(by, Role.CLERK, village=case.village, at=at)


def _check_helper(member: Member, *, by: User, at: datetime) -> str:
    role = check_role(by, Role.HELPER, village=member.village, at=at)
    if not consents.standing(member).filter(purpose=Consent.Purpose.HELPER).exists():
        raise Refused("这一位还没有请代办员。请他先在自己手机上点，或者在纸上签好交文书。")
    return role
