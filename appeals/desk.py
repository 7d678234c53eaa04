"""The desk: find a household for somebody who stands there, and show what they may object to.

By area and door, or by an exact name; a helper finds only households one of whose adults asked for help.
"""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q, QuerySet

from governance import access, consents, households
from governance.households import Row
from governance.models import Consent, Division, Member, Subject, User
from governance.models.people import Role
from governance.readings import log_reading

ROLES = (Role.CLERK, Role.HELPER)
WHY = "替这一户看公示的记分，记异议"


def subjects(user: User, village: Division, *, at: datetime) -> QuerySet[Subject]:
    """Households of a village a clerk or helper may look up. Raises Refused for anybody else."""
    role = access.check_role(user, *ROLES, village=village, at=at)
    found = Subject.objects.living().filter(village=village)
    if role == Role.HELPER:
        found = found.filter(members__in=_asking(Consent.Purpose.HELPER)).distinct()
    return found.select_related("area", "village").order_by("area__position", "door_order", "pk")


def find(user: User, village: Division, *, at: datetime, area=None, door="", name="") -> list[Subject]:
    """Households at a door, or with exactly this name or an adult of this name."""
    found = subjects(user, village, at=at)
    if name:
        here = Member.objects.filter(village=village, name_index=name, left_on__isnull=True)
        return list(found.filter(Q(name_index=name) | Q(pk__in=here.values("subject"))))
    return list(found.filter(area=area, door=door))


def adults(subject: Subject, role: str) -> QuerySet[Member]:
    """Adults for whom somebody in this role may file: they agreed to scoring, and to a helper where it is one."""
    found = subject.members.filter(pk__in=_asking(Consent.Purpose.SCORING))
    if role == Role.HELPER:
        found = found.filter(pk__in=_asking(Consent.Purpose.HELPER))
    return found.order_by("-is_head", "pk")


def open_file(subject: Subject, *, by: User, at: datetime) -> list[Row]:
    """The lines that may be objected to or repaired now, or already are; the look is logged and shown to the household.

    No total and no colour: the desk needs the lines only. Empty for a household that does not take part.
    """
    role = access.check_role(by, *ROLES, village=subject.village, at=at)
    if not consents.is_agreed(subject):
        return []
    log_reading(user=by, subject=subject, role=role, why=WHY, at=at)
    sheets = [
        households.sheet(subject, quarter, at=at) for quarter in households.quarters_of(subject, at)[:2]
    ]
    rows = [
        row
        for sheet in reversed(sheets)
        for row in sheet.rows
        if row.is_open or row.case or row.can_be_mended
    ]
    return list({row.entry.pk: row for row in rows}.values())


def _asking(purpose: str) -> QuerySet[Member]:
    return Member.objects.filter(
        left_on__isnull=True, consents__purpose=purpose, consents__withdrawn_on__isnull=True
    )
