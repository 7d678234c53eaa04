"""Split, merge, move, a head's death, the end of a file: rehearsed first, so that the clerk reads what follows."""

from uuid import UUID

from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.utils import timezone

from governance import subjects
from governance.forms.subjects import DoorForm, HeadForm, LeaveForm, MergeForm, MoveForm, SplitForm
from governance.models import Member, Subject
from governance.refusals import Conflict
from governance.views.clerk import READ_AND_POST, ask, done, for_row, in_two_steps
from governance.views.subjects import SUBJECTS, at_file


@for_row(SUBJECTS, *READ_AND_POST)
def split(request, subject):
    """One household becomes two or three."""
    here = _here(subject)
    if len(here) < 2:
        raise Conflict("这一户只登记了一位，分不了户。请先把要分出去的人登记上。")
    form = SplitForm(subject, here, request.POST or None)

    def act(said):
        return subjects.split(subject=subject, parts=form.parts, **_when(said), **_who(request))

    def tell(said):
        return [*_ends([subject], said["on"]), *(_begins(part) for part in form.parts), *_always()]

    return in_two_steps(
        request, form, act, tell=tell, then=lambda made: _to_first(request, made, "分好户了。"),
        title="分户", button="看看办了以后怎样", **at_file(subject),
    )  # fmt: skip


@for_row(SUBJECTS, *READ_AND_POST)
def merge(request, subject):
    """Find the other household by its door first; then its people are known, and one of them can be head."""
    if "with" not in request.GET:
        form = DoorForm(subject, request.POST or None)
        if form.is_bound and form.is_valid():
            return redirect(f"{request.path}?with={form.other.key}")
        return ask(request, form, title="并户", button="找到这一户", **at_file(subject))
    other = _other(subject, request.GET["with"])
    cover = {"area": subject.area, "door": subject.door, "name": subject.name}
    form = MergeForm(subject.village, _here(subject) + _here(other), request.POST or None, initial=cover)

    def act(said):
        part = form.part(subject.kind)
        return subjects.merge(subjects=[subject, other], part=part, **_when(said), **_who(request))

    def tell(said):
        return [*_ends([subject, other], said["on"]), _begins(form.part(subject.kind)), *_always()]

    return in_two_steps(
        request, form, act, tell=tell, then=lambda made: _to_first(request, [made], "并好户了。"), title="并户",
        sentence=f"{_place(other)}并到{_place(subject)}。", button="看看办了以后怎样", **at_file(subject),
    )  # fmt: skip


@for_row(SUBJECTS, *READ_AND_POST)
def move(request, subject):
    """A household moves within the village, with everybody."""
    form = MoveForm(subject.village, request.POST or None)

    def act(said):
        return subjects.move(subject=subject, **said, **_who(request))

    def tell(said):
        goes = f"全家搬到{said['area'].name}{said['door']}，立一份新档案。"
        return [*_ends([subject], said["on"]), goes, *_always()]

    return in_two_steps(
        request, form, act, tell=tell, then=lambda made: _to_first(request, [made], "搬好了。"), title="搬家",
        sentence="在本村里搬家用这一页。搬出村的，请用“结档”。", button="看看办了以后怎样", **at_file(subject),
    )  # fmt: skip


@for_row(SUBJECTS, *READ_AND_POST)
def head_died(request, subject):
    """The head died and one of the family follows; whoever lived alone leaves a file to be closed."""
    others = [member for member in _here(subject) if not member.is_head]
    if not others:
        raise Conflict("家里没有登记别的成年人。请先登记一位，或者用“结档”来办。")
    form = HeadForm(others, request.POST or None)

    def act(said):
        return subjects.head_died(
            subject=subject, head=form.chosen, name=said["name"], **_when(said), **_who(request)
        )

    def tell(said):
        new = f"立一份新档案“{said['name']}”，户主是{form.chosen.name}，家里别的人一起过去。分不继承，从起始分起。"
        return [*_ends([subject], said["on"]), new, *_always()]

    return in_two_steps(
        request, form, act, tell=tell, then=lambda made: _to_first(request, [made], "办好了。"),
        title="户主去世", button="看看办了以后怎样", **at_file(subject),
    )  # fmt: skip


@for_row(SUBJECTS, *READ_AND_POST)
def close(request, subject):
    """Nobody follows: moved out of the village, died out, or a shop that shut."""
    form = LeaveForm(request.POST or None)

    def act(said):
        return subjects.close(subject=subject, **said, **_who(request))

    def tell(said):
        return [*_ends([subject], said["on"]), "没有新档案接着；从那天起不再评，也不再联。"]

    def then(_):
        return done(request, "结好档了。", "subject", subject.key)

    sentence = "搬出村、家里没人了、店关了，用这一页。"
    return in_two_steps(
        request, form, act, tell=tell, then=then, title="结档", sentence=sentence,
        button="看看办了以后怎样", **at_file(subject),
    )  # fmt: skip


def _here(subject: Subject) -> list[Member]:
    return list(subject.members.filter(left_on__isnull=True).order_by("-is_head", "pk"))


def _other(subject: Subject, key: str) -> Subject:
    """The household to be merged in: an open file of the same village and kind. Raises Http404."""
    rows = SUBJECTS.filter(village=subject.village, kind=subject.kind, closed_on__isnull=True)
    try:
        return get_object_or_404(rows.exclude(pk=subject.pk), key=UUID(key))
    except ValueError as error:
        raise Http404 from error


def _when(said: dict) -> dict:
    return {"on": said["on"], "why": said["why"]}


def _who(request) -> dict:
    return {"by": request.user, "at": timezone.now()}


def _place(subject: Subject) -> str:
    return f"{subject.area.name}{subject.door}{subject.name}"


def _ends(olds: list[Subject], on) -> list[str]:
    names = "、".join(_place(old) for old in olds)
    return [f"{names}的旧档案{on.month}月{on.day}日结档。记过的事和分留在旧档案里，以后查得到。"]


def _begins(part) -> str:
    others = "、".join(member.name for member in part.others)
    place = f"{part.home.area.name}{part.home.door}"
    return (
        f"立一份新档案：{place}{part.home.name}，户主{part.head.name}{f'，还有{others}' if others else ''}。"
    )


def _always() -> list[str]:
    return [
        "新档案是未参加：户主重新同意以后，下个月起从起始分评起。",
        "原来的联户到此为止，新档案要重新定联户党员。",
        "绑好的账号跟着本人走；申报过的亲属，新旧档案都要回避。",
    ]


def _to_first(request, made: list[Subject], sentence: str):
    return done(request, f"{sentence}接着请新户主重新同意，再定联户党员。", "subject", made[0].key)


urlpatterns = [
    path("subjects/<uuid:key>/split/", split, name="subject_split"),
    path("subjects/<uuid:key>/merge/", merge, name="subject_merge"),
    path("subjects/<uuid:key>/move/", move, name="subject_move"),
    path("subjects/<uuid:key>/head-died/", head_died, name="subject_head_died"),
    path("subjects/<uuid:key>/close/", close, name="subject_close"),
]
