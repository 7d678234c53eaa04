"""资料窗口: for somebody without a phone, clerk or helper take a copy, write down what is wrong, or what to delete."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from appeals import desk as desks
from governance import access
from governance.forms.common import refusals_in
from governance.models import Division
from governance.models.people import Role
from governance.views.clerk import POST, READ, READ_AND_POST, done
from rights import erasures, speaking
from rights.forms import CopyForm, DeskEraseForm, DeskWrongForm, HomeForm
from rights.models import Rectification
from rights.views.common import DESK, for_desk_file, say_wrong, send, two_steps

ON_A_PAGE = 20


@login_required
@require_http_methods(READ_AND_POST)
def requests(request, code):
    """Find somebody's household; what waits for the clerk; deletions as numbers and days, nobody's name."""
    at = timezone.now()
    village = get_object_or_404(Division, code=code, level=Division.Level.VILLAGE)
    role = access.check_role(request.user, *DESK, Role.OFFICER, village=village, at=at)
    form = HomeForm(village, request.POST if request.method == "POST" else None) if role in DESK else None
    found = None
    if request.method == "POST":
        access.check_role(request.user, *DESK, village=village, at=at)
        if form.is_valid():
            found = _find(request.user, village, form, at)
            if len(found) == 1:
                return redirect("requests_of", code=code, subject_key=found[0].key)
    page = Paginator(_listed(village, role), ON_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "village": village, "form": form, "found": found, "page": page, "role": role, "today": access.today(at),
        "erasures": erasures.listed(request.user, village, at=at)[:ON_A_PAGE],
    }  # fmt: skip
    return render(request, "rights/requests.html", context, status=422 if form and form.errors else 200)


@for_desk_file(*READ)
def requests_of(request, subject, role):
    """What can be done for the adults of one household; a copy is asked for right here."""
    return _of(request, subject, _copy_form(subject, role))


@for_desk_file(*POST)
def desk_copy(request, subject, role):
    """Hand over a copy; the household sees that it was taken."""
    form = _copy_form(subject, role, data=request.POST)
    if form.is_valid():
        said, channel = form.cleaned_data, form.channel
        with refusals_in(form):
            return send(
                channel["for_member"],
                said["form"],
                how=channel["how"],
                by=request.user,
                witness=said["witness"],
            )
    return _of(request, subject, form)


@for_desk_file(*READ_AND_POST)
def desk_wrong(request, subject, role):
    """Take down what somebody says is stored wrongly."""
    form = _speaker(DeskWrongForm, subject, role, request)
    context = {"subject": subject, "village": subject.village, "is_own": False}
    return say_wrong(request, form, village=subject.village, context=context, more="请把编号抄给他。")


@for_desk_file(*READ_AND_POST)
def desk_erase(request, subject, role):
    """Take down that somebody wants their data deleted; nobody is asked why, nobody is talked out of it."""
    form = _speaker(DeskEraseForm, subject, role, request)
    context = {"subject": subject, "village": subject.village, "is_own": False, "stops": []}

    def then(row):
        sentence = f"申请好了，编号{row.number}。请把编号抄给他：删以前随时可以反悔。"
        return done(request, sentence, "erasure", row.key)

    return two_steps(request, form, template="rights/erase.html", then=then, context=context)


def _find(user, village, form, at):
    """Households found, by door or exact name; says on the form when there are none."""
    found = desks.find(user, village, at=at, **form.cleaned_data)
    if not found:
        form.add_error(None, "没有找到。请核对门牌号和姓名；代办员只找得到请过代办员的户。")
    return found


def _listed(village, role):
    """What the clerk answers, open ones first; the township sees what is open, a helper nothing."""
    rows = Rectification.objects.filter(village=village).select_related("subject__area")
    if role == Role.HELPER:
        return rows.none()
    if role == Role.OFFICER:
        rows = rows.filter(state=Rectification.State.FILED)
    return sorted(rows, key=lambda row: (row.state != "filed", row.answer_by, -row.pk))


def _copy_form(subject, role, data=None):
    return CopyForm(speaking.adults(subject, role), is_helper=role == Role.HELPER, data=data)


def _speaker(form_class, subject, role, request):
    data = request.POST if request.method == "POST" else None
    return form_class(speaking.adults(subject, role), is_helper=role == Role.HELPER, data=data)


def _of(request, subject, form):
    context = {"subject": subject, "village": subject.village, "form": form}
    return render(request, "rights/requests_of.html", context, status=422 if form.errors else 200)


urlpatterns = [
    path("villages/<str:code>/requests/", requests, name="requests"),
    path("villages/<str:code>/requests/<uuid:subject_key>/", requests_of, name="requests_of"),
    path("villages/<str:code>/requests/<uuid:subject_key>/copy/", desk_copy, name="desk_copy"),
    path("villages/<str:code>/requests/<uuid:subject_key>/wrong/", desk_wrong, name="desk_wrong"),
    path("villages/<str:code>/requests/<uuid:subject_key>/erase/", desk_erase, name="desk_erase"),
]
