"""A long job keeps no deadline and no message waiting: it has a queue and a worker of its own."""

import re

import pytest
from django.utils import timezone

from config.celery import SWEPT, app
from governance import pulses
from governance.tasks import run_job
from operations.health import beats
from tests.reading import ROOT

UNITS = ROOT / "docs" / "operations"


def queue_of(task: str) -> str:
    return app.amqp.router.route({}, task)["queue"].name


def test_only_long_jobs_go_to_the_queue_of_long_jobs():
    assert queue_of(run_job.name) == "jobs"
    assert {queue_of(name) for name in SWEPT} == {"celery"}


def test_each_queue_has_a_unit_that_takes_from_it_alone():
    found = {
        unit.name: re.search(r"--queues (\S+)", unit.read_text(encoding="utf-8"))[1]
        for unit in UNITS.glob("*.service")
        if "config.celery worker" in unit.read_text(encoding="utf-8")
    }
    assert found == {"lianping-worker.service": "celery", "lianping-jobs.service": "jobs"}


def test_one_worker_alone_takes_from_both():
    assert set(app.amqp.queues.consume_from) == {"celery", "jobs"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("taken", "heard"),
    [("jobs", {pulses.JOBS}), ("celery", {pulses.WORKER}), ("celery,jobs", {pulses.JOBS, pulses.WORKER})],
)
def test_a_worker_is_heard_for_what_it_does(taken, heard):
    app.amqp.queues.select(taken.split(","))
    try:
        for part in beats.parts():
            pulses.beat(part, timezone.now())
    finally:
        app.amqp.queues.select(["celery", "jobs"])
    assert set(pulses.heard()) == heard


def test_the_worker_units_log_what_the_handbook_promises():
    for unit in ("lianping-worker.service", "lianping-jobs.service"):
        assert "--loglevel INFO" in (UNITS / unit).read_text(encoding="utf-8")
