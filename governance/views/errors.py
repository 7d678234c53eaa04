"""Pages that say no: what happened and what to do next."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from governance.refusals import Refused


def refusal_page(request, refusal: Refused):
    """The page of a refusal with its status: 403, 409, 422 or 503."""
    template = "409.html" if refusal.status == 409 else "403.html"
    return render(request, template, {"sentence": str(refusal)}, status=refusal.status)


def csrf_failure(request, reason=""):
    """Shown instead of Django's English page."""
    sentence = "这一页开得太久，或者浏览器没留住登录。请退回去刷新一下，再办一次。填的内容没有存。"
    return render(request, "403.html", {"sentence": sentence}, status=403)


def server_error(request):
    """The page of an error, without a query (500); 503 when the database is away or cannot write."""
    is_away = isinstance(sys.exception(), OperationalError | InterfaceError)
    name, status = ("503.html", 503) if is_away else ("500.html", 500)
    return HttpResponse(
        render_to_string(name), status=status, headers={"Retry-After": "30"} if is_away else None
    )
