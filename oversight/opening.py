"""A supervisor opens a named household's file: with a reason, logged, shown to the household (limit 4).

The reading itself is the pass: it holds for half an hour, for this reader and this household only.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from governance import access
from governance.forms.common import refusals_in
from governance.models import Reading, Subject, User
from governance.models.people import Role
from governance.readings import log_reading
from governance.recusal import check_impartial, reasons
from governance.refusals import Invalid
from oversight.forms import OpenForm
from workflows.models import Observation
from workflows.sight import POSTED, READERS

ROLES = (Role.SUPERVISION, Role.SUPERVISOR)
HOLDS = timedelta(minutes=30)
SHORTEST_WHY = 6


def subjects(user: User, *, at: datetime) -> QuerySet[Subject]:
    """Households of the villages a user supervises; a name is read only through `open_file`."""
    return Subject.objects.filter(village__in=access.villages(user, *ROLES, at=at))


def pass_for(subject: Subject, *, by: User, at: datetime) -> Reading | None:
    """The reading by which a user may see this file now, if there is one.

    What other pages noted about this reader (a case acted on, a colour signed) is none: nobody wrote a reason.
    """
    given = Reading.objects.filter(subject_key=subject.key, by=by, role__in=ROLES, opens=True)
    return given.filter(at__gt=at - HOLDS, at__lte=at).order_by("-at").first()


def open_file(subject: Subject, *, why: str, by: User, at: datetime) -> Reading:
    """Note who opens the file and why; the household reads it.

    Raises Refused (supervises another place, own household, kin) and Invalid without a reason that says something.
    """
    role = access.check_role(by, *ROLES, village=subject.village, at=at)
    check_impartial(by, subject, at=at)
    if 0 < len(why.strip()) < SHORTEST_WHY:
        raise Invalid(
            open_why=f"写得太短，这一户看不出您为什么看。请写清是查哪一件事，至少{SHORTEST_WHY}个字。"
        )
    return log_reading(user=by, subject=subject, role=role, why=why, at=at, opens=True)


def may_see_evidence(user: User, observation: Observation, at: datetime) -> bool:
    """Who opened a household's file with a reason sees the evidence behind its posted lines, and no other's."""
    if observation.state not in POSTED or reasons(user, [observation.subject_id], at=at):
        return False
    supervised = access.village_ids(user, *ROLES, at=at)
    return observation.village_id in supervised and bool(pass_for(observation.subject, by=user, at=at))


def register() -> None:
    """Let the layer below ask who may see evidence: it does not know this one."""
    READERS.append(may_see_evidence)


def for_opened_file(view: Callable) -> Callable:
    """Give a view the Subject of its URL's `key` once it was opened with a reason; else ask for one.

    404 for a household of another place. The page that asks posts to the same address.
    """

    @login_required
    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(view)
    def seen(request, key, **kwargs):
        at = timezone.now()
        rows = subjects(request.user, at=at).select_related("village", "area")
        subject = get_object_or_404(rows, key=key)
        check_impartial(request.user, subject, at=at)
        if "open_why" not in request.POST and pass_for(subject, by=request.user, at=at):
            return view(request, subject, **kwargs)
        return _ask(request, subject, at)

    return seen


def _ask(request, subject: Subject, at: datetime):
    """The page that asks for the reason; once given, the same address opens the file."""
    form = OpenForm(request.POST if "open_why" in request.POST else None)
    if form.is_bound and form.is_valid():
        with refusals_in(form):
            open_file(subject, why=form.cleaned_data["open_why"], by=request.user, at=at)
            return redirect(request.get_full_path())
    context = {"form": form, "subject": subject, "minutes": int(HOLDS.total_seconds() // 60)}
    return render(request, "oversight/open_file.html", context, status=422 if form.errors else 200)
