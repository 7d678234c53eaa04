"""窗口: clerk and helper find a household or a case, take down what is said, and follow what was filed there."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from appeals import desk as desks
from appeals.forms import FindForm
from appeals.next_steps import next_of
from governance import access
from governance.models import Division

ON_A_PAGE = 20


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def desk(request, code):
    """Find the household of somebody at the desk. Names go by POST: none stays in an address or a log line."""
    at = timezone.now()
    village = get_object_or_404(Division, code=code, level=Division.Level.VILLAGE)
    access.check_role(request.user, *desks.ROLES, village=village, at=at)
    form = FindForm(village, request.POST if request.method == "POST" else None)
    found = None
    if form.is_bound and form.is_valid():
        number = form.cleaned_data.pop("number").strip().upper()
        if number:
            if case := desks.by_number(request.user, village, number, at=at):
                return redirect("objection", key=case.key)
            form.add_error("number", "没有这个编号。请对着回执再看一遍；代办员只查得到自己替人提的。")
        else:
            found = desks.find(request.user, village, at=at, **form.cleaned_data)
            if len(found) == 1:
                return redirect("desk_file", code=code, subject_key=found[0].key)
            if not found:
                form.add_error(None, "没有找到。请核对门牌号和姓名；代办员只找得到请过代办员的户。")
    page = Paginator(desks.taken_down(request.user, village, at=at), ON_A_PAGE).get_page(
        request.GET.get("page")
    )
    context = {
        "village": village, "form": form, "found": found, "page": page,
        "cases": [(case, next_of(case)) for case in page],
    }  # fmt: skip
    return render(request, "appeals/desk.html", context, status=422 if form.errors else 200)


@login_required
@require_safe
def desk_file(request, code, subject_key):
    """What one household can object to; opening it is logged and the household sees it."""
    at = timezone.now()
    village = get_object_or_404(Division, code=code, level=Division.Level.VILLAGE)
    subject = get_object_or_404(desks.subjects(request.user, village, at=at), key=subject_key)
    context = {
        "village": village,
        "subject": subject,
        "rows": desks.open_file(subject, by=request.user, at=at),
        "more": desks.also_open(subject, by=request.user, at=at),
    }
    return render(request, "appeals/desk_file.html", context)


urlpatterns = [
    path("villages/<str:code>/desk/", desk, name="desk"),
    path("villages/<str:code>/desk/<uuid:subject_key>/", desk_file, name="desk_file"),
]
