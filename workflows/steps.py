"""Act on a process step safely: lock, find the open task, do the work, move on. One task, one winner."""

from __future__ import annotations

from contextlib import contextmanager

from django.db import models
from django.utils import timezone
from viewflow.workflow.status import STATUS

from governance.refusals import Conflict

OPEN = [STATUS.NEW, STATUS.ASSIGNED]


@contextmanager
def step(process, node, *, by):
    """Do one human step: the body changes the entity, leaving it moves the process to the next node.

    Locks the task's own process row first, whatever the URL said; raises Conflict naming who was first
    when the step is no longer open. Runs in one transaction with its body. `by` is None when a deadline acts.
    """
    with node.flow_class.lock(process.pk):
        activation = node.activation_class(_open_task(process, node))
        if activation.task.status == STATUS.NEW:
            activation.assign(by)
        elif by and activation.task.owner_id != by.pk:
            activation.reassign(by)
        yield
        # Gateways read the entity cached on the activation: drop what the service has changed.
        activation.process.refresh_from_db()
        activation.start(request=None)
        activation.execute()


@contextmanager
def locked(process, node):
    """Lock a process whose step `node` must still be open, without finishing the step."""
    with node.flow_class.lock(process.pk):
        _open_task(process, node)
        yield


def pass_on(process, node) -> None:
    """Leave a waiting Handle node: all sheets are in, or a window is over."""
    with node.flow_class.lock(process.pk):
        node.run(_open_task(process, node))


def cancel(process) -> None:
    """End a process whose entity ended another way (a missing sheet)."""
    process.flow_class.instance.cancel(process)


def reopen(process, node) -> None:
    """Take an ended process up again at an earlier step: an objection against its end was upheld."""
    with node.flow_class.lock(process.pk):
        process.refresh_from_db()
        process.status, process.finished = STATUS.NEW, None
        process.save()
        end = process.flow_class.task_class._default_manager.filter(process_id=process.pk).latest("pk")
        node._create(end.flow_task.activation_class(end), end.token).activate()


def lock(row: models.Model, *beside: str):
    """Read a row again under its row lock, with the rows it refers to by these names."""
    rows = type(row)._default_manager.select_related(*beside or [None])
    return rows.select_for_update(of=("self",), no_key=True).get(pk=row.pk)


def lock_all(rows):
    """Lock the rows of a queryset in one order, before an act that touches and records several of them."""
    return list(rows.select_for_update(of=("self",), no_key=True).order_by("pk"))


def _open_task(process, node):
    tasks = process.flow_class.task_class._default_manager.filter(process_id=process.pk, flow_task=node)
    task = tasks.filter(status__in=OPEN).first()
    if task is None:
        raise Conflict(_who_was_first(tasks.filter(status=STATUS.DONE).order_by("-finished").first(), node))
    return task


def _who_was_first(done, node) -> str:
    if done is None:
        return f"现在还没到“{node.task_title}”这一步，或者已经过了。请回待办看看最新的情况。"
    when = timezone.localtime(done.finished)
    who = done.owner.name if done.owner else "系统"
    return f"“{node.task_title}”{who}在{when.month}月{when.day}日{when:%H:%M}已经办过了，不用再办。您填的没有存。"


def now_open(process, node) -> bool:
    """Is a step of a process waiting for somebody."""
    tasks = process.flow_class.task_class._default_manager
    return tasks.filter(process_id=process.pk, flow_task=node, status__in=OPEN).exists()
