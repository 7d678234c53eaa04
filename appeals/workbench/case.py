"""The case page: the file, and what may be done with it; every act by one service, at the same address."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from appeals import hearings, sight
from appeals.models import Hearing, Objection
from appeals.who import check_actor
from appeals.workbench import acts
from appeals.workbench.file import CaseFile
from appeals.workbench.forms import MinutesForm, WhyForm
from governance.forms.common import refusals_in
from governance.refusals import Invalid


@login_required
@require_safe
def case(request, key):
    """The file. Who must stay out sees why and nothing else; that somebody looked is noted for the household."""
    at = timezone.now()
    row = sight.opened(request.user, key, at=at)
    if reason := sight.aside(row, request.user, at=at):
        return render(request, "appeals/case_aside.html", {"case": row, "reason": reason})
    sight.look(row, by=request.user, at=at)
    return _page(request, row, at)


@login_required
@require_POST
def act(request, key, act):
    """Do one of acts.ACTS; what was filled in wrongly comes back with the page."""
    at = timezone.now()
    row = sight.opened(request.user, key, at=at)
    if act not in acts.ACTS:
        raise Http404
    check_actor(row, by=request.user, at=at)
    doing, file = acts.ACTS[act], CaseFile(row, request.user, at)
    form = doing.form(file, request.POST, request.FILES)
    if form.is_valid():
        with refusals_in(form):
            messages.success(request, doing.do(row, form, by=request.user, at=at))
            return redirect("case", key=row.key)
    return _page(request, row, at, tried=(act, form), status=422)


@login_required
@require_POST
def hearing_end(request, key):
    """The minutes of a meeting (`minutes`), or that it does not take place (`why`)."""
    at = timezone.now()
    hearing = get_object_or_404(Hearing.objects.select_related("objection"), key=key)
    row = sight.opened(request.user, hearing.objection.key, at=at)
    check_actor(row, by=request.user, at=at)
    try:
        if "minutes" in request.POST:
            hearings.hold(hearing=hearing, minutes=request.POST["minutes"], by=request.user, at=at)
            messages.success(request, "记录存好了，双方都看得到。")
        else:
            hearings.cancel(hearing=hearing, why=request.POST.get("why", ""), by=request.user, at=at)
            messages.success(request, "取消了，双方都看得到原因。")
    except Invalid as invalid:
        messages.error(request, str(invalid))
    return redirect("case", key=row.key)


def _page(request, row: Objection, at, *, tried=None, status=200):
    file = CaseFile(row, request.user, at)
    context = {
        "case": row,
        "file": file,
        "offers": acts.offers(file, tried),
        "tried": tried and tried[0],
        "minutes": MinutesForm(),
        "why": WhyForm(label="为什么不开了", missing="请写为什么不开了。"),
    }
    return render(request, "appeals/case_file.html", context, status=status)


urlpatterns = [
    path("cases/<uuid:key>/", case, name="case"),
    path("cases/<uuid:key>/do/<slug:act>/", act, name="case_act"),
    path("hearings/<uuid:key>/end/", hearing_end, name="hearing_end"),
]
