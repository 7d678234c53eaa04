"""How many requests, how they ended, how long they took: counted by each process, added up at the scrape.

By the name of the route, of which there are as many as the code has; an address nobody serves is "none".
"""

from time import perf_counter

from prometheus_client import Histogram

METHODS = {"GET", "HEAD", "POST", "OPTIONS"}
SECONDS = Histogram(
    "lianping_request_seconds",
    "time to answer a request",
    ["route", "method", "status"],
    buckets=(0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)


class timed:
    """Measures everything behind it."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        """Answer and count."""
        began = perf_counter()
        response = self.get_response(request)
        method = request.method if request.method in METHODS else "other"
        SECONDS.labels(route_of(request), method, str(response.status_code)).observe(perf_counter() - began)
        return response


def route_of(request) -> str:
    """The name of the page that answered; "none" where none did."""
    match = request.resolver_match
    return (match.view_name or "unnamed") if match else "none"
