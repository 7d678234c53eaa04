"""Objection and receipt for the household; the desk for clerk and helper."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from appeals import desk as desks
from appeals import objections
from appeals.against import Against, check_open
from appeals.forms import DeskForm, FindForm, OwnForm
from appeals.models import Objection
from governance import access, households, stories
from governance.models import Division, Entry
from governance.models.people import Role
from governance.readings import log_reading
from governance.refusals import Invalid, Refused

LAST_AT_DESK = 20


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def file(request, entry_key):
    """我有异议: two taps for the adult; at the desk also who says it and how. 404 for anybody else."""
    at = timezone.now()
    entry = get_object_or_404(Entry.objects.select_related("subject__area", "village", "rule"), key=entry_key)
    form, against = _form(request, entry, at), Against.line(entry)
    if form.is_bound and form.is_valid():
        try:
            case = objections.file(
                against=against, text=form.cleaned_data["text"], by=request.user, at=at, **form.channel
            )
        except Invalid as invalid:
            for name, sentence in invalid.errors.items():
                form.add_error(name, sentence)
        else:
            messages.success(request, f"记下了，编号{case.number}。")
            return redirect("objection", key=case.key)
    context = {
        "entry": entry,
        "fact": stories.facts([entry.source]).get(entry.source),
        "form": form,
        "is_own": type(form) is OwnForm,
        "refusal": _refusal(objections.check_file, against, by=request.user, at=at, **form.channel)
        or _refusal(check_open, against, at=at),
        "open_case": entry.objections.filter(state__in=Objection.OPEN).first(),
    }
    return render(request, "appeals/file.html", context, status=422 if form.errors else 200)


@login_required
@require_safe
def case(request, key):
    """The case: its receipt, what happened, who must act by when. A look from outside is logged."""
    at = timezone.now()
    row = get_object_or_404(objections.visible(request.user, at=at), key=key)
    member = households.member_of(request.user)
    is_own = member is not None and member.subject_id == row.subject_id
    if not is_own:
        role = _role_at(request.user, row.village, at)
        log_reading(user=request.user, subject=row.subject, role=role, why=f"看异议{row.number}", at=at)
    context = {
        "case": row,
        "fact": row.entry and stories.facts([row.entry.source]).get(row.entry.source),
        "is_own": is_own,
        "is_filed": row.state == Objection.State.FILED,
        "may_withdraw": not _refusal(objections.check_withdraw, row, by=request.user, at=at),
        "withdrawn": row.history.filter(history_change_reason="objection.withdrawn").first(),
    }
    return render(request, "appeals/case.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request, key):
    """不办了: said plainly once, then done."""
    at = timezone.now()
    row = get_object_or_404(objections.visible(request.user, at=at), key=key)
    if request.method == "POST":
        objections.withdraw(objection=row, by=request.user, at=at)
        messages.success(request, f"异议{row.number}不办了，那一条照原来算。")
        return redirect("objection", key=key)
    objections.check_withdraw(row, by=request.user, at=at)
    return render(request, "appeals/withdraw.html", {"case": row})


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
        found = desks.find(request.user, village, at=at, **form.cleaned_data)
        if len(found) == 1:
            return redirect("desk_file", code=code, subject_key=found[0].key)
        if not found:
            form.add_error(None, "没有找到。请核对门牌号和姓名；代办员只找得到请过代办员的户。")
    last = objections.visible(request.user, at=at).filter(village=village)[:LAST_AT_DESK]
    context = {"village": village, "form": form, "found": found, "last": last}
    return render(request, "appeals/desk.html", context, status=422 if form.errors else 200)


@login_required
@require_safe
def desk_file(request, code, subject_key):
    """The lines of one household that can be objected to; opening it is logged and the household sees it."""
    at = timezone.now()
    village = get_object_or_404(Division, code=code, level=Division.Level.VILLAGE)
    subject = get_object_or_404(desks.subjects(request.user, village, at=at), key=subject_key)
    rows = desks.open_file(subject, by=request.user, at=at)
    return render(request, "appeals/desk_file.html", {"village": village, "subject": subject, "rows": rows})


def _form(request, entry: Entry, at):
    """The form of whoever opens a line: its own adult, else clerk or helper at the desk. 404 for anybody else."""
    data = request.POST if request.method == "POST" else None
    member = households.member_of(request.user)
    if member and member.subject_id == entry.subject_id:
        if not households.sees_score(member):
            raise Refused("同意参加的人才看得到分、提得了异议。请先到“同意与退出”里同意。")
        return OwnForm(member, data=data)
    role = _role_at(request.user, entry.village, at)
    adults = desks.adults(entry.subject, role)
    if role not in desks.ROLES or not adults.exists():
        raise Http404
    return DeskForm(adults, is_helper=role == Role.HELPER, data=data)


def _role_at(user, village: Division, at) -> str:
    """In which role somebody from outside the household looks; empty for a neighbour, or a former adult of it."""
    roles = (*desks.ROLES, Role.OFFICER)
    return next((role for role in roles if access.holds(user, role, village, at=at)), "")


def _refusal(check, *args, **kwargs) -> str:
    """The sentence that a check refuses with, for showing; empty when it allows."""
    try:
        check(*args, **kwargs)
    except Refused as refused:
        return str(refused)
    return ""
