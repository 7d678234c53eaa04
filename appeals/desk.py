"""The desk: find a household for somebody who stands there, and show what they may object to.

By area and door, or by an exact name; a helper finds only households one of whose adults asked for help.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from django.db.models import Case, Q, QuerySet, When

from appeals.against import YEAR
from appeals.models import Objection, Repair
from appeals.objections import visible
from governance import access, consents, households
from governance.households import Row
from governance.models import Consent, Division, Member, Scorecard, Subject, User
from governance.models.people import Role
from governance.readings import log_reading

ROLES = (Role.CLERK, Role.HELPER)
WHY = "替这一户看公示的记分，记异议"
QUARTERS = 5  # whatever may still be objected to: a year back from any day


class More(NamedTuple):
    """What a household may object to besides single lines, and what it did object to."""

    cards: list[Scorecard]
    repairs: list[Repair]
    cases: list[Objection]


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
    """The last year's lines that may be objected to or repaired, or already are; the household sees who looked.

    No total and no colour: the desk needs the lines only. Empty for a household that does not take part.
    """
    role = access.check_role(by, *ROLES, village=subject.village, at=at)
    if not consents.is_agreed(subject):
        return []
    log_reading(user=by, subject=subject, role=role, why=WHY, at=at)
    within = households.quarters_of(subject, at)[:QUARTERS]
    found = set(subject.entries.filter(quarter__in=within).values_list("quarter", flat=True))
    rows = [
        row
        for quarter in sorted(found, reverse=True)
        for row in reversed(households.sheet(subject, quarter, at=at).rows)
    ]
    return list(
        {row.entry.pk: row for row in rows if row.is_counted or row.case or row.can_be_mended}.values()
    )


def also_open(subject: Subject, *, by: User, at: datetime) -> More | None:
    """What else a household may object to, and its open cases; None when it does not take part."""
    if not consents.is_agreed(subject):
        return None
    posted = subject.scorecards.filter(published_at__gte=at - YEAR).order_by("-quarter", "version")
    return More(
        list({card.quarter: card for card in posted}.values()),
        list(subject.repairs.filter(state=Repair.State.REFUSED)),
        list(visible(by, at=at).filter(subject=subject, state__in=Objection.OPEN)),
    )


def taken_down(user: User, village: Division, *, at: datetime) -> QuerySet[Objection]:
    """Cases of a village that were filed at its desk or by its helpers: open ones first, the soonest due on top."""
    rows = visible(user, at=at).filter(village=village).exclude(how=Objection.How.ONLINE)
    done = Case(When(state__in=Objection.OPEN, then=0), default=1)
    return rows.alias(done=done).order_by("done", "answer_by", "-filed_at", "-pk")


def by_number(user: User, village: Division, number: str, *, at: datetime) -> Objection | None:
    """The case of a village with this number, if it is one the user may open."""
    return visible(user, at=at).filter(village=village, number=number).first()


def _asking(purpose: str) -> QuerySet[Member]:
    return Member.objects.filter(
        left_on__isnull=True, consents__purpose=purpose, consents__withdrawn_on__isnull=True
    )
