"""What changes among the people meanwhile: consent, kin, offices, links."""

from __future__ import annotations

from datetime import timedelta

from governance import appointments, consents, kinships, links
from governance.access import today
from governance.models import Appointment, Consent, Kinship, Link
from governance.models.people import Role
from tests.walk.village import Village

MOST_TIES = 3  # declared at a time: with more of them nobody is left to judge some household


def withdraw(v: Village):
    """A head takes consent back, at the desk or alone."""
    member = v.pick(v.heads().select_related("user"))
    v.act(consents.withdraw, member=member, by=v.who([member.user or v.world.clerk]))


def agree(v: Village):
    """A head agrees, on paper or alone."""
    member = v.pick(v.heads().select_related("user"))
    purpose = v.dice.choice([Consent.Purpose.SCORING] * 3 + [Consent.Purpose.HONOUR])
    if member.user:
        v.act(consents.give, member=member, purpose=purpose, by=v.who([member.user]))
        return
    day = today(v.at) - timedelta(days=v.dice.randrange(3))
    v.act(
        consents.give_on_paper, member=member, purpose=purpose, given_on=day, witness="邻居老田",
        by=v.who(v.staff(Role.CLERK)),
    )  # fmt: skip


def declare(v: Village):
    """Somebody in office turns out to be kin of a household."""
    if Kinship.objects.filter(ends__isnull=True).count() >= MOST_TIES:
        return
    user = v.dice.choice(v.users)
    by = v.who([user, *v.staff(Role.CLERK)])
    v.act(kinships.declare, user=user, subject=v.pick(v.homes()), relation="sibling", by=by)


def end_kinship(v: Village):
    """A tie was declared by mistake."""
    tie = v.pick(Kinship.objects.all())
    if tie:
        v.act(kinships.end, kinship=tie, why=v.words(), by=v.who(v.staff(Role.CLERK)))


def end_office(v: Village):
    """An office of the village ends, with a successor or without, as long as somebody else holds it."""
    office = v.pick(Appointment.objects.filter(division=v.village).select_related("user"))
    successor = v.dice.choice([None, v.dice.choice(v.users)])
    if successor is None and office.role != Role.CLERK and len(v.staff(office.role)) < 3:
        return
    v.act(
        appointments.end,
        appointment=office,
        why=v.words(),
        successor=successor,
        by=v.who(v.staff(Role.CLERK)),
    )


def appoint(v: Village):
    """Somebody new in an office."""
    role = v.dice.choice(appointments.IN_VILLAGE)
    area = v.dice.choice([v.world.east, v.world.west]) if role == Role.LEADER else None
    v.act(
        appointments.appoint, user=v.dice.choice(v.users), role=role, division=v.village, area=area,
        by=v.who(v.staff(Role.CLERK)),
    )  # fmt: skip


def relink(v: Village):
    """A household gets another rater."""
    link = v.pick(Link.objects.filter(village=v.village).select_related("subject"))
    raters = v.staff(Role.RATER)
    v.act(
        links.relink, subject=link.subject, rater=v.who(raters), why=v.words(), by=v.who(v.staff(Role.CLERK))
    )


VERBS = {
    withdraw: 1, agree: 2, declare: 1, end_kinship: 1, end_office: 1, appoint: 1, relink: 1
}  # fmt: skip
