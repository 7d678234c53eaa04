"""外出代办: while an officer is away, another handles their cases under their own name."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from appeals import assignments
from appeals.models import Delegation
from appeals.who import OFFICE
from governance.access import appointments, today
from governance.forms.common import day, line, refusals_in
from governance.models import Appointment, User
from governance.refusals import Refused


class AwayForm(forms.Form):
    """Who stands in, from when to when, and why."""

    to = forms.ChoiceField(label="由谁代办", error_messages={"required": "请选由谁代办。"})
    starts = day("从哪天")
    ends = day("到哪天", help_text="这一天也算在内。")
    why = line("为什么", missing="请写为什么，比如出差、休假。", longest=120)

    def __init__(self, people: list[User], data=None):
        super().__init__(data)
        self.people = {str(user.key): user for user in people}
        self.fields["to"].choices = [("", "请选"), *((key, user.name) for key, user in self.people.items())]

    def clean_to(self) -> User:
        """The person."""
        return self.people[self.cleaned_data["to"]]


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def absences(request):
    """The reader's absences and those they stand in for; and the form for one more."""
    at = timezone.now()
    form = AwayForm(_colleagues(request.user, at), request.POST if request.method == "POST" else None)
    if form.is_valid():
        with refusals_in(form):
            row = assignments.delegate(**form.cleaned_data, by=request.user, at=at)
            messages.success(request, f"定好了，这几天您的异议由{row.to.name}办。")
            return redirect("delegations")
    rows = Delegation.objects.select_related("user", "to").order_by("-starts", "-id")
    context = {
        "form": form,
        "mine": rows.filter(user=request.user)[:20],
        "others": rows.filter(to=request.user, ends__gte=today(at)),
        "today": today(at),
    }
    return render(request, "appeals/delegations.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def end(request, key):
    """Back early."""
    row = get_object_or_404(Delegation.objects.select_related("to"), user=request.user, key=key)
    assignments.end_delegation(delegation=row, by=request.user, at=timezone.now())
    messages.success(request, "收回了，明天起又由您自己办。")
    return redirect("delegations")


def _colleagues(user: User, at) -> list[User]:
    """Who holds an office of the same kind in the same place or above it; Refused for who holds none."""
    mine = [a for a in appointments(user, at=at) if a.role in OFFICE]
    if not mine:
        raise Refused("只有镇里办异议的人才用得着。您现在没有这个职务。")
    codes = {
        code
        for a in mine
        for code in (a.division.code, a.division.code[:9] + "000", a.division.code[:6] + "0" * 6)
    }
    rows = Appointment.objects.on(today(at)).filter(
        role__in=OFFICE, division__code__in=codes, user__is_active=True
    )
    found = rows.exclude(user=user).select_related("user").order_by("user__name")
    return list({row.user_id: row.user for row in found}.values())


urlpatterns = [
    path("delegations/", absences, name="delegations"),
    path("delegations/<uuid:key>/end/", end, name="delegation_end"),
]
