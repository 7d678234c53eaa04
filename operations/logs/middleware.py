"""One line a request: which page, how it ended, how long it took, and the key of who asked. Never what they typed."""

from __future__ import annotations

import logging
from time import perf_counter

from governance.requests import new_request_id
from operations.metrics.requests import route_of

log = logging.getLogger("lianping.request")
HEADER = "X-Request-ID"


class logged:
    """Begins the request: its id is the proxy's where that is a UUID, and goes back in the answer."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        """Answer one request and write its line."""
        began = perf_counter()
        request.id = new_request_id(request.headers.get(HEADER, ""))
        response = self.get_response(request)
        response[HEADER] = request.id
        if not request.path_info.startswith("/static/"):
            log.info("answered", extra=_told(request, response, perf_counter() - began))
        return response


def _told(request, response, seconds: float) -> dict:
    # Only a user that was read anyway: a log line costs no query.
    user = getattr(request, "_cached_user", None)
    return {
        "route": route_of(request),
        "method": request.method,
        "status": response.status_code,
        "ms": round(seconds * 1000),
        "user": str(user.key) if user and user.is_authenticated else "",
    }
