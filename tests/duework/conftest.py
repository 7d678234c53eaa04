"""The harness's view of this project, and what every contract needs: noon, a folder, a post office, a kind of job."""

import pytest
import time_machine
from due_work_harness import configure
from due_work_harness.integrations.celery import celery_publication_breaker
from due_work_harness.integrations.django import django_host

from governance import broker, jobs
from tests.duework import counting, post
from tests.duework.callbacks import callback_breaker
from tests.people import NOON

LAYERS = {
    "config",
    "operations",
    "notifications",
    "oversight",
    "rights",
    "appeals",
    "workflows",
    "governance",
}
host = django_host(
    production_packages=LAYERS | {"transparency"},
    publication_breaker=celery_publication_breaker,
    lifecycle_proofs=False,
)
configure(host.model_copy(update={"callback_breaker": callback_breaker}))


@pytest.fixture(autouse=True)
def _noon(settings, tmp_path, monkeypatch):
    """It is noon on the day of the stories, the broker answers, and what leaves the house is kept."""
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr("notifications.channels.sender_for", lambda channel: post.OFFICE)
    monkeypatch.setitem(jobs.KINDS, counting.NAME, counting.KIND)
    post.OFFICE.letters.clear()
    post.OFFICE.fails.clear()
    broker.forget_trouble()
    with time_machine.travel(NOON, tick=False):
        yield
    broker.forget_trouble()
