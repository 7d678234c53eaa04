"""What the pages of adult and desk share: for which file, a copy to send, the two steps before something is deleted."""

from __future__ import annotations

from functools import wraps

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods

from governance import access, policies
from governance.forms.common import refusals_in
from governance.models import Division, Member, Subject
from governance.models.people import Role
from governance.refusals import why_not
from governance.views.clerk import done
from rights import erasures, exports, rectifications, speaking
from rights.household.written import FORMS

DESK = (Role.CLERK, Role.HELPER)


def for_own_file(*methods):
    """Give a view the reader's own Member: of the file named by `file` (its key), else of where they live.

    An account bound to nobody is led to binding; somebody else's file is a 404.
    """

    def wrap(view):
        @login_required
        @require_http_methods(methods)
        @wraps(view)
        def seen(request):
            mine = speaking.files_of(request.user)
            if not mine:
                return redirect("bind")
            key = request.POST.get("file") or request.GET.get("file") or str(mine[0].key)
            member = next((row for row in mine if str(row.key) == key), None)
            if member is None:
                raise Http404
            return view(request, member)

        return seen

    return wrap


def for_desk_file(*methods):
    """Give a view the household of its URL and the role of clerk or helper; 404 where they find none to speak for."""

    def wrap(view):
        @login_required
        @require_http_methods(methods)
        @wraps(view)
        def seen(request, code, subject_key):
            at = timezone.now()
            village = get_object_or_404(Division, code=code, level=Division.Level.VILLAGE)
            role = access.check_role(request.user, *DESK, village=village, at=at)
            rows = Subject.objects.filter(village=village).select_related("village", "area")
            subject = get_object_or_404(rows, key=subject_key)
            if role == Role.HELPER and not speaking.adults(subject, role).exists():
                raise Http404
            return view(request, subject, role)

        return seen

    return wrap


def send(member: Member, form: str, *, how: str, by, witness: str = "") -> HttpResponse:
    """The copy as a download that no cache keeps."""
    at = timezone.now()
    made = exports.hand_out(member=member, form=form, how=how, by=by, at=at, witness=witness)
    given = FORMS[form]
    name = f"资料-{timezone.localdate(at):%Y%m%d}.{given.name}"
    if isinstance(made, bytes):
        answer = HttpResponse(made, content_type=given.media_type)
        answer["Content-Disposition"] = content_disposition_header(True, name)
    else:
        answer = FileResponse(made, as_attachment=True, filename=name, content_type=given.media_type)
    answer["Cache-Control"] = "no-store"
    return answer


def two_steps(request, form, *, template: str, then, context: dict) -> HttpResponse:
    """First post: say once more what goes and what stays. Second post (`sure`): ask for it, and on by `then`."""
    at = timezone.now()
    if form.is_bound and "again" not in request.POST and form.is_valid():
        whole, member = form.cleaned_data["which"] == "household", form.channel["for_member"]
        if "sure" in request.POST:
            with refusals_in(form):
                return then(erasures.ask(whole=whole, by=request.user, at=at, **form.channel))
        elif refused := why_not(erasures.check_ask, member, whole=whole):
            form.add_error("which", refused)
        else:
            days = policies.value("erasure_days", member.village, access.today(at))
            taken = erasures.along(member, whole=whole)
            context |= {"is_sure": True, "whole": whole, "days": days, "who": member, "along": taken}
            covered = {member.subject_id, *(row.subject_id for row, _ in taken)}
            context["left"] = [
                reach for reach in context.get("others", ()) if reach.subject.pk not in covered
            ]
    return render(request, template, context | {"form": form}, status=422 if form.errors else 200)


def say_wrong(request, form, *, village: Division, context: dict, more: str = "") -> HttpResponse:
    """Take down what somebody says is stored wrongly; `more` is added to the sentence that gives its number."""
    at = timezone.now()
    if form.is_bound and form.is_valid():
        said = form.cleaned_data
        if row := rectifications.waits_already(form.channel["for_member"], said["what"], said["text"]):
            return done(request, f"已经提过了，编号{row.number}，不用再提。", "rectification", row.key)
        with refusals_in(form):
            row = rectifications.file(
                what=said["what"], text=said["text"], by=request.user, at=at, **form.channel
            )
            return done(request, f"记下了，编号{row.number}。{more}", "rectification", row.key)
    days = policies.value("rectify_days", village, access.today(at))
    status = 422 if form.errors else 200
    return render(request, "rights/wrong.html", context | {"form": form, "days": days}, status=status)
