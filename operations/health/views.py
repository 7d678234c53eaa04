"""机器好不好: every check with what to do, for the operator. Nothing of a village, nothing of a household."""

from __future__ import annotations

from django.shortcuts import render

from governance.views.clerk import READ
from operations.health import since
from oversight.stuck.views import for_operator


@for_operator(*READ)
def health(request, where, at):
    """Bad ones first; the page asks anew by itself every minute."""
    lines = sorted(since.look(at), key=lambda line: line.found.is_well)
    context = {"lines": lines, "bad": sum(not line.found.is_well for line in lines), "at": at}
    template = "operations/health_lines.html" if request.htmx else "operations/health.html"
    return render(request, template, context)
