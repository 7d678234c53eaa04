"""绑定微信: to WeChat's page and back, from within WeChat; elsewhere a code to open this page there."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from governance import qr
from governance.refusals import Refused
from notifications import addresses, wechat_binding
from notifications.channels import wechat
from notifications.models import Channel
from notifications.site import absolute

IN_WECHAT = "MicroMessenger"


@login_required
@require_safe
def shown(request):
    """Whether WeChat is bound, and what to do."""
    inside = IN_WECHAT in request.headers.get("User-Agent", "")
    context = {
        "is_here": wechat.configured() is not None,
        "not_here": wechat_binding.NOT_HERE,
        "is_bound": bool(addresses.address_of(request.user, Channel.WECHAT)),
        "is_inside": inside,
        "code": "" if inside else qr.drawn(absolute(reverse("notify_wechat")), title="用微信扫，打开这一页"),
    }
    return render(request, "notifications/wechat.html", context)


@login_required
@require_safe
@never_cache
def started(request):
    """Off to WeChat's page. A link, not a form: a form may lead nowhere else (form-action)."""
    try:
        return redirect(
            wechat_binding.start(
                back=absolute(reverse("notify_wechat_back")), session=request.session, at=timezone.now()
            )
        )
    except Refused as refused:
        return _said(request, refused)


@login_required
@require_safe
@never_cache
def came_back(request):
    """Back from WeChat with a code, or without."""
    try:
        wechat_binding.finish(
            code=request.GET.get("code", ""),
            state=request.GET.get("state", ""),
            session=request.session,
            by=request.user,
            at=timezone.now(),
        )
    except Refused as refused:
        return _said(request, refused)
    messages.success(request, "微信绑好了。哪些事发微信，在“怎么通知我”里选。")
    return redirect("notify_wechat")


@login_required
@require_POST
def dropped(request):
    """Nothing goes to that WeChat any more."""
    if addresses.unbind(channel=Channel.WECHAT, by=request.user, at=timezone.now()):
        messages.success(request, "微信解绑了，不再往那里发。")
    return redirect("notify_wechat")


def _said(request, refused: Refused):
    """The sentence above the page where one can try again."""
    messages.error(request, str(refused))
    return redirect("notify_wechat")


urlpatterns = [
    path("notifications/wechat/", shown, name="notify_wechat"),
    path("notifications/wechat/start/", started, name="notify_wechat_start"),
    path("notifications/wechat/back/", came_back, name="notify_wechat_back"),
    path("notifications/wechat/drop/", dropped, name="notify_wechat_drop"),
]
