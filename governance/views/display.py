"""How pages are shown to this reader, and for which of their villages. Both work by plain links."""

from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_safe

from governance.context import MODE_COOKIE, MODES, SIZES, TEXT_COOKIE, VILLAGE_KEY, Shell

HOME = "/"
YEAR_SECONDS = 365 * 24 * 60 * 60


@require_safe
def display(request):
    """Keep `mode` (standard, elder) or `text` (1 to 4) in a cookie for a year, then go back to `next`.

    Unknown values change nothing; a `next` outside this site leads home. Source: design 6-experience.md.
    """
    response = redirect(_back_to(request))
    for name, cookie, allowed in (("mode", MODE_COOKIE, MODES), ("text", TEXT_COOKIE, dict(SIZES))):
        value = request.GET.get(name)
        if value in allowed:
            response.set_cookie(
                cookie, value, max_age=YEAR_SECONDS, httponly=True, samesite="Lax", secure=request.is_secure()
            )
    return response


@login_required
@require_safe
def choose_village(request, code):
    """Work for another village of one's own from here on; 404 for any other, then go home."""
    if code not in {village.code for village in Shell(request).villages}:
        raise Http404
    request.session[VILLAGE_KEY] = code
    return redirect(HOME)


def _back_to(request) -> str:
    target = request.GET.get("next", "")
    safe = url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()})
    return target if safe else HOME
