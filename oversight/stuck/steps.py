"""Failed steps: background steps that the engine parked in ERROR, where no queue shows them."""

from __future__ import annotations

from collections import Counter
from functools import reduce
from operator import or_

from django.db.models import Q, QuerySet
from viewflow.workflow.models import Task

from governance.refusals import Refused
from oversight.stuck.missed import household_of, name_of
from oversight.stuck.registry import Item, Source
from workflows import failed

# Each process is one-to-one with the thing whose life it moves along; the thing knows its village.
THINGS = {
    "sheetprocess": "sheet", "roundprocess": "round", "settlementprocess": "settlement",
    "objectionprocess": "objection", "repairprocess": "repair",
}  # fmt: skip
PATHS = [f"process__{process}__{thing}" for process, thing in THINGS.items()]
NO_STEP = "程序里已经没有这一步了，重试不了。请把页面上的报错发给开发的人。"


class Steps(Source):
    """Do a parked step again under the lock of its process, with everything that follows it."""

    name, title = "steps", "失败的步骤"
    says = "后台办的一步出了错，停在那里，谁的待办里都没有。修好原因，再试一次；不成，什么也不会改。"
    retries, done, failed = True, "step.retried", "step.retry_failed"

    def every(self, where):
        """All steps with the things they belong to."""
        return _here(Task.objects.all(), where)

    def rows(self, where, *, at, kind=""):
        """Parked steps."""
        found = _here(failed.tasks(), where)
        return found.filter(flow_task=kind) if kind else found

    def kinds(self, where, *, at):
        """Steps by name."""
        counts = Counter(
            self.rows(where, at=at).order_by().select_related(None).values_list("flow_task", flat=True)
        )
        return [(_ref(node), _title(node), n) for node, n in counts.most_common()]

    def items(self, rows):
        """Steps in words."""
        return [self._item(row) for row in rows]

    def _item(self, task: Task) -> Item:
        thing = _thing(task)
        title = f"{name_of(getattr(thing, 'round', thing))}{_title(task.flow_task)}"
        return Item(
            task.pk, _ref(task.flow_task), title, thing.village, task.finished, failed.error_of(task)
        )  # fmt: skip

    def household(self, row):
        """Of a case or a repair."""
        return household_of(_thing(row))

    def retry(self, row, *, by, at):
        """Do it again."""
        if row.flow_task is None:
            raise Refused(NO_STEP)
        failed.retry(row)


def _here(tasks: QuerySet[Task], where) -> QuerySet[Task]:
    here = reduce(or_, (Q(**{f"{path}__village__in": where}) for path in PATHS))
    return tasks.filter(here).select_related(*(f"{path}__village" for path in PATHS))


def _thing(task: Task):
    for process, thing in THINGS.items():
        if found := getattr(task.process, process, None):
            return getattr(found, thing)
    return None


def _ref(node) -> str:
    """A step as the database stores it; empty for one that the code does not know any more."""
    return Task._meta.get_field("flow_task").get_prep_value(node) or ""


def _title(node) -> str:
    return str(node.task_title or node.name) if node else "程序里已经没有的一步"
