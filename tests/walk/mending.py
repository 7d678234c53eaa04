"""Repairs, corrections in bulk and amended colours on the walk: every verb, by who may and by who may not."""

from __future__ import annotations

from datetime import timedelta

from appeals import corrections, repair_posting, repair_review, repairs
from appeals.models import Correction, Repair
from appeals.repair_who import electors, verifiers
from governance.access import today
from governance.models import Entry, Member
from governance.models.people import Role
from tests.months import photo
from tests.walk.village import Village
from workflows import amendment_signing
from workflows.models import Amendment, Round

State = Repair.State


def promise(v: Village):
    """A household wants to make a deduction good; sometimes it is a plus, or gone."""
    deductions = Entry.objects.filter(village=v.village, rule__sign=-1)
    entry = v.pick(v.dice.choice([deductions] * 9 + [Entry.objects.all()]).select_related("subject", "rule"))
    member = entry and v.pick(Member.objects.filter(subject=entry.subject).select_related("user"))
    if member is None:
        return
    how = "online" if member.user else "desk"
    due = today(v.at) + timedelta(days=v.dice.choice([10, 10, 20, -1, 200]))
    v.act(
        repairs.apply, entry=entry, wrong=v.words(), promise=v.words(), due_on=due, how=how, for_member=member,
        by=v.who([member.user] if member.user else v.staff(Role.CLERK)),
    )  # fmt: skip


def show(v: Village):
    """Done, with a photo or without."""
    if row := _repair(v, State.PROMISED):
        v.act(repairs.show, repair=row, done=v.words(), files=[photo()], by=v.who(_household(v, row)))


def withdraw(v: Village):
    """Not any more."""
    if row := _repair(v, *Repair.OPEN):
        v.act(repairs.withdraw, repair=row, by=v.who(_household(v, row)))


def look(v: Village):
    """A leader goes and sees."""
    row = _repair(v, State.SHOWN)
    if row is None:
        return
    by = v.who(verifiers([row], at=v.at)[row.pk])
    match v.dice.choice(["verify"] * 4 + ["send_back", "refuse"]):
        case "verify":
            v.act(repair_review.verify, repair=row, by=by)
        case "send_back":
            v.act(repair_review.send_back, repair=row, why=v.words(), by=by)
        case "refuse":
            v.act(repair_review.refuse, repair=row, why=v.words(), by=by)


def vote(v: Village):
    """The council agrees or not."""
    if row := _repair(v, State.VERIFIED):
        agrees = v.dice.random() < 0.8
        by = v.who(electors([row], at=v.at)[row.pk])
        v.act(repair_review.vote, repair=row, agrees=agrees, reason=v.words(), by=by)


def revoke(v: Village):
    """It was a fraud."""
    if row := _repair(v, State.PUBLISHED):
        v.act(repair_posting.revoke, repair=row, why=v.words(), by=v.who([v.world.officer]))


def propose(v: Village):
    """A rule or a month is set aside: the list is made."""
    month = v.pick(Round.objects.filter(publication__isnull=False))
    about = v.dice.choice([{"rule": v.dice.choice(list(v.world.rules.values()))}, {"round": month}])
    if None in about.values():
        return
    v.act(
        corrections.propose,
        village=v.village,
        ground=v.words(),
        source=v.words(),
        by=v.who([v.world.officer]),
        **about,
    )


def correct(v: Village):
    """The list is signed, or dropped."""
    row = v.pick(Correction.objects.filter(state="proposed"))
    if row is None:
        return
    if v.dice.random() < 0.3:
        v.act(corrections.drop, correction=row, by=v.who([row.proposed_by]))
    else:
        v.act(corrections.sign, correction=row, by=v.who(corrections.signers(row, at=v.at)))


def sign_anew(v: Village):
    """Somebody looks at an amended card and signs it."""
    row = v.pick(Amendment.objects.filter(state="waiting"))
    if row is None:
        return
    by = v.who(amendment_signing.signers([row], at=v.at)[row.pk])
    v.act(amendment_signing.look, amendment=row, by=by)
    v.act(amendment_signing.sign, amendment=row, word="", by=by)


def _repair(v: Village, *states) -> Repair | None:
    rows = Repair.objects.filter(state__in=states)
    return v.pick(rows.select_related("village", "entry__rule", "subject", "for_member__user"))


def _household(v: Village, row: Repair) -> list:
    return [row.for_member.user] if row.for_member.user else v.staff(Role.CLERK)


VERBS = {
    promise: 14, show: 10, withdraw: 1, look: 12, vote: 20, revoke: 1, propose: 1, correct: 2, sign_anew: 8
}  # fmt: skip
