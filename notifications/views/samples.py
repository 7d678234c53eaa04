"""通知样子: all kinds of messages on one page, for those who are asked what the village sends."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_safe

from governance.access import roles_of
from governance.models.people import Role
from governance.refusals import Refused
from notifications.forms.samples import SamplesForm
from notifications.samples import ONE_SMS, samples

READERS = {Role.CLERK, Role.SUPERVISION, Role.SUPERVISOR, Role.OPERATOR}


@login_required
@require_safe
def shown(request):
    """Every kind with its words. Refused for who answers for none of them."""
    if not roles_of(request.user, at=timezone.now()) & READERS:
        raise Refused("这一页给文书、监督和系统运维看，您现在没有这些职务。")
    form = SamplesForm(request.GET)
    found = samples(**form.asked())
    context = {
        "form": form, "samples": found, "one_sms": ONE_SMS, "is_clean": all(each.is_clean for each in found),
        "is_short": all(each.is_one_sms for each in found),
    }  # fmt: skip
    return render(request, "notifications/samples.html", context)


urlpatterns = [path("notifications/samples/", shown, name="message_samples")]
