"""信用修复 by HTTP: the household and the desk, the leader's look, the council's vote, the township's revocation."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from appeals import channels, exhibits, repair_posting, repair_review, repair_stories, repair_who, repairs
from appeals.models import Exhibit, Objection, Repair
from appeals.repair_forms import (
    DeskPromiseForm,
    LookForm,
    MoreForm,
    OwnPromiseForm,
    RevokeForm,
    ShowForm,
    VoteForm,
)
from appeals.views.common import act_once, speaker_form
from governance import access, households, stories
from governance.forms.common import refusals_in
from governance.models import Division, Entry
from governance.models.people import Role
from governance.readings import log_reading
from governance.refusals import why_not
from governance.views.kept import kept

NOT_AGREED = "同意参加的人才看得到分、能申请修复。请先到“同意与退出”里同意。"
LISTED = 200
TOWNSHIP = (Role.OFFICER, Role.PANEL)
form_page = require_http_methods(["GET", "HEAD", "POST"])


@login_required
@form_page
def file(request, entry_key):
    """申请修复: what was wrong, what is promised, by when; at the desk also who says it. 404 for anybody else."""
    at = timezone.now()
    entry = get_object_or_404(
        Entry.objects.select_related("subject__area", "subject__village", "village", "rule"), key=entry_key
    )
    form = _promise_form(request, entry, at)
    with refusals_in(form):
        if form.is_bound and form.is_valid():
            said = {name: form.cleaned_data[name] for name in ("wrong", "promise", "due_on")}
            row = repairs.apply(entry=entry, by=request.user, at=at, **said, **form.channel)
            messages.success(request, f"记下了，编号{row.number}。")
            return redirect("repair", key=row.key)
    context = {
        "entry": entry,
        "fact": stories.facts([entry.source]).get(entry.source),
        "form": form,
        "is_own": type(form) is OwnPromiseForm,
        "is_half": repair_posting.is_half(Repair(entry=entry)),
        "refusal": why_not(repairs.check_apply, entry, by=request.user, at=at, **form.channel),
        "earlier": entry.repairs.order_by("-id").first(),
    }
    return render(request, "appeals/repair_file.html", context, status=422 if form.errors else 200)


@login_required
@require_safe
def repair(request, key):
    """One repair: receipt, what was handed in, what happened, who acts next. A look from outside is logged."""
    at = timezone.now()
    row = _visible(request.user, key, at)
    _log(request.user, row, at)
    context = _context(request, row, at) | {
        "may_show": not why_not(repairs.check_show, row, by=request.user, at=at),
        "may_hand_in": not why_not(repairs.check_hand_in, row, by=request.user, at=at),
        "may_withdraw": not why_not(repairs.check_withdraw, row, by=request.user, at=at),
        "may_object": not why_not(channels.check_household, row, by=request.user, at=at),
        "may_revoke": not why_not(repair_posting.check_revoke, row, by=request.user, at=at),
    }
    return render(request, "appeals/repair.html", context)


@login_required
@form_page
def show(request, key):
    """做好了: what was done, with photos."""
    return _act(request, key, ShowForm, repairs.check_show, repairs.show, "交上去了，等组长去看。", SHOW)


@login_required
@form_page
def hand_in(request, key):
    """More photos, papers or words."""
    return _act(request, key, MoreForm, repairs.check_hand_in, repairs.hand_in, "补上了。", HAND_IN)


@login_required
@form_page
def withdraw(request, key):
    """不修了: said plainly once, then done."""
    return _act(
        request, key, None, repairs.check_withdraw, repairs.withdraw, "不修了，减分照原来算。", WITHDRAW
    )


@login_required
@form_page
def verify(request, key):
    """The leader's page: what was promised and shown, and what they found."""

    def settle(*, finding, why, **who):
        if finding == "verify":
            return repair_review.verify(word=why, **who)
        act = repair_review.send_back if finding == "send_back" else repair_review.refuse
        return act(why=why, **who)

    return _judge(request, key, LookForm, repair_review.check_verify, settle)


@login_required
@form_page
def vote(request, key):
    """The council's page: the same, with what the leader saw."""
    return _judge(request, key, VoteForm, repair_review.check_vote, repair_review.vote)


@login_required
@form_page
def revoke(request, key):
    """The township takes back what was obtained by fraud."""
    return _act(
        request, key, RevokeForm, repair_posting.check_revoke, repair_posting.revoke,
        "取消了，减分重新算，住户会看到原因。", REVOKE,
    )  # fmt: skip


@login_required
@require_safe
def listed(request, code):
    """The village's repairs for the township, newest first: number and door, no points."""
    at = timezone.now()
    village = get_object_or_404(Division, code=code, level=Division.Level.VILLAGE)
    access.check_role(request.user, *TOWNSHIP, village=village, at=at)
    rows = village.repairs.select_related("subject__area", "entry__rule")[:LISTED]
    return render(request, "appeals/repairs.html", {"village": village, "rows": rows})


@login_required
@require_safe
def exhibit(request, key):
    """A photo shown in the page or a paper as a download; 404 for who may not see it."""
    rows = Exhibit.objects.exclude(stored_as="").select_related(
        "repair__village",
        "repair__subject__area",
        "repair__entry",
        "objection__village",
        "objection__subject",
    )
    row = get_object_or_404(rows, key=key)
    if not exhibits.may_see(request.user, row, at=timezone.now()):
        raise Http404
    name = f"材料-{timezone.localtime(row.added_at):%m%d}.pdf"
    return kept(row, is_photo=row.kind == Exhibit.Kind.PHOTO, name=name)


SHOW = {
    "title": "做好了",
    "sentence": "写做了什么，最好拍张照片。交上去以后，没记过这一条的组长会去看。",
    "button": "交上去",
}
HAND_IN = {"title": "补材料", "sentence": "照片、文件、想说的话，给一样就行。", "button": "交上去"}
WITHDRAW = {
    "title": "不修了",
    "sentence": "不修了，那一条减分照原来算，也不另外扣分。以后想修，可以再申请。",
    "button": "不修了",
}
REVOKE = {
    "title": "取消修复",
    "sentence": "只有查明弄虚作假才能取消。取消以后，那一条减分重新算，这一户看得到原因，公示天数内可以提异议。",
    "button": "取消修复",
}


def _act(request, key, form_class, check, service, said: str, words: dict):
    """A page that asks once and then acts: its form, or only a button."""
    at = timezone.now()
    row = _visible(request.user, key, at)
    check(row, by=request.user, at=at)
    if request.method != "POST":
        _log(request.user, row, at)
    return act_once(
        request, form_class, partial(service, repair=row, by=request.user, at=at), said=said, then=("repair", key),
        template="appeals/repair_act.html",
        context={"row": row, "is_own": _is_own(request.user, row), **words},
    )  # fmt: skip


def _judge(request, key, form_class, check, service):
    at = timezone.now()
    row = get_object_or_404(_rows(), key=key)
    check(row, by=request.user, at=at)
    if request.method != "POST":
        _log(request.user, row, at)
    return act_once(
        request, form_class, partial(service, repair=row, by=request.user, at=at),
        said=f"修复{row.number}办好了，轮到下一步。", then=("todo",), template="appeals/repair_judge.html",
        context=_context(request, row, at),
    )  # fmt: skip


def _context(request, row: Repair, at) -> dict:
    reads = repair_who.may_read(request.user, row, at=at)
    return {
        "row": row,
        "fact": stories.facts([row.entry.source]).get(row.entry.source),
        "is_own": _is_own(request.user, row),
        "reads": reads,
        "exhibits": list(row.exhibits.all()) if reads else [],
        "steps": repair_stories.steps(row),
        "is_half": repair_posting.is_half(row),
        "case": row.objections.filter(state__in=Objection.OPEN).first(),
    }


def _rows():
    return Repair.objects.select_related(
        "village__parent", "subject__area", "entry__rule__rulebook", "for_member", "filed_by", "process",
        "verified_by", "round__publication",
    )  # fmt: skip


def _visible(user, key, at) -> Repair:
    """A repair this user may open: their home's, of a village whose clerk or officer they are, as its helper.

    404 for anybody else.
    """
    row = get_object_or_404(_rows(), key=key)
    if _is_own(user, row):
        return row
    roles = [role for role in (Role.CLERK, *TOWNSHIP) if access.holds(user, role, row.village, at=at)]
    helps = row.filed_by_id == user.pk and access.holds(user, Role.HELPER, row.village, at=at)
    if not roles and not helps:
        raise Http404
    return row


def _log(user, row: Repair, at) -> None:
    """A look from outside the household: the household sees it."""
    if _is_own(user, row):
        return
    roles = (Role.CLERK, Role.HELPER, Role.LEADER, Role.COUNCIL, *TOWNSHIP)
    role = next(role for role in roles if access.holds(user, role, row.village, at=at))
    log_reading(user=user, subject=row.subject, role=role, why=f"看修复{row.number}", at=at)


def _is_own(user, row: Repair) -> bool:
    member = households.adult_of(user, row.subject_id)
    return member is not None and households.sees_score(member)


def _promise_form(request, entry: Entry, at):
    """The form of whoever opens a line: its own adult, else clerk or helper at the desk. 404 for anybody else."""
    form = speaker_form(
        request, entry.subject, at, own=OwnPromiseForm, desk=DeskPromiseForm, not_agreed=NOT_AGREED
    )
    dates = form.fields["due_on"].widget.attrs
    dates["min"] = (access.today(at) + timedelta(days=1)).isoformat()
    dates["max"] = repairs.last_day(entry.village, at).isoformat()
    return form
