"""One request: how it goes, what is next, and the acts of adult, desk and clerk on it."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.db.models import Q, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from governance import access, households
from governance.forms.common import refusals_in
from governance.models import Consent, User
from governance.models.people import Role
from governance.views.clerk import done
from rights import erasures, rectifications, speaking
from rights.forms import AnswerForm
from rights.models import Erasure, Rectification

SHOWN = "village__parent", "subject__area", "for_member", "answered_by"


@login_required
@require_safe
def rectification(request, key):
    """A request to mend the roster."""
    row = get_object_or_404(_visible(request.user, timezone.now()).select_related(*SHOWN), key=key)
    return _page(request, row, AnswerForm())


@login_required
@require_POST
def answer(request, key):
    """The clerk says what was mended (`done`), or why not (`refuse`)."""
    at = timezone.now()
    mine = access.villages(request.user, Role.CLERK, at=at)
    rows = Rectification.objects.filter(village__in=mine).select_related(*SHOWN)
    row = get_object_or_404(rows, key=key)
    form = AnswerForm(request.POST)
    if form.is_valid():
        act = rectifications.refuse if "refuse" in request.POST else rectifications.finish
        with refusals_in(form):
            act(rectification=row, answer=form.cleaned_data["answer"], by=request.user, at=at)
            return done(request, "答复好了，他看得到。", "rectification", key)
    return _page(request, row, form)


@login_required
@require_POST
def rectification_withdraw(request, key):
    """Not wanted any more."""
    row = get_object_or_404(_visible(request.user, timezone.now()), key=key)
    rectifications.withdraw(rectification=row, by=request.user, at=timezone.now())
    return done(request, "记下了，不用改了。", "rectification", key)


@login_required
@require_safe
def erasure(request, key):
    """A request to delete: until when it can be taken back, or that it was carried out."""
    row = _erasure(request.user, key)
    own = row.for_member.user_id == request.user.pk
    rows = [one for one in erasures.together(row) if one != row]
    context = {
        "row": row,
        "along": rows,
        "left": _left_out(request.user, [row, *rows]),
        "is_own": _lives(request.user, row),
        "may_undo": own or row.filed_by == request.user,
    }
    return render(request, "rights/erasure.html", context)


@login_required
@require_POST
def erasure_undo(request, key):
    """Taken back."""
    row = _erasure(request.user, key)
    erasures.undo(erasure=row, by=request.user, at=timezone.now())
    return done(request, "不删了，资料都还在。", "erasure", key)


def _page(request, row: Rectification, form):
    at = timezone.now()
    is_clerk = access.holds(request.user, Role.CLERK, row.village, at=at)
    lives = _lives(request.user, row)
    context = {
        "row": row, "form": form, "steps": rectifications.steps(row), "is_own": lives,
        # Another adult of the household sees that it is under way, not the numbers that stand in it.
        "may_read": is_clerk or not lives or row.for_member.user_id == request.user.pk,
        "may_answer": is_clerk and row.state == Rectification.State.FILED,
        "is_mended": is_clerk and rectifications.mended(row).exists(),
        "officers": "、".join(user.name for user in access.staff(Role.OFFICER, row.village, at=at)),
    }  # fmt: skip
    return render(request, "rights/rectification.html", context, status=422 if form.errors else 200)


def _visible(user: User, at) -> QuerySet[Rectification]:
    """Requests of one's own, of one's household for who reads its whole file, of one's village for the clerk,
    and for a helper those of adults who asked for one."""
    rows = Rectification.objects.all()
    scope = Q(for_member__user=user) | Q(village__in=access.villages(user, Role.CLERK, at=at))
    member = households.member_of(user)
    if member and speaking.reach_of(member).whole:
        scope |= Q(subject=member.subject_id)
    asked = Consent.objects.filter(purpose=Consent.Purpose.HELPER, withdrawn_on__isnull=True)
    helped = Q(village__in=access.villages(user, Role.HELPER, at=at), for_member__in=asked.values("member"))
    return rows.filter(scope | helped)


def _erasure(user: User, key) -> Erasure:
    """The request, for its adult, for who speaks for the household, and for whoever took it down; 404 otherwise."""
    row = get_object_or_404(
        Erasure.objects.select_related("village", "subject__area", "member", "for_member", "filed_by"),
        key=key,
    )
    mine = [member for member in speaking.files_of(user) if member.subject_id == row.subject_id]
    if row.for_member in mine or any(erasures.speaks_for_household(member) for member in mine):
        return row
    role = access.holds(user, Role.CLERK, row.village, at=timezone.now())
    if row.filed_by == user and (role or access.holds(user, Role.HELPER, row.village, at=timezone.now())):
        return row
    raise Http404


def _left_out(user: User, rows: list[Erasure]) -> list[speaking.Reach]:
    """The reader's files that a request leaves alone."""
    covered = {row.subject_id for row in rows}
    mine = [member for member in speaking.files_of(user) if member.subject_id not in covered]
    return [speaking.reach_of(member) for member in mine]


def _lives(user: User, row) -> bool:
    return any(member.subject_id == row.subject_id for member in speaking.files_of(user))


urlpatterns = [
    path("rectifications/<uuid:key>/", rectification, name="rectification"),
    path("rectifications/<uuid:key>/answer/", answer, name="rectification_answer"),
    path("rectifications/<uuid:key>/withdraw/", rectification_withdraw, name="rectification_withdraw"),
    path("erasures/<uuid:key>/", erasure, name="erasure"),
    path("erasures/<uuid:key>/undo/", erasure_undo, name="erasure_undo"),
]
