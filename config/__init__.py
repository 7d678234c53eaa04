"""Settings and wiring: knows everybody, nobody knows it."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
