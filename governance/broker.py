"""Handing a task to a worker at once, when that costs nothing: whoever waits for it in vain finds it by its row.

The row is the promise, the broker only says "now". So it is asked after the commit, once, and when it is away not again
for AWAY_SECONDS: a page never waits for it.
"""

from __future__ import annotations

import logging
from time import monotonic

from celery import Task

AWAY_SECONDS = 30
log = logging.getLogger("lianping.broker")
_away_until = 0.0


def nudge(task: Task, *args) -> bool:
    """Enqueue a task; False when the broker is away, which is logged and harms nobody: the sweep does the work."""
    global _away_until
    if monotonic() < _away_until:
        return False
    try:
        task.apply_async(args, retry=False)
    except Exception as error:  # kombu's, redis's or the socket's: whatever it is, the sweep does it later
        log.warning("任务队列连不上（%s），由定时的那一轮来办", type(error).__name__)
        _away_until = monotonic() + AWAY_SECONDS
        return False
    return True


def forget_trouble() -> None:
    """Ask the broker again at once."""
    global _away_until
    _away_until = 0.0
