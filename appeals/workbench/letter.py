"""The decision letter on screen and as PDF: for the household, for the desk, for who may open the case."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_safe

from appeals import objections, sight
from appeals.models import Objection
from appeals.workbench import letters
from appeals.workbench.letters import Letter
from governance import access, households
from governance.models.people import Role
from governance.readings import log_reading
from governance.views.clerk import download

DESK = (Role.CLERK, Role.HELPER)


@login_required
@require_safe
def letter(request, key):
    """The newest letter of a case to read and print; `turn` names an earlier one."""
    found, others, is_own = _letter(request, key)
    context = {"case": found.case, "letter": found, "others": others, "is_own": is_own}
    return render(request, "appeals/case_letter.html", context)


@login_required
@require_safe
def pdf(request, key):
    """The same as a file."""
    found, _, _ = _letter(request, key)
    return download(letters.pdf(found), f"{found.title}{found.number}.pdf", "application/pdf")


def _letter(request, key) -> tuple[Letter, list[Letter], bool]:
    at = timezone.now()
    row, is_own = _case(request.user, key, at)
    found = letters.of(row)
    turn = request.GET.get("turn")
    chosen = next((one for one in found if str(one.decision.turn) == turn), found[0] if found else None)
    if chosen is None:
        raise Http404
    return chosen, [one for one in found if one is not chosen], is_own


def _case(user, key, at) -> tuple[Objection, bool]:
    """The case, and whether it is the reader's own household's; a look from outside is noted. 404 for others."""
    row = objections.visible(user, at=at).filter(key=key).first()
    if row and households.adult_of(user, row.subject_id):
        return row, True
    role = row and next((role for role in DESK if access.holds(user, role, row.village, at=at)), "")
    if role:
        log_reading(user=user, subject=row.subject, role=role, why=f"看异议{row.number}的决定书", at=at)
        return row, False
    row = sight.opened(user, key, at=at)
    if sight.aside(row, user, at=at):
        raise Http404
    sight.look(row, by=user, at=at)
    return row, False


urlpatterns = [
    path("cases/<uuid:key>/letter/", letter, name="case_letter"),
    path("cases/<uuid:key>/letter/pdf/", pdf, name="case_letter_pdf"),
]
