"""What may be done with a case beside deciding it: each act with its form, its service and why it is closed now."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django import forms as django_forms

from appeals import assignments, decisions, hearings, inquiries, papers, waits
from appeals.models import Inquiry, Objection
from appeals.who import IN_OFFICE
from appeals.workbench import forms
from appeals.workbench.file import CaseFile
from governance.access import staff
from governance.models import Link, User
from governance.models.people import Role
from workflows.models import Observation

State, Kind = Objection.State, Inquiry.Kind


@dataclass(frozen=True)
class Act:
    """One act: its button, in which states it is offered, its form, what it does and says, why it is closed."""

    name: str
    label: str
    states: tuple[str, ...]
    form: Callable[[CaseFile, object, object], django_forms.Form]
    do: Callable[..., str]
    closed: Callable[[CaseFile], str] = lambda file: ""


@dataclass(frozen=True)
class Offer:
    """An act on the page of one case: closed with a reason, or with its form."""

    act: Act
    reason: str
    form: django_forms.Form | None


def offers(file: CaseFile, tried: tuple[str, django_forms.Form] | None = None) -> list[Offer]:
    """The acts of the state a case is in; `tried` is the form that was just sent back with its faults."""
    found = []
    for act in ACTS.values():
        if file.case.state in act.states:
            reason = file.refusal or act.closed(file)
            given = tried[1] if tried and tried[0] == act.name else None
            found.append(Offer(act, reason, given or (None if reason else act.form(file, None, None))))
    return found


def witnesses(case: Objection, *, at: datetime) -> list[tuple[Kind, User]]:
    """Raters and leaders who know what a case is about: of its lines, or for a missing plus of that day."""
    items = Observation.objects.filter(entry__in=CaseFile(case, None, at).entries)
    items = items.select_related("sheet__rater", "confirmed_by")
    found = [(Kind.RATER, item.sheet.rater) for item in items]
    found += [(Kind.LEADER, item.confirmed_by) for item in items if item.confirmed_by]
    if case.occurred_on:
        links = Link.objects.on(case.occurred_on).filter(subject=case.subject).select_related("rater")
        found += [(Kind.RATER, link.rater) for link in links]
        leaders = staff(Role.LEADER, case.village, at=at, area=case.subject.area)
        found += [(Kind.LEADER, user) for user in leaders]
    return list({user.pk: (kind, user) for kind, user in found}.values())


def _nothing(file, data, files):
    return forms.NothingForm(data)


def _claim(case, form, **who) -> str:
    assignments.claim(objection=case, **who)
    return "领好了，这件由您办。"


def _accept(case, form, **who) -> str:
    decisions.accept(objection=case, **who)
    return "收下了，开始查。定的期限从今天算起。"


def _refuse(case, form, **who) -> str:
    decisions.refuse(objection=case, **form.cleaned_data, **who)
    return "记下了：不收。住户看得到理由，可以请复核。"


def _hand_over(case, form, **who) -> str:
    assignments.hand_over(objection=case, **form.cleaned_data, **who)
    return f"转给{form.cleaned_data['to'].name}了。"


def _ask(case, form, **who) -> str:
    inquiry = inquiries.ask(objection=case, **form.as_asked(), **who)
    return f"发出了，{inquiry.answer_by.month}月{inquiry.answer_by.day}日前答。"


def _hear(case, form, **who) -> str:
    hearings.call(
        objection=case, takes_place_at=form.takes_place_at(), place=form.cleaned_data["place"], **who
    )
    return "定好了，住户和问过的人都看得到。"


def _hand_in(case, form, **who) -> str:
    papers.hand_in(objection=case, **form.cleaned_data, **who)
    return "放进案卷了。"


def _extend(case, form, **who) -> str:
    waits.extend(objection=case, **form.cleaned_data, **who)
    return f"延长了{form.cleaned_data['days']}个工作日，住户看得到理由。"


def _suspend(case, form, **who) -> str:
    waits.suspend(objection=case, **form.cleaned_data, **who)
    return "停表了，等住户补材料。材料一到，自己接着走。"


def _resume(case, form, **who) -> str:
    waits.resume(objection=case, **who)
    return "接着办，时间继续走。"


def _is_mine(file: CaseFile) -> str:
    return "这件已经在您手上。" if file.case.officer_id == file.user.pk else ""


def _nobody_else(file: CaseFile) -> str:
    if file.case.officer_id != file.user.pk:
        return "先领了，才能转交。"
    return "" if assignments.candidates(file.case, by=file.user, at=file.at) else "没有别的人能办这件。"


def _extended(file: CaseFile) -> str:
    if file.case.suspended_at:
        return "正在等住户，时间没有走，不用延长。"
    return "" if waits.most_days(file.case, at=file.at) else "延长过了，或者到了上限。"


def _waited(file: CaseFile) -> str:
    if file.case.suspended_at:
        return "已经在等了。"
    return "" if file.case.days_left is None else "这一回已经等过一次。"


def _not_waiting(file: CaseFile) -> str:
    return "" if file.case.suspended_at else "没有在等，时间正常走。"


ACTS = {
    act.name: act
    for act in (
        Act("claim", "领这件", IN_OFFICE, _nothing, _claim, _is_mine),
        Act("accept", "收下，开始查", (State.FILED,), _nothing, _accept),
        Act("refuse", "不收", (State.FILED,), lambda file, data, files: forms.RefuseForm(data), _refuse),
        Act(
            "ask", "问一个人", waits.DECIDING,
            lambda file, data, files: forms.AskForm(data, asked=witnesses(file.case, at=file.at)), _ask,
        ),
        Act("hear", "约双方当面听", waits.DECIDING, lambda file, data, files: forms.HearingForm(data), _hear),
        Act("hand_in", "放一份材料", IN_OFFICE, lambda file, data, files: forms.PapersForm(data, files), _hand_in),
        Act(
            "suspend", "等住户补材料，停表", waits.DECIDING,
            lambda file, data, files: forms.WhyForm(
                data, label="要住户补什么", missing="请写要住户补什么，住户看得到。", help_text="住户照这句话补。"
            ),
            _suspend, _waited,
        ),
        Act("resume", "不等了，接着办", waits.DECIDING, _nothing, _resume, _not_waiting),
        Act(
            "extend", "延长期限", waits.DECIDING,
            lambda file, data, files: forms.ExtendForm(data, most=waits.most_days(file.case, at=file.at)),
            _extend, _extended,
        ),
        Act(
            "hand_over", "转给别人办", IN_OFFICE,
            lambda file, data, files: forms.HandOverForm(
                data, candidates=assignments.candidates(file.case, by=file.user, at=file.at)
            ),
            _hand_over, _nobody_else,
        ),
    )
}  # fmt: skip
