"""更正申请: filed by an adult, answered by the clerk within the days (PIPL 46, 50). Points are never changed here."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from appeals.numbers import next_number
from governance import deadlines
from governance.access import check_role, today, villages
from governance.deeds import said
from governance.events import record, why_of
from governance.models import Division, Event, Member, User
from governance.models.people import Role
from governance.policies import value
from governance.refusals import Conflict, Invalid
from governance.saving import save
from governance.stories import Step
from rights.models import Rectification
from rights.speaking import check_goes_on, check_speaker
from workflows.steps import lock

State = Rectification.State
DUE = "rectification.answer"
TEXT_AT_LEAST, TEXT_LENGTH = 4, 500
TOO_SHORT = f"再写清楚一点，至少{TEXT_AT_LEAST}个字：哪里不对，应该是什么。"
# What the clerk does to mend something: one of these must have happened since it was asked for.
MENDING = (
    "subject.corrected", "subject.moved", "subject.split", "subject.merged", "member.added", "member.corrected",
    "member.left", "head.changed", "head.died", "kinship.declared", "kinship.ended", "link.made", "link.ended",
)  # fmt: skip
_SAID = {
    "rectification.filed": "说户册里有一处不对",
    "rectification.done": "改好了",
    "rectification.refused": "没有改",
    "rectification.withdrawn": "不用改了",
    "rectification.overdue": "到日子没有答复，镇里看得到了",
}
_WHO = dict(Role.choices) | {"resident": "住户", "system": "到期自动"}


@transaction.atomic
def file(*, for_member: Member, what: str, text: str, how: str, by: User, at: datetime) -> Rectification:
    """Take down what an adult says is wrong; the clerk has to answer within `rectify_days` working days.

    Raises Refused (not theirs to say), Invalid (too little said) or Conflict (the same waits already). Effects: the
    request with its number, its deadline, one event.
    """
    village = Division.objects.select_for_update(no_key=True).get(
        pk=for_member.village_id
    )  # numbers follow one another
    role = check_speaker(how, for_member, by=by, at=at)
    text = _checked(text, "text", "请写哪里不对，应该是什么。")
    if len(text) < TEXT_AT_LEAST:
        raise Invalid(text=TOO_SHORT)
    if row := waits_already(for_member, what, text):
        raise Conflict(f"已经提过了（{row.number}），{said(row.answer_by)}前答复，不用再提。")
    if what not in Rectification.What.values:
        raise Invalid(what="请选是哪一样不对。")
    days = value("rectify_days", village, today(at))
    row = Rectification(
        village=village, subject=for_member.subject, for_member=for_member, filed_by=by, how=how, what=what,
        text=text, number=next_number("ZL", village.rectifications, at), filed_at=at,
        answer_by=deadlines.workdays_after(at, days).on,
    )  # fmt: skip
    save(row, action="rectification.filed", by=by, at=at)
    deadlines.set_workdays(DUE, about=row, village=village, days=days, at=at)
    _tell("rectification.filed", row, by=by, at=at, role=role)
    return row


@transaction.atomic
def finish(*, rectification: Rectification, answer: str, by: User, at: datetime) -> Rectification:
    """The clerk mended it, and says what was changed.

    Raises Refused (not the clerk), Conflict (answered already, or nothing was changed yet) or Invalid.
    """
    row = lock(rectification, "village", "subject", "for_member")
    role = check_answer(row, by=by, at=at)
    if not mended(row).exists():
        raise Conflict("户册里还没有改动。请先点“去改户册”改好，再回来答复；不用改的，点“不改，写原因”。")
    return _answer(row, "finish", _checked(answer, "answer", "请写改了什么，让他核对。"), role, by=by, at=at)


@transaction.atomic
def refuse(*, rectification: Rectification, answer: str, by: User, at: datetime) -> Rectification:
    """Not mended, with the reason; the page says how to go on. Raises as `finish`."""
    row = lock(rectification, "village", "subject", "for_member")
    role = check_answer(row, by=by, at=at)
    return _answer(row, "refuse", _checked(answer, "answer", "不改要写原因，他看得到。"), role, by=by, at=at)


@transaction.atomic
def withdraw(*, rectification: Rectification, by: User, at: datetime) -> Rectification:
    """The adult does not want it any more, themself or at the desk. Raises Refused or Conflict."""
    row = lock(rectification, "village", "subject", "for_member")
    role = check_goes_on(row.for_member, by=by, at=at)
    _check_open(row)
    row.withdraw()
    save(row, action="rectification.withdrawn", by=by, at=at)
    deadlines.cancel(DUE, about=row, at=at)
    _tell("rectification.withdrawn", row, by=by, at=at, role=role)
    return row


@transaction.atomic
def overdue(*, rectification: Rectification, at: datetime) -> Rectification:
    """Nobody answered in time: it is said aloud and comes to the township's list. No-op once answered."""
    row = lock(rectification, "village", "subject", "for_member")
    if row.state == State.FILED:
        _tell("rectification.overdue", row, by=None, at=at, role="system")
    return row


def waits_already(member: Member, what: str, text: str) -> Rectification | None:
    """The open request in which this adult said the same: sent again by the back button, or forgotten."""
    rows = Rectification.objects.filter(for_member=member, what=what, state=State.FILED)
    return next((row for row in rows if row.text == text.strip()), None)


def check_answer(row: Rectification, *, by: User, at: datetime) -> str:
    """The role in which a user may answer now; raises Refused or Conflict."""
    role = check_role(by, Role.CLERK, village=row.village, at=at)
    _check_open(row)
    return role


def mended(row: Rectification) -> QuerySet[Event]:
    """What was changed in the roster about this household since it was asked for."""
    found = Event.objects.filter(subject_key=row.subject.key, name__in=MENDING, at__gte=row.filed_at)
    return found.order_by("id")


def waiting(user: User, *, at: datetime) -> QuerySet[Rectification]:
    """Requests of villages whose clerk a user is that still want an answer, the soonest due first."""
    rows = Rectification.objects.filter(state=State.FILED, village__in=villages(user, Role.CLERK, at=at))
    return rows.select_related("village", "subject__area").order_by("answer_by", "pk")


def late(user: User, *, at: datetime) -> QuerySet[Rectification]:
    """Requests of villages whose officer a user is that nobody answered in time."""
    rows = Rectification.objects.filter(state=State.FILED, village__in=villages(user, Role.OFFICER, at=at))
    return rows.filter(answer_by__lt=today(at)).select_related("village").order_by("answer_by", "pk")


def steps(row: Rectification) -> list[Step]:
    """What was done, oldest first, by role; two queries."""
    events = Event.objects.filter(
        about_type=row._meta.label_lower, about_id=str(row.key), name__in=_SAID
    ).select_related("body")
    return [Step(e.at, _WHO.get(e.role, ""), _SAID[e.name], why_of(e)) for e in events.order_by("id")]


def _answer(
    row: Rectification, verb: str, answer: str, role: str, *, by: User, at: datetime
) -> Rectification:
    getattr(row, verb)()
    row.answer, row.answered_by, row.answered_at = answer, by, at
    save(row, action=f"rectification.{row.state}", by=by, at=at)
    deadlines.cancel(DUE, about=row, at=at)
    _tell(f"rectification.{row.state}", row, by=by, at=at, role=role, why=answer)
    return row


def _check_open(row: Rectification) -> None:
    if row.state != State.FILED:
        raise Conflict(f"这件已经“{row.get_state_display()}”，不用再办。")


def _checked(text: str, field: str, missing: str) -> str:
    text = text.strip()
    if not text:
        raise Invalid(**{field: missing})
    if len(text) > TEXT_LENGTH:
        raise Invalid(**{field: f"最多写{TEXT_LENGTH}个字，要紧的先写。"})
    return text


def _tell(name: str, row: Rectification, *, by: User | None, at: datetime, role: str, why: str = "") -> None:
    record(
        name, village=row.village, about=row, by=by, at=at, role=role, why=why, subject_key=row.subject.key,
        detail={"number": row.number, "what": row.what}, rows=[row],
    )  # fmt: skip
