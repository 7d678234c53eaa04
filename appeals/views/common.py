"""What the pages of objections share: who is looking, in which role, and what a check says to them."""

from __future__ import annotations

from django.http import Http404

from appeals import desk as desks
from governance import access, households
from governance.models import Division, Subject
from governance.models.people import Role
from governance.refusals import Refused

OUTSIDE = (*desks.ROLES, Role.OFFICER, Role.PANEL)


def is_own(user, subject: Subject) -> bool:
    """Does a user live there."""
    member = households.member_of(user)
    return member is not None and member.subject_id == subject.pk


def role_at(user, village: Division, at) -> str:
    """In which role somebody from outside the household looks; empty for a neighbour, or a former adult of it."""
    return next((role for role in OUTSIDE if access.holds(user, role, village, at=at)), "")


def speaker_form(request, subject: Subject, at, *, own, desk, **more):
    """The form of whoever speaks: `own` for an adult of the household, else `desk` for clerk or helper.

    404 for anybody else; raises Refused for an adult who has not agreed.
    """
    more["data"] = request.POST if request.method == "POST" else None
    if is_own(request.user, subject):
        member = households.member_of(request.user)
        if not households.sees_score(member):
            raise Refused("同意参加的人才看得到分、提得了异议。请先到“同意与退出”里同意。")
        return own(member, **more)
    role = role_at(request.user, subject.village, at)
    adults = desks.adults(subject, role)
    if role not in desks.ROLES or not adults.exists():
        raise Http404
    return desk(adults, is_helper=role == Role.HELPER, **more)


def refusal(check, *args, **kwargs) -> str:
    """The sentence that a check refuses with, for showing; empty when it allows."""
    try:
        check(*args, **kwargs)
    except Refused as refused:
        return str(refused)
    return ""
