"""怎么通知我: by which ways, for which topics, when not, and a message to oneself to try it."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from governance.access import roles_of
from governance.forms.common import refusals_in
from governance.refusals import Refused, why_not
from governance.views.clerk import READ_AND_POST
from notifications import preferences, trial
from notifications.forms.how import HowForm
from notifications.models import Channel, Topic

# Where an address is given, by channel: the name of a page, and what is done there.
PAGES = {
    Channel.SMS: ("account_change_phone", "换手机号"),
    Channel.EMAIL: ("notify_email", "填邮箱"),
    Channel.WECHAT: ("notify_wechat", "绑定微信"),
}


@login_required
@require_http_methods(READ_AND_POST)
def shown(request):
    """What somebody chose, and the form to change it."""
    user, at = request.user, timezone.now()
    preference = preferences.of(user)
    topics = _topics(roles_of(user, at=at))
    form = HowForm(preference, topics, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        with refusals_in(form):
            preferences.change(user=user, by=user, at=at, **form.chosen())
            messages.success(request, "记住了，以后就这样通知您。")
            return redirect("how_told")
    context = {
        "form": form, "rows": form.matrix(), "ways": [_way(user, preference, channel) for channel in preferences.OUT],
        "stops": why_not(trial.check, user, at=at), "calendar": Topic.WORK in topics,
    }  # fmt: skip
    return render(request, "notifications/how.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def tried(request):
    """Send a message to oneself; why not, is said on the page that it came from."""
    try:
        channels = trial.send(by=request.user, at=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("how_told")
    if channels:
        names = "、".join(Channel(channel).label for channel in channels)
        messages.success(
            request, f"发了一条：站内现在就有，{names}几分钟里到。没收到，回这里看看写的对不对。"
        )
    else:
        messages.success(request, "发了一条：站内现在就有。您没有选短信、邮件、微信，所以只在站内。")
    return redirect("inbox")


def _topics(roles: set[str]) -> list[str]:
    """What may concern somebody at all: the office who has one, the home who lives here, notices everybody."""
    return [
        topic
        for topic, concerns in (
            (Topic.HOME, "resident" in roles or not roles),
            (Topic.WORK, bool(roles - {"resident"})),
            (Topic.NOTICE, True),
        )
        if concerns
    ]


def _way(user, preference, channel: str) -> dict:
    """A way out of the house: where it leads, why it cannot be chosen, and the page that helps."""
    stop = preferences.why_not_usable(user, preference, channel)
    name, action = PAGES[channel]
    return {
        "label": Channel(channel).label, "to": "" if stop else _hidden(preferences.address(user, preference, channel), channel),
        "stop": stop, "url": reverse(name) if channel in preferences.ways.configured() else "", "action": action,
    }  # fmt: skip


def _hidden(address: str, channel: str) -> str:
    """An address as its owner knows it again and nobody looking over their shoulder reads it."""
    if channel == Channel.WECHAT:
        return "绑定了"
    name, at, host = address.partition("@")
    if at:
        return f"{name[:2]}***@{host}"
    return f"{address[:3]}****{address[-4:]}"


urlpatterns = [
    path("notifications/how/", shown, name="how_told"),
    path("notifications/how/try/", tried, name="how_tried"),
]
