"""Celery application: broker and behaviour come from settings (CELERY_*)."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
app = Celery("lianping")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
SWEEP = 60.0  # seconds
SWEPT = (
    "workflows.tick",
    "notifications.remind",
    "notifications.relay",
    "notifications.send",
    "governance.sweep_jobs",
    "operations.look",
)
# A sweep that nobody took within its own time is not needed any more: the next one does the same.
app.conf.beat_schedule = {
    name: {"task": name, "schedule": SWEEP, "options": {"expires": SWEEP}} for name in SWEPT
}
