"""What the pages of cases share: who is looking, in which role, what a check says, and a page that acts once."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from appeals import desk as desks
from governance import access, households
from governance.forms.common import refusals_in
from governance.models import Division, Subject
from governance.models.people import Role
from governance.refusals import Refused

OUTSIDE = (*desks.ROLES, Role.OFFICER, Role.PANEL)
NOT_AGREED = "同意参加的人才看得到分、提得了异议。请先到“同意与退出”里同意。"


def is_own(user, subject: Subject) -> bool:
    """Does a user live there."""
    return households.adult_of(user, subject) is not None


def role_at(user, village: Division, at) -> str:
    """In which role somebody from outside the household looks; empty for a neighbour, or a former adult of it."""
    return next((role for role in OUTSIDE if access.holds(user, role, village, at=at)), "")


def speaker_form(request, subject: Subject, at, *, own, desk, not_agreed: str = NOT_AGREED, **more):
    """The form of whoever speaks: `own` for an adult of the household, else `desk` for clerk or helper.

    404 for anybody else; raises Refused with the sentence `not_agreed` for an adult who has not agreed.
    """
    more["data"] = request.POST if request.method == "POST" else None
    if member := households.adult_of(request.user, subject):
        if not households.sees_score(member):
            raise Refused(not_agreed)
        return own(member, **more)
    role = role_at(request.user, subject.village, at)
    adults = desks.adults(subject, role)
    if role not in desks.ROLES or not adults.exists():
        raise Http404
    return desk(adults, is_helper=role == Role.HELPER, **more)


def act_once(
    request, form_class: type[forms.Form] | None, act: Callable, *, said: str, then: tuple, template: str,
    context: dict,
) -> HttpResponse:  # fmt: skip
    """A page that asks once and then acts: its form, or only a button. Afterwards on to `then`, saying `said`.

    `act` takes what the form holds; what it finds Invalid is shown beside the fields.
    """
    is_post = request.method == "POST"
    form = form_class(*((request.POST, request.FILES) if is_post else ())) if form_class else None
    if is_post:
        with refusals_in(form) if form else nullcontext():
            if form is None or form.is_valid():
                act(**(form.cleaned_data if form else {}))
                messages.success(request, said)
                return redirect(*then)
    return render(request, template, context | {"form": form}, status=422 if form and form.errors else 200)
