"""One case as its household follows it: receipt, timeline, what is next, and what they can do about it."""

from __future__ import annotations

from functools import partial

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from appeals import decisions, effects, objections, papers, sight, timeline
from appeals.against import About, Against, check_open
from appeals.case_forms import EvidenceForm, ReviewForm
from appeals.desk import ROLES
from appeals.models import Hearing, Objection
from appeals.next_steps import counts_meanwhile, next_of
from appeals.views.common import act_once, is_own, role_at
from governance import stories
from governance.readings import log_reading
from governance.refusals import why_not
from governance.views.my import for_adult

form_page = require_http_methods(["GET", "HEAD", "POST"])
ON_A_PAGE = 30


@login_required
@require_safe
def case(request, key):
    """The case: receipt, timeline, who must act by when. A look from outside is logged; officers have their own page."""
    at, user = timezone.now(), request.user
    row = get_object_or_404(objections.visible(user, at=at), key=key)
    own = is_own(user, row.subject)
    role = "" if own else role_at(user, row.village, at)
    if role in sight.READERS:
        return redirect("case", key=key)
    if not own:
        log_reading(user=user, subject=row.subject, role=role, why=f"看异议{row.number}", at=at)
    reads = papers.sees(user, row, at=at)
    context = {
        "case": row,
        "fact": row.entry and stories.facts([row.entry.source]).get(row.entry.source),
        "is_own": own,
        "next": next_of(row),
        "meanwhile": counts_meanwhile(row),
        "steps": timeline.steps(row),
        "asks": timeline.asked_for(row) if row.suspended_at else "",
        "hearings": _coming(row, at),
        "answer": row.decisions.last(),
        "changes": effects.of(row, at=at) if own else [],
        "reads": reads,
        "exhibits": list(row.exhibits.all()),
        "later": row.later.first(),
        "can_desk": role_at(user, row.village, at) in ROLES,
        **_rights(row, user, at),
    }
    return render(request, "appeals/case.html", context)


def _coming(row: Objection, at) -> list[Hearing]:
    planned = row.hearings.filter(state=Hearing.State.PLANNED, takes_place_at__gt=at)
    return list(planned) if row.state in Objection.OPEN else []


def _rights(row: Objection, user, at) -> dict:
    """What this reader may do with the case now."""

    def may(check, *args) -> bool:
        return not why_not(check, *args, by=user, at=at)

    return {
        "may_hand_in": may(papers.check_hand_in, row),
        "may_answer": may(decisions.check_answered, row),
        "may_withdraw": may(objections.check_withdraw, row),
        "again_url": _again_url(row, user, at),
    }


def _again_url(row: Objection, user, at) -> str:
    """Where the same thing can be brought up anew once this case is over; empty where it cannot."""
    against = Against.of(row)
    if row.state in Objection.OPEN or why_not(check_open, against, at=at):
        return ""
    if row.for_member.user_id != user.pk and role_at(user, row.village, at) not in ROLES:
        return ""
    return filing_url(against)


def filing_url(against: Against) -> str:
    """The page on which an objection against something is filed."""
    match against.about:
        case About.ENTRY:
            return reverse("objection_file", args=[against.entry.key])
        case About.SCORECARD:
            return reverse("objection_card", args=[against.scorecard.key])
        case About.REPAIR:
            return reverse("objection_repair", args=[against.repair.key])
    asked = {"day": against.occurred_on.isoformat(), "rule": str(against.rule.key) if against.rule else ""}
    return reverse("objection_missing", args=[against.subject.key], query=asked)


@login_required
@form_page
def hand_in(request, key):
    """补材料: photos, papers, words."""
    return _act(request, key, EvidenceForm, papers.check_hand_in, papers.hand_in, "交上去了。", HAND_IN)


@login_required
@form_page
def agree(request, key):
    """同意这个结果: said plainly once, then it takes effect."""
    return _act(request, key, None, decisions.check_answered, decisions.agree, "好，照结果办了。", AGREE)


@login_required
@form_page
def review(request, key):
    """请复核: others at the township look again."""
    return _act(
        request, key, ReviewForm, decisions.check_answered, decisions.ask_review,
        "记下了，镇里换别的人再看一遍。", REVIEW,
    )  # fmt: skip


@login_required
@form_page
def withdraw(request, key):
    """不办了: said plainly once, then done."""
    return _act(
        request, key, None, objections.check_withdraw, objections.withdraw, "不办了，照原来算。", WITHDRAW
    )


@for_adult
def listed(request, member):
    """我的异议和修复: every case of the household, the newest first."""
    rows = member.subject.objections.select_related("entry__rule", "rule", "scorecard", "repair")
    page = Paginator(rows, ON_A_PAGE).get_page(request.GET.get("page"))
    facts = stories.facts(row.entry.source for row in page if row.entry)
    context = {
        "member": member,
        "page": page,
        "cases": [(row, facts.get(row.entry.source) if row.entry else None, next_of(row)) for row in page],
        "repairs": member.subject.repairs.select_related("entry__rule"),
    }
    return render(request, "appeals/my_cases.html", context)


HAND_IN = {
    "title": "交材料",
    "sentence": "照片、文件、想说的话，给一样就行。只有您家和办这件事的人看得到。",
    "button": "交上去",
}
AGREE = {
    "title": "同意这个结果",
    "sentence": "点了马上照结果办，不用再等。点了以后，这一次就不能再请复核。",
    "button": "同意，照这个办",
}
REVIEW = {
    "title": "请镇里别的人复核",
    "sentence": "换没办过这件事的人再看一遍。请复核不扣分，复核定下来以前，分照现在这样算。",
    "button": "请复核",
}
WITHDRAW = {"title": "不办了", "button": "不办了"}


def _act(request, key, form_class, check, service, said: str, words: dict):
    """A page that asks once and then acts: its form, or only a button."""
    at = timezone.now()
    row = get_object_or_404(objections.visible(request.user, at=at), key=key)
    check(row, by=request.user, at=at)
    return act_once(
        request, form_class, partial(service, objection=row, by=request.user, at=at), said=said,
        then=("objection", key), template="appeals/act.html",
        context={"case": row, "is_own": is_own(request.user, row.subject), **words},
    )  # fmt: skip


urlpatterns = [
    path("my/cases/", listed, name="my_cases"),
    path("objections/<uuid:key>/", case, name="objection"),
    path("objections/<uuid:key>/hand-in/", hand_in, name="objection_hand_in"),
    path("objections/<uuid:key>/agree/", agree, name="objection_agree"),
    path("objections/<uuid:key>/review/", review, name="objection_review"),
    path("objections/<uuid:key>/withdraw/", withdraw, name="objection_withdraw"),
]
