"""/livez and /readyz for a load balancer: plain, quick, and about nobody."""

from __future__ import annotations

from threading import Lock
from time import monotonic

from django.http import HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from operations.health import probes

KEPT_SECONDS = 2
_lock = Lock()
_kept: tuple[float, dict] | None = None


@never_cache
@require_safe
def live(request):
    """The process answers; nothing else is asked, so that a database that is away restarts nobody."""
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


@never_cache
@require_safe
def ready(request):
    """200 when people can be sent here, 503 with what is missing; `missed` is what they can do without for a while."""
    found = readiness()
    return JsonResponse(found, status=503 if found["failing"] else 200)


def readiness() -> dict[str, dict[str, str]]:
    """{"failing": {probe: what is wrong}, "missed": {…}}; asked anew at most once in KEPT_SECONDS a process."""
    global _kept
    with _lock:
        if _kept is None or monotonic() - _kept[0] > KEPT_SECONDS:
            _kept = monotonic(), {"failing": _wrong(probes.NEEDED), "missed": _wrong(probes.MISSED)}
        return _kept[1]


def forget() -> None:
    """Ask anew at the next question."""
    global _kept
    _kept = None


def _wrong(asked) -> dict[str, str]:
    return {name: wrong for name, probe in asked.items() if (wrong := probe())}
