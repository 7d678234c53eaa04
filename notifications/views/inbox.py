"""通知: everybody's own inbox, and the number on the bell."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from notifications import inbox
from notifications.context import Unread
from notifications.forms.inbox import FindForm
from notifications.models import Message
from notifications.views.moments import moment
from notifications.ways import ways_out

ON_A_PAGE = 20


@login_required
@require_safe
def shown(request):
    """One's messages, newest first; `marked` offers to take 都标成已读 back."""
    form = FindForm(request.GET)
    asked = form.cleaned_data if form.is_valid() else {}
    rows = inbox.messages_of(
        request.user,
        topic=asked.get("topic", ""),
        is_unread=asked.get("unread", False),
        words=asked.get("q", ""),
    )
    page = Paginator(rows, ON_A_PAGE).get_page(request.GET.get("page"))
    marked_at = moment(request.GET.get("marked"))
    context = {
        "form": form, "page": page, "rows": [(row, ways_out(row.deliveries.all())) for row in page],
        "marked_at": marked_at, "marked": inbox.marked(request.user, marked_at).count() if marked_at else 0,
    }  # fmt: skip
    return render(request, "notifications/inbox.html", context)


@login_required
@require_POST
def opened(request, key):
    """Mark a message as read and go on to the page it is about; it stays here where it is about none."""
    message = get_object_or_404(Message, key=key, recipient=request.user)
    inbox.mark_read(message=message, by=request.user, at=timezone.now())
    if message.path and url_has_allowed_host_and_scheme(message.path, allowed_hosts=None):
        return redirect(message.path)
    return redirect("inbox")


@login_required
@require_POST
def read_all(request):
    """Mark everything as read, and say how to take that back."""
    at = timezone.now()
    if not inbox.mark_all_read(by=request.user, at=at):
        messages.info(request, "都读过了，没有新的。")
        return redirect("inbox")
    return redirect(f"{reverse('inbox')}?{urlencode({'marked': at.isoformat()})}")


@login_required
@require_POST
def undo(request):
    """Take 都标成已读 back."""
    marked_at = moment(request.POST.get("marked"))
    n = inbox.unmark(by=request.user, marked_at=marked_at) if marked_at else 0
    if n:
        messages.success(request, f"退回去了，{n}条又是没读的。")
    else:
        messages.info(request, "没有要退回去的。")
    return redirect("inbox")


@never_cache
@require_safe
def count(request):
    """The bell, drawn anew; 204 while its number is still the `seen` one, or nobody is signed in any more."""
    unread = Unread(request.user)
    if request.htmx and (not unread.is_shown or request.GET.get("seen") == str(unread.count)):
        return HttpResponse(status=204)
    return _bell(request, unread)


@login_required
def _bell(request, unread: Unread):
    return render(request, "notifications/bell.html", {"unread": unread, "is_alone": True})


urlpatterns = [
    path("notifications/", shown, name="inbox"),
    path("notifications/read/", read_all, name="inbox_read"),
    path("notifications/undo/", undo, name="inbox_undo"),
    path("notifications/count/", count, name="inbox_count"),
    path("notifications/<uuid:key>/", opened, name="message_open"),
]
