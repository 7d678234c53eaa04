"""经过: everything done about a case, in plain words, as its household reads it. By role, never by name.

What an officer writes for colleagues (why a case was passed on) stays out; so does what others answered, until
the case was decided.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.utils import timezone

from appeals.models import Decision, Hearing, Inquiry, Objection
from governance.events import last, row_name, why_of
from governance.models import Event
from governance.models.people import Role
from governance.stories import Step

_ROLES = dict(Role.choices) | {"resident": "住户", "system": "到期自动", "asked": "问到的人"}
SAID = {
    "objection.filed": "提了异议",
    "objection.accepted": "收了，开始查",
    "objection.refused": "不收",
    "objection.lapsed": "到期没定，按住户的办，这条减分撤销",
    "objection.to_township": "到期没定，转给镇里别的人定",
    "objection.overdue": "复核到期还没定，监督的人看得到，重新算日子",
    "objection.at_risk": "快到期了，提醒了办的人",
    "objection.claimed": "领了这件，由他办",
    "objection.handed_over": "换了一位来办",
    "objection.passed_on": "换了一位来办",
    "objection.extended": "延长了时间",
    "objection.suspended": "等住户补材料",
    "objection.resumed": "接着办",
    "objection.handed_in": "交了材料",
    "objection.review_asked": "请别的人复核",
    "objection.closed": "照结果办了",
    "objection.overtaken": "这一条和别的一起撤掉了，异议办结",
    "objection.withdrawn": "不办了",
}
_HEARINGS = {
    "hearing.called": "定了当面听",
    "hearing.held": "当面听过了，下面是记录",
    "hearing.cancelled": "当面听取消了",
}
# Events whose words the household reads as their reason.
WITH_REASON = {
    "objection.filed", "objection.refused", "objection.decided", "objection.extended", "objection.suspended",
    "objection.review_asked", "hearing.held", "hearing.cancelled",
}  # fmt: skip


def steps(case: Objection) -> list[Step]:
    """What was done so far, oldest first; a constant number of queries."""
    rows = {row_name(row): row for row in _things(case)}
    events = Event.objects.filter(about_type=case._meta.label_lower, about_id=str(case.key))
    told = []
    for event in events.select_related("body").order_by("id"):
        about = next((rows[name] for name in event.digests if name in rows), None)
        if what := _what(event.name, about):
            told.append(Step(event.at, _who(event, about), what, _why(event, about, case)))
    return told


def asked_for(case: Objection) -> str:
    """What the household is asked to bring while the clock stands."""
    return why_of(last(case, "objection.suspended"))


def _things(case: Objection) -> Iterable:
    yield from case.inquiries.all()
    yield from case.hearings.all()
    yield from case.decisions.all()


def _what(name: str, about) -> str:
    match about:
        case Inquiry():
            return _of_inquiry(name, about)
        case Hearing() if name in _HEARINGS:
            return f"{_HEARINGS[name]}：{_moment(about.takes_place_at)}，{about.place}"
        case Decision() if name == "objection.decided":
            return f"定了：{about.get_outcome_display()}"
    return SAID.get(name, "")


def _of_inquiry(name: str, inquiry: Inquiry) -> str:
    whom = inquiry.get_kind_display()
    day = f"{inquiry.answer_by.month}月{inquiry.answer_by.day}日"
    return {
        "inquiry.asked": f"问了{whom}，请{day}前答",
        "inquiry.answered": f"{whom}答了",
        "inquiry.late": f"{whom}到期没答，不等了，答来了照样看",
    }.get(name, "")


def _moment(at: datetime) -> str:
    local = timezone.localtime(at)
    return f"{local.month}月{local.day}日{local:%H:%M}"


def _who(event: Event, about) -> str:
    if event.role == "asked" and isinstance(about, Inquiry):
        return about.get_kind_display()
    return _ROLES.get(event.role, "")


def _why(event: Event, about, case: Objection) -> str:
    """The words a step shows: an answer only once there is a decision that weighed it."""
    if event.name in WITH_REASON or (event.name == "inquiry.answered" and case.outcome):
        return why_of(event)
    return ""
