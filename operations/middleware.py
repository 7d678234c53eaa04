"""Answers machines before anything else is asked of a request: no redirect to TLS, no host name, no session, no log line."""

from operations.health import probe_views
from operations.metrics import views as metrics

VIEWS = {"/livez": probe_views.live, "/readyz": probe_views.ready, "/metrics": metrics.metrics}


class probes:
    """Outermost: a probe comes by the machine's own address every few seconds."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        """Answer a probe, or pass the request on."""
        view = VIEWS.get(request.path_info)
        return view(request) if view else self.get_response(request)
