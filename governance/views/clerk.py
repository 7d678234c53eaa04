"""What all pages of the clerk share: whose village, which row, and one form that does one thing."""

from collections.abc import Callable
from functools import wraps

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods

from governance import access
from governance.forms.common import refusals_in
from governance.models.people import Role

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ASK = "governance/village_ask.html"
READ_AND_POST = ("GET", "HEAD", "POST")
READ = ("GET", "HEAD")
POST = ("POST",)


def for_village(*methods: str, roles: tuple[str, ...] = (Role.CLERK,)):
    """Give a view the village of its URL. 404 for who has no office there, 403 for the wrong one."""

    def wrap(view):
        @login_required
        @require_http_methods(methods)
        @wraps(view)
        def seen(request, code, **kwargs):
            at = timezone.now()
            village = get_object_or_404(access.villages(request.user, at=at), code=code)
            if roles:
                access.check_role(request.user, *roles, village=village, at=at)
            return view(request, village, **kwargs)

        return seen

    return wrap


def for_row(rows: QuerySet, *methods: str, village: str = "village"):
    """Give a view the row of its URL's key, of a village whose clerk the reader is; 404 for any other."""

    def wrap(view):
        @login_required
        @require_http_methods(methods)
        @wraps(view)
        def seen(request, key):
            mine = access.villages(request.user, Role.CLERK, at=timezone.now())
            return view(request, get_object_or_404(rows.filter(**{f"{village}__in": mine}), key=key))

        return seen

    return wrap


def ask(request, form: forms.Form, *, title: str, button: str, back: str, template: str = ASK, **more):
    """The page of one form that does one thing; `points` say what follows, `crumbs` where one is."""
    context = {"form": form, "title": title, "button": button, "back": back, **more}
    return render(request, template, context, status=422 if form.errors else 200)


def done(request, sentence: str, to, *args):
    """Say what was done and go on to the next page."""
    messages.success(request, sentence)
    return redirect(to, *args)


def in_two_steps(
    request, form: forms.Form, act: Callable[[dict], object], *, tell: Callable[[dict], list[str]],
    then: Callable[[object], HttpResponse], **page,
):  # fmt: skip
    """First post: rehearse the act and say what follows. Second post (`sure`): do it and go on by `then`.

    A post with `again` goes back to the filled-in form.
    """
    if form.is_bound and "again" not in request.POST and form.is_valid():
        with refusals_in(form):
            if "sure" in request.POST:
                return then(act(form.cleaned_data))
            points = tell(form.cleaned_data)
            rehearse(lambda: act(form.cleaned_data))
            return ask(request, form, **{**page, "points": points, "is_sure": True, "template": ASK})
    return ask(request, form, **page)


def rehearse(act: Callable[[], object]) -> None:
    """Carry an act out and take all of it back: raises what the act itself would raise, leaves nothing."""
    with transaction.atomic():
        act()
        transaction.set_rollback(True)


def download(content: bytes, name: str, media_type: str = XLSX) -> HttpResponse:
    """A file to keep, never shown within the site."""
    headers = {"Content-Disposition": content_disposition_header(True, name)}
    return HttpResponse(content, content_type=media_type, headers=headers)
