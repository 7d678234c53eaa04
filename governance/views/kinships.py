"""申报亲属: declared from either side, so that nobody judges kin. A mistake is ended by the clerk."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from governance import access, households, kinships
from governance.forms.kinships import EndForm, HouseholdForm, StaffForm
from governance.models import Appointment, Kinship, User
from governance.models.people import Role
from governance.refusals import Refused

JUDGES = [Role.RATER, Role.LEADER, Role.COUNCIL, Role.COMMITTEE, Role.OFFICER, Role.PANEL]


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def declare(request):
    """What I declared and what my household declared; a form for each side I am on."""
    at, by = timezone.now(), request.user
    member = households.member_of(by)
    villages = list(access.villages(by, at=at))
    if member is None and not villages:
        raise Refused("亲属要由办事的人或者住户来报。您的账号还没绑到哪一户，请先找文书。")
    data, side = request.POST or None, request.POST.get("side")
    works = HouseholdForm(villages, data if side == "works" else None) if villages else None
    lives = StaffForm(_judges(member.village, at), data if side == "lives" else None) if member else None
    if works and works.is_bound and works.is_valid():
        return _declare(request, by, works.subject, works.cleaned_data["relation"], at)
    if lives and lives.is_bound and lives.is_valid():
        return _declare(
            request, lives.cleaned_data["user"], member.subject, lives.cleaned_data["relation"], at
        )
    context = {"works": works, "lives": lives, "member": member, "ties": _ties(by, member, at)}
    return render(request, "governance/kinships.html", context, status=422 if data else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def end(request, key):
    """The clerk ends a tie declared by mistake, with a reason."""
    at = timezone.now()
    villages = access.villages(request.user, Role.CLERK, at=at)
    tie = get_object_or_404(
        Kinship.objects.select_related("user", "subject__area"), key=key, village__in=villages
    )
    form = EndForm(request.POST or None)
    if form.is_bound and form.is_valid():
        kinships.end(kinship=tie, why=form.cleaned_data["why"], by=request.user, at=at)
        messages.success(request, "取消了，明天起不再回避。")
        return redirect("kinships")
    return render(
        request,
        "governance/kinships_end.html",
        {"tie": tie, "form": form},
        status=422 if form.errors else 200,
    )


def _declare(request, user, subject, relation, at):
    kinships.declare(user=user, subject=subject, relation=relation, by=request.user, at=at)
    messages.success(request, "报好了。从今天起，这一户的事由别人来评、来审。")
    return redirect("kinships")


def _judges(village, at):
    """Everybody who judges in a village, by name."""
    codes = [village.code, village.code[:9] + "000", village.code[:6] + "000000"]
    held = Appointment.objects.on(access.today(at)).filter(role__in=JUDGES, division__code__in=codes)
    return User.objects.filter(pk__in=held.values("user"), is_active=True).order_by("name", "pk")


def _ties(user, member, at):
    """Standing ties that this reader may know: their own, their household's, and their village's if clerk."""
    mine = Q(user=user) | Q(village__in=access.villages(user, Role.CLERK, at=at))
    if member:
        mine |= Q(subject=member.subject)
    rows = Kinship.objects.on(access.today(at)).filter(mine).select_related("user", "subject__area")
    clerk_of = set(access.villages(user, Role.CLERK, at=at).values_list("pk", flat=True))
    rows = rows.order_by("village_id", "subject__area__position", "subject__door_order", "pk")
    return [(row, row.village_id in clerk_of and row.user_id != user.pk and row.ends is None) for row in rows]


urlpatterns = [
    path("kinships/", declare, name="kinships"),
    path("kinships/<uuid:key>/end/", end, name="kinship_end"),
]
