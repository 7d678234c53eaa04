"""A worker that is connected to the broker says so in the database, where the operators' page reads it."""

from __future__ import annotations

import logging
from time import monotonic

from celery import current_app, signals
from django.db import Error, connections
from django.utils import timezone

from governance import pulses

EVERY_SECONDS = 30
PARTS = {"celery": pulses.WORKER, "jobs": pulses.JOBS}  # by the queue a worker takes from
log = logging.getLogger("lianping.worker")
_last = 0.0


@signals.heartbeat_sent.connect
def beat(**_):
    """Celery's own heartbeat, every two seconds, becomes a row twice a minute. A database that is away is no reason to stop."""
    global _last
    if monotonic() - _last < EVERY_SECONDS:
        return
    _last = monotonic()
    try:
        for part in parts():
            pulses.beat(part, timezone.now())
    except Error as error:
        log.warning("worker的心跳没记上（%s）", type(error).__name__)
    finally:
        # The worker's main process forks: it keeps no connection that a child could inherit.
        connections.close_all()


def parts() -> list[str]:
    """What this process is: it takes from one queue or from both."""
    return [part for queue, part in PARTS.items() if queue in current_app.amqp.queues.consume_from]
