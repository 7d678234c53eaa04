"""Asking those who know: each answers in their own queue, by a day; who has no account is heard in person."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from appeals.models import Inquiry, Objection
from appeals.objections import check_open_case, locked, tell
from appeals.waits import DECIDING
from appeals.who import check_actor, check_somebody_left
from governance import deadlines
from governance.access import today
from governance.models import User
from governance.policies import value
from governance.prepared import prepared
from governance.refusals import Conflict, Invalid, Refused
from governance.saving import save
from workflows.steps import lock

State, Kind = Inquiry.State, Inquiry.Kind
LONGEST = 2000
DUE = "inquiry.due"


@transaction.atomic
def ask(
    *, objection: Objection, kind: str, question: str, by: User, at: datetime, to_user: User | None = None,
    to_name: str = "",
) -> Inquiry:  # fmt: skip
    """Put a question to somebody about a case that is being decided.

    Raises Refused (not one's own), Conflict (not being decided, asked already) or Invalid (nobody, no question).
    Effects: the question in their queue with its day, one event; who is asked does not decide the case any more.
    """
    row = locked(objection)
    check_open_case(row, *DECIDING)
    role = check_actor(row, by=by, at=at)
    _check(row, question, to_user, to_name.strip(), by)
    if to_user:
        check_somebody_left(row, to_user, at=at)
    days = value("inquiry_days", row.village, today(at))
    inquiry = Inquiry(
        village=row.village, objection=row, kind=kind, to_user=to_user, to_name=to_name.strip() or None,
        question=question.strip(), asked_by=by, asked_at=at,
        answer_by=deadlines.workdays_after(at, days).on,
    )  # fmt: skip
    save(inquiry, action="inquiry.asked", by=by, at=at)
    deadlines.set_workdays(DUE, about=inquiry, village=row.village, days=days, at=at)
    tell("inquiry.asked", row, by=by, at=at, role=role, why=question.strip(), rows=[inquiry])
    return inquiry


@transaction.atomic
def answer(*, inquiry: Inquiry, text: str, by: User, at: datetime) -> Inquiry:
    """Answer a question that was put to oneself; or, for somebody without an account, write down what they said.

    A late answer is taken while the case is open. Raises Refused, Conflict or Invalid.
    """
    row = locked(inquiry.objection)
    inquiry = lock(inquiry)
    role = check_answer(inquiry, row, by=by, at=at)
    if not text.strip():
        raise Invalid(answer="请写您知道的：看见了什么，哪一天，在哪里。")
    if len(text) > LONGEST:
        raise Invalid(answer=f"最多写{LONGEST}个字。")
    inquiry.reply()
    inquiry.answer, inquiry.answered_by, inquiry.answered_at = text.strip(), by, at
    save(inquiry, action="inquiry.answered", by=by, at=at)
    deadlines.cancel(DUE, about=inquiry, at=at)
    tell("inquiry.answered", row, by=by, at=at, role=role, why=text.strip(), rows=[inquiry])
    return inquiry


@transaction.atomic
def miss(*, inquiry: Inquiry, at: datetime) -> Inquiry:
    """The day passed without an answer: the case goes on without it."""
    row = locked(inquiry.objection)
    inquiry = lock(inquiry)
    if inquiry.state == State.ASKED:
        inquiry.miss()
        save(inquiry, action="inquiry.late", by=None, at=at)
        tell("inquiry.late", row, by=None, at=at, role="system", rows=[inquiry])
    return inquiry


def check_answer(inquiry: Inquiry, case: Objection, *, by: User, at: datetime) -> str:
    """The role in which a user answers; raises Refused or Conflict."""
    if case.state not in DECIDING or inquiry.state not in (State.ASKED, State.LATE):
        raise Conflict("这份调查函已经不用答了：答过了，或者那件异议办完了。")
    if inquiry.to_user_id == by.pk:
        return "asked"
    if inquiry.to_user_id:
        raise Refused(f"这份调查函是问{inquiry.to_user.name}的，由本人来答。")
    return check_actor(case, by=by, at=at)


def waiting(user: User) -> QuerySet[Inquiry]:
    """Questions that wait for a user's answer, the soonest due first."""
    rows = _waiting(user.pk)
    return rows.select_related("village", "objection").order_by("answer_by", "id")


@prepared
def is_asked(user: int):
    """Does a question wait for this user (by id): a row when there is one."""
    return _waiting(user).values_list("pk")[:1]


def _waiting(user: int) -> QuerySet[Inquiry]:
    return Inquiry.objects.filter(to_user=user, state=State.ASKED, objection__state__in=DECIDING)


def _check(case: Objection, question: str, to_user: User | None, to_name: str, by: User) -> None:
    if (to_user is None) == (not to_name):
        raise Invalid(to_user="请选一位有账号的，或者写一位没有账号的姓名、一个部门，两样里选一样。")
    if to_user == by or (to_user == case.for_member.user and to_user is not None):
        raise Invalid(to_user="办的人和提异议的人不用发调查函。住户要补材料，请点“等住户补材料”。")
    if not question.strip() or len(question) > LONGEST:
        raise Invalid(question=f"请写清楚要问什么，最多{LONGEST}个字。")
    if to_user and case.inquiries.filter(to_user=to_user, state=State.ASKED).exists():
        raise Conflict(f"{to_user.name}那里已经有一份没答的了，等他答。")
