"""A task logs, and its events keep, the id of the request that caused it; besides, its own name and id."""

from __future__ import annotations

import logging
from contextvars import ContextVar
from time import perf_counter

from celery import signals

from governance.requests import current_request_id, new_request_id

HEADER = "lianping_request"
log = logging.getLogger("lianping.task")
_task: ContextVar[tuple[str, str] | None] = ContextVar("task", default=None)
_began: ContextVar[float] = ContextVar("began", default=0.0)


def current_task() -> dict:
    """{"task": name, "task_id": id} within a task, else nothing."""
    task = _task.get()
    return {"task": task[0], "task_id": task[1]} if task else {}


@signals.before_task_publish.connect
def hand_on(headers=None, **_):
    """Whoever enqueues a task sends the id of their request along."""
    if headers is not None and current_request_id():
        headers[HEADER] = current_request_id()


@signals.task_prerun.connect
def begin(task_id, task, **_):
    """A worker takes a task: the request's id is its own too; one that nobody caused gets a new one."""
    if task.request.is_eager:
        return
    new_request_id(task.request.get(HEADER) or "")
    _task.set((task.name, task_id))
    _began.set(perf_counter())


@signals.task_postrun.connect
def end(task, state, **_):
    """It is over: a line says how."""
    if not task.request.is_eager:
        log.info("done", extra={"status": state, "ms": round((perf_counter() - _began.get()) * 1000)})
        _task.set(None)
