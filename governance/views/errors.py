"""Pages that say no: what happened and what to do next."""

from django.shortcuts import render

from governance.refusals import Refused


def refusal_page(request, refusal: Refused):
    """The page of a refusal with its status: 403, 409, 422 or 503."""
    template = "409.html" if refusal.status == 409 else "403.html"
    return render(request, template, {"sentence": str(refusal)}, status=refusal.status)


def csrf_failure(request, reason=""):
    """Shown instead of Django's English page."""
    sentence = "这一页开得太久，或者浏览器没留住登录。请退回去刷新一下，再办一次。填的内容没有存。"
    return render(request, "403.html", {"sentence": sentence}, status=403)
