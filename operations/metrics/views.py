"""/metrics for Prometheus: numbers only, for whoever holds the token, or from this machine where there is none."""

from __future__ import annotations

import hmac
import os
from ipaddress import ip_address
from pathlib import Path

from django.conf import settings
from django.http import HttpResponse, HttpResponseForbidden
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from operations.metrics import gone
from operations.metrics.domain import Domain

FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_X_REAL_IP", "HTTP_FORWARDED", "HTTP_X_FORWARDED_PROTO")


@never_cache
@require_safe
def metrics(request):
    """Everything at once, in the text format; 403 for who may not."""
    if not may_scrape(request):
        return HttpResponseForbidden("METRICS_TOKEN\n", content_type="text/plain; charset=utf-8")
    domain = CollectorRegistry()
    domain.register(Domain(timezone.now()))
    return HttpResponse(_processes() + generate_latest(domain), content_type=CONTENT_TYPE_LATEST)


def may_scrape(request) -> bool:
    """With a token set it is asked for; without one the request must come from this machine, and through no proxy."""
    if settings.METRICS_TOKEN:
        given = request.headers.get("Authorization", "")
        return hmac.compare_digest(given.encode(), f"Bearer {settings.METRICS_TOKEN}".encode())
    return not any(name in request.META for name in FORWARDED) and _is_here(request.META["REMOTE_ADDR"])


def _is_here(address: str) -> bool:
    """This machine's own address; a Unix socket gives none."""
    return not address or ip_address(address).is_loopback


def _processes() -> bytes:
    """What this process counted, or under gunicorn what all of them did (gunicorn.conf.py)."""
    folder = os.environ.get("PROMETHEUS_MULTIPROC_DIR")
    if not folder:
        return generate_latest(REGISTRY)
    registry = CollectorRegistry()
    MultiProcessCollector(registry)
    with gone.reading(Path(folder)):
        return generate_latest(registry)
