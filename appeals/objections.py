"""Taking down an objection, and taking it back: who may, and what happens at once (design/3-processes.md, Objection).

An objection never costs anything: a deduction stops counting while the case is open, a plus goes on counting.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse

from appeals import clock
from appeals.against import Against, check_open
from appeals.channels import check_channel, check_household
from appeals.flow import ObjectionFlow
from appeals.hands import entries_of
from appeals.models import Hearing, Inquiry, Objection
from appeals.next_steps import next_of
from appeals.numbers import next_number
from governance import consents, holds, shields, stories
from governance.access import villages
from governance.events import record
from governance.models import Consent, Division, Member, User
from governance.models.people import Role
from governance.refusals import Conflict, Invalid, Refused
from governance.saving import save
from workflows.steps import cancel, lock

How, State, Purpose, About = Objection.How, Objection.State, Consent.Purpose, Objection.About
TEXT_LENGTH = 2000


@transaction.atomic
def file(*, against: Against, text: str, how: str, for_member: Member, by: User, at: datetime) -> Objection:
    """Take down an adult's objection, and hold the line it is about at once.

    Own words may be left out only by the adult themself, about a line, within its window. Raises Refused (not
    theirs, no consent, nothing to object to), Conflict (a case is open already) or Invalid (no words, or too
    many). Effects: the case with its number, linked to the earlier one about the same thing, its process and
    clock, a hold, shields for the household against whoever it criticises, one event.
    """
    village = Division.objects.select_for_update(no_key=True).get(
        pk=against.subject.village_id
    )  # numbers follow one another
    role = check_file(against, how=how, for_member=for_member, by=by, at=at)
    is_late = check_open(against, at=at)
    _check_text(text.strip(), against, how, is_late=is_late)
    row = Objection(
        village=village, subject=against.subject, about=against.about, entry=against.entry,
        scorecard=against.scorecard, repair=against.repair, rule=against.rule, occurred_on=against.occurred_on,
        for_member=for_member, filed_by=by, how=how, text=text.strip(), is_late=is_late,
        earlier=against.cases().first(),
        number=next_number("YY", village.objections, at), filed_at=at,
        answer_by=clock.first_day(village, at=at),
    )  # fmt: skip
    if against.entry:
        holds.place(entry=against.entry, cause=cause_of(row), by=by, at=at)
    save(row, action="objection.filed", by=by, at=at)
    clock.start(row, at=at)
    ObjectionFlow.start.run(objection=row)
    _shield(row, by=by, at=at)
    tell("objection.filed", row, why=row.text, by=by, at=at, role=role)
    return row


@transaction.atomic
def withdraw(*, objection: Objection, by: User, at: datetime) -> Objection:
    """The adult it was filed for does not want it any more, themself or at the desk; the line counts again.

    Raises Refused, or Conflict when it is not open any more.
    """
    row = locked(objection)
    role = check_withdraw(row, by=by, at=at)
    end(row, "withdraw", by=by, at=at)
    cancel(row.process)
    tell("objection.withdrawn", row, by=by, at=at, role=role)
    return row


def end(row: Objection, verb: str, *, by: User | None, at: datetime) -> None:
    """What every end has in common: the state, the clock, the hold, questions and meetings nobody needs any more."""
    getattr(row, verb)()
    row.closed_at = at
    clock.stop(row, at=at)
    save(row, action=f"objection.{row.state}", by=by, at=at)
    holds.lift(cause=cause_of(row), by=by, at=at)
    for inquiry in row.inquiries.filter(state__in=[Inquiry.State.ASKED, Inquiry.State.LATE]):
        inquiry.drop()
        save(inquiry, action="inquiry.dropped", by=by, at=at)
    for hearing in row.hearings.filter(state=Hearing.State.PLANNED):
        hearing.cancel()
        save(hearing, action="hearing.cancelled", by=by, at=at)


def locked(objection: Objection) -> Objection:
    """The case read anew, its process locked before it (docs/decisions/0009)."""
    process = objection.process
    lock(process)
    return lock(objection, "village", "subject", "entry__rule", "for_member")


def check_file(against: Against, *, how: str, for_member: Member, by: User, at: datetime) -> str:
    """The role in which a user may file this by this way; raises Refused with the sentence to show."""
    if for_member.subject_id != against.subject.pk or for_member.left_on:
        raise Refused("只有这一户的成年人能提这一户的异议。")
    role = check_channel(how, for_member, by=by, at=at)
    if not consents.standing(for_member).filter(purpose=Purpose.SCORING).exists():
        raise Refused("提异议的人要先同意参加。还没同意的，请先到“同意与退出”里同意。")
    return role


def check_withdraw(objection: Objection, *, by: User, at: datetime) -> str:
    """The role in which a user may withdraw a case now; raises Refused or Conflict."""
    if objection.state not in Objection.OPEN:
        raise Conflict(f"这件异议已经“{objection.get_state_display()}”，不用再点。")
    return check_household(objection, by=by, at=at)


def check_open_case(case: Objection, *states: str) -> None:
    """Raises Conflict when a case is not in one of these states any more."""
    if case.state not in states:
        raise Conflict(f"这件异议现在是“{case.get_state_display()}”，您的没有存。请看看最新的情况。")


def visible(user: User, *, at: datetime) -> QuerySet[Objection]:
    """Cases a user may open: their own household's, those of villages whose clerk or officer they are, as the panel
    those in second review, what is or was on their desk, and as a helper those they filed or are asked to help with.
    """
    home = Q(for_member__user=user) | Q(subject__members__in=_adults_of(user))
    staff = Q(village__in=villages(user, Role.CLERK, Role.OFFICER, at=at))
    staff |= Q(officer=user) | Q(decisions__decided_by=user)
    staff |= Q(state=State.REVIEWING, village__in=villages(user, Role.PANEL, at=at))
    asked = Consent.objects.filter(purpose=Purpose.HELPER, withdrawn_on__isnull=True).values("member")
    helper = Q(village__in=villages(user, Role.HELPER, at=at)) & (Q(filed_by=user) | Q(for_member__in=asked))
    rows = Objection.objects.filter(home | staff | helper)
    return rows.select_related(
        "village__parent", "subject__area", "for_member", "filed_by", "officer", "entry__rule__rulebook", "rule",
        "scorecard", "repair",
    ).distinct()  # fmt: skip


def cause_of(objection: Objection) -> str:
    """What the hold says it is there for."""
    return f"objection:{objection.key}"


def cases(keys: list[str]) -> dict[str, stories.Case]:
    """What the household's page says about cases, by key; one query."""
    return {str(row.key): _as_told(row) for row in _told().filter(key__in=keys)}


def open_cases(subject: int) -> list[stories.Case]:
    """What the household's page says about its open cases; one query."""
    return [_as_told(row) for row in _told().filter(subject=subject, state__in=Objection.OPEN)]


def _told() -> QuerySet[Objection]:
    return Objection.objects.select_related("entry", "scorecard").defer("text")


def _as_told(row: Objection) -> stories.Case:
    following = next_of(row)
    return stories.Case(
        number=row.number, filed_at=row.filed_at, answer_by=row.answer_by, url=reverse("objection", args=[row.key]),
        about="" if row.entry_id else row.get_about_display(),
        quarter=row.scorecard.quarter if row.scorecard else "",
        sentence=following.sentence if following else "", is_yours=bool(following and following.is_yours),
    )  # fmt: skip


def tell(
    name: str, row: Objection, *, by: User | None, at: datetime, role: str, why: str = "", **more
) -> None:
    """Record what was done about a case; its words stay in the erasable body."""
    detail = {"number": row.number, "how": row.how, "for": str(row.for_member.key), **more.pop("detail", {})}
    return record(
        name, village=row.village, about=row, by=by, at=at, role=role, why=why, subject_key=row.subject.key,
        detail=detail, rows=[row, *more.pop("rows", ())], **more,
    )  # fmt: skip


def _shield(row: Objection, *, by: User, at: datetime) -> None:
    """Whoever had a hand in the criticised lines stays out of this household's next deductions."""
    told = stories.touched(entry.source for entry in entries_of(row))
    users = User.objects.filter(pk__in=set().union(*told.values()))
    shields.raise_for(
        subject=row.subject, users=users, cause=cause_of(row), village=row.village, by=by, at=at
    )


def _check_text(text: str, against: Against, how: str, *, is_late: bool) -> None:
    if len(text) > TEXT_LENGTH:
        raise Invalid(text=f"最多写{TEXT_LENGTH}个字，要紧的先写，别的可以当面补。")
    if text:
        return
    if how != How.ONLINE:
        raise Invalid(text="请把他说的话照样记下来，一两句就行。")
    if is_late:
        raise Invalid(text="公示期过了，请写为什么现在才提，镇里先看这个理由。")
    if against.about != About.ENTRY:
        raise Invalid(text="请写一两句哪里不对，怎么回事。")


def _adults_of(user: User) -> QuerySet[Member]:
    """The user's own membership, while their consent stands."""
    return Member.objects.filter(
        user=user,
        left_on__isnull=True,
        consents__purpose=Purpose.SCORING,
        consents__withdrawn_on__isnull=True,
    )
