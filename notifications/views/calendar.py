"""日历: a secret address that the calendar of a phone reads by itself, or the file once."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from governance import qr
from governance.refusals import why_not
from notifications import calendar
from notifications.site import absolute

TYPE = "text/calendar; charset=utf-8"
KEEP_SECONDS = 900


@login_required
@require_safe
@never_cache
def shown(request):
    """Whether there is an address, since when, and how to put it into a calendar; a new one is shown this once."""
    token = calendar.take(request.session, by=request.user)
    context = {
        "stops": why_not(calendar.check_works, request.user, at=timezone.now()),
        "made_at": calendar.made_at(request.user),
        **(_address(token) if token else {}),
    }
    return render(request, "notifications/calendar.html", context)


@login_required
@require_POST
def renewed(request):
    """A new address, and on to the page that shows it once; the earlier one stops working, which is asked first."""
    if calendar.made_at(request.user) and "sure" not in request.POST:
        return _ask(request, "换一个地址", "旧地址马上不能用，放过旧地址的手机、电脑都要重新放一次。")
    token = calendar.subscribe(by=request.user, at=timezone.now())
    calendar.keep(token, request.session, by=request.user)
    return redirect("notify_calendar")


@login_required
@require_POST
def stopped(request):
    """The address stops working, which is asked first."""
    if calendar.made_at(request.user) and "sure" not in request.POST:
        return _ask(request, "停用", "手机、电脑的日历里不再更新。以后想用，可以再开一个。")
    if calendar.unsubscribe(by=request.user):
        messages.success(request, "停用了，旧地址读不到东西了。")
    return redirect("notify_calendar")


@login_required
@require_safe
@never_cache
def downloaded(request):
    """The file as of now. Raises Refused for who has no post."""
    at = timezone.now()
    calendar.check_works(request.user, at=at)
    response = HttpResponse(calendar.text_for(request.user, at=at), content_type=TYPE)
    response["Content-Disposition"] = 'attachment; filename="lianping.ics"'
    return response


@require_safe
def feed(request, token):
    """What a calendar reads by the secret address; it does not sign in."""
    user = calendar.owner(token)
    if user is None:
        raise Http404
    response = HttpResponse(calendar.text_for(user, at=timezone.now()), content_type=TYPE)
    response["Cache-Control"] = f"private, max-age={KEEP_SECONDS}"
    response["X-Robots-Tag"] = "noindex"
    return response


def _address(token: str) -> dict:
    address = absolute(reverse("notify_calendar_feed", args=[token]))
    scheme, _, rest = address.partition("://")
    return {
        "address": address,
        "webcal": f"webcal{'s' if scheme == 'https' else ''}://{rest}",
        "code": qr.drawn(address, title="日历的订阅地址"),
    }


def _ask(request, title: str, sentence: str):
    return render(request, "notifications/calendar_sure.html", {"title": title, "sentence": sentence})


urlpatterns = [
    path("notifications/calendar/", shown, name="notify_calendar"),
    path("notifications/calendar/renew/", renewed, name="notify_calendar_renew"),
    path("notifications/calendar/stop/", stopped, name="notify_calendar_stop"),
    path("notifications/calendar/lianping.ics", downloaded, name="notify_calendar_file"),
    path("calendar/<str:token>.ics", feed, name="notify_calendar_feed"),
]
