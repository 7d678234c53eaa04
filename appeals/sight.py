"""Whose cases an officer finds in the queue, and which file may be opened: looked into once a day, it is noted.

A list never names a household; a file opens for the officers and the panel of its village, for a supervisor only
while nobody else is left to act. Who must stay out of a case sees why, and nothing of it.
"""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404

from appeals import hands
from appeals.models import Objection
from appeals.who import IN_OFFICE, OFFICE, eligible, not_allowed
from governance.access import holds, roles_of, today, villages
from governance.models import User
from governance.models.people import Role
from governance.readings import log_reading, readings_of
from governance.refusals import Refused
from workflows import sight
from workflows.models import Observation

READERS = (Role.OFFICER, Role.PANEL)
BESIDE = (
    "village__parent", "subject__area", "for_member", "filed_by", "officer", "entry__rule__rulebook",
    "rule__rulebook", "scorecard", "repair__entry__rule__rulebook", "earlier",
)  # fmt: skip


def listed(user: User, *, at: datetime) -> QuerySet[Objection]:
    """Cases of the villages whose office a user holds."""
    return Objection.objects.filter(village__in=villages(user, *OFFICE, at=at))


def check_office(user: User, *, at: datetime) -> None:
    """Raises Refused for who holds no office in which objections are handled."""
    if not roles_of(user, at=at) & set(OFFICE):
        raise Refused("异议由镇里的异议专员、评审组来办，您现在没有这个职务。")


def opened(user: User, key, *, at: datetime) -> Objection:
    """A case whose page a user may open; 404 otherwise. Who must stay out is told so by the page (see `aside`)."""
    case = get_object_or_404(listed(user, at=at).select_related(*BESIDE), key=key)
    if not may_open(case, user, at=at):
        raise Http404
    return case


def may_open(case: Objection, user: User, *, at: datetime) -> bool:
    """May a user open the page of a case."""
    if any(holds(user, role, case.village, at=at) for role in READERS):
        return True
    return case.state in IN_OFFICE and user in eligible(case, at=at)


def aside(case: Objection, user: User, *, at: datetime) -> str:
    """Why a user must not see the file of a case; empty where they may. Who handled it before the review may read on."""
    if user.pk in hands.first_instance([case])[case.pk]:
        return ""
    return not_allowed(case, user, at=at)


def look(case: Objection, *, by: User, at: datetime) -> None:
    """Note once a day that somebody opened the file of a case; the household sees it (design/5-trust.md, Access)."""
    why = f"办异议{case.number}"
    looks = readings_of(case.subject).filter(by=by, why=why, at__date=today(at))
    if not looks.exists():
        role = next((role for role in OFFICE if holds(by, role, case.village, at=at)), "")
        log_reading(user=by, subject=case.subject, role=role, why=why, at=at)


def deciders(user: User, observation: Observation, at: datetime) -> bool:
    """A reader of workflows.sight: who may open the file of a case sees the evidence of what it is about."""
    if observation.entry_id is None:
        return False
    about = Q(entry=observation.entry) | Q(repair__entry=observation.entry)
    about |= Q(subject=observation.subject_id, scorecard__quarter=observation.entry.quarter)
    cases = listed(user, at=at).filter(about).select_related("village", "for_member")
    return any(may_open(case, user, at=at) and not aside(case, user, at=at) for case in cases)


def register() -> None:
    """Let the layer below ask."""
    sight.READERS.append(deciders)
