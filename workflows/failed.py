"""Steps that failed where nobody was at the screen: the engine parks them in ERROR, where no queue shows them.

A step of ours that runs in a request raises and takes everything back. Only what runs with the engine told to
keep going (background work) ends here.
"""

from __future__ import annotations

import sys

from django.db.models import QuerySet
from viewflow.workflow.models import Task
from viewflow.workflow.status import STATUS

from governance.failures import said
from governance.refusals import Conflict

GONE = "这一步刚有人重试过，已经不在卡住的里面了，不用再办。"


def strip(*, task: Task, **_) -> None:
    """Receiver of viewflow's `task_failed`: of the error keep kind and place only.

    The engine stores its words and every local variable of the frame, phone numbers included, in the task's data
    (design/4-architecture.md). It has no other hook, so this is the one signal that is received besides Django's
    own; it runs in the transaction that parks the task, so nothing else is ever stored.
    """
    error = sys.exception()
    task.data["_exception"] = {"error": said(error) if error else "Unknown"}
    task.save(update_fields=["data"])


def tasks() -> QuerySet[Task]:
    """Parked steps, the longest parked first."""
    return Task.objects.filter(status=STATUS.ERROR).order_by("finished", "pk")


def error_of(task: Task) -> str:
    """Kind and place of the error a step failed with."""
    return (task.data or {}).get("_exception", {}).get("error", "")


def retry(task: Task) -> None:
    """Do a parked step again, and what follows it, in one transaction under the lock of its process.

    Raises Conflict when somebody else did already, and whatever the step itself raises: then it stays parked.
    """
    with task.flow_task.flow_class.lock(task.process_id):
        row = Task.objects.filter(pk=task.pk, status=STATUS.ERROR).first()
        if row is None:
            raise Conflict(GONE)
        row.data.pop("_exception", None)  # the engine copies the data into the new task
        row.flow_task.activation_class(row).revive()
