"""URLs of running it: probes and metrics for machines, the page of the machinery for operators."""

from django.urls import path

from operations.health import probe_views
from operations.health import views as health
from operations.metrics import views as metrics

urlpatterns = [
    path("livez", probe_views.live, name="livez"),
    path("readyz", probe_views.ready, name="readyz"),
    path("metrics", metrics.metrics, name="metrics"),
    path("health/", health.health, name="health"),
]
