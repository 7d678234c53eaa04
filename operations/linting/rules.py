"""The rules: each kind of operation, and when the version before could not go on working beside it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.db import migrations, models
from django.db.migrations import Migration
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from django.db.models import NOT_PROVIDED

from governance.online import AddIndexOnline

# Tables that grow with every month of every village: a lock on them stops the county.
BIG = {
    "appeals.objection", "governance.carry", "governance.deadline", "governance.entry", "governance.event",
    "governance.eventbody", "governance.hold", "governance.reading", "governance.scorecard",
    "notifications.delivery", "notifications.message", "transparency.leaf", "viewflow.process", "viewflow.task",
    "workflows.ballot", "workflows.evidence", "workflows.sheetline", "workflows.observation", "workflows.viewed",
}  # fmt: skip
_WIDER = [
    ["PositiveSmallIntegerField", "PositiveIntegerField", "PositiveBigIntegerField"],
    ["SmallIntegerField", "IntegerField", "BigIntegerField"],
    ["CharField", "TextField"],
]
# What may be written as SQL: one statement that changes neither rows nor columns and locks nobody out.
_HARMLESS = re.compile(r"(SELECT|ANALYZE|COMMENT\s+ON|CREATE\s+STATISTICS|DROP\s+STATISTICS)\b[^;]*;?", re.I)
_LATER = "旧版程序还在用。先发一版不再用它的程序，下一版再删，并写CONTRACTS"


@dataclass
class Step:
    """One operation of a migration, the tables before it, and those that the same migration made."""

    operation: Operation
    migration: Migration
    state: ProjectState
    new: set[str]

    @property
    def table(self) -> str:
        """Whose columns it changes, in lower case."""
        return getattr(self.operation, "model_name", getattr(self.operation, "name", "")).lower()

    @property
    def is_new(self) -> bool:
        """Nobody uses a table that was made a moment ago."""
        return self.table in self.new

    @property
    def is_big(self) -> bool:
        """Whether work stops while the table is locked."""
        return self.table.startswith("historical") or f"{self.migration.app_label}.{self.table}" in BIG

    @property
    def is_free(self) -> bool:
        """A changed field whose column PostgreSQL need not write anew: the same kind, or a text made longer."""
        kinds = [field.get_internal_type() for field in (self.before, self.operation.field)]
        return kinds[0] == kinds[1] or kinds == ["CharField", "TextField"]

    @property
    def made(self) -> set[str]:
        """Tables it makes."""
        return {self.table} if isinstance(self.operation, migrations.CreateModel) else set()

    @property
    def before(self) -> models.Field:
        """The field as it was."""
        return self.state.models[self.migration.app_label, self.table].fields[self.operation.name]


def judged(step: Step) -> Iterator[str]:
    """Why an operation must not be run beside the version before; nothing when it may."""
    for kind, rule in RULES.items():
        if isinstance(step.operation, kind) and not (step.is_new and kind not in _DATA):
            yield from rule(step)


def _takes_away(step: Step) -> Iterator[str]:
    yield _LATER


def _adds_field(step: Step) -> Iterator[str]:
    field = step.operation.field
    if field.many_to_many:
        return
    if not field.null and field.db_default is NOT_PROVIDED:
        yield "旧版程序写新行时不知道这一列。给它null=True或者db_default"
    if step.is_big and (field.db_index or field.unique):
        yield "大表上加列带索引会锁表。写db_index=False，再用AddIndexOnline单独建"


def _alters_field(step: Step) -> Iterator[str]:
    old, new = step.before, step.operation.field
    if _column(old, step) != _column(new, step):
        yield _LATER
    if step.is_big and not step.is_free:
        yield "大表上改列的类型会重写整张表，锁住它。加一列新的，一小批一小批搬"
    if old.null and not new.null:
        yield "旧版程序还会写空值。等它不写了再改，并写CONTRACTS"
    if not _fits(old, new):
        yield "新的列装不下旧的值。加一列新的，搬过去，下一版再删旧的"
    if old.db_default is not NOT_PROVIDED and new.db_default is NOT_PROVIDED and not new.null:
        yield "旧版程序靠db_default写这一列。等它不用了再去掉，并写CONTRACTS"
    if new.unique and not old.unique:
        yield "旧版程序可能写进重复的值，建索引也会锁表。先查清没有重复，并写CONTRACTS"
    if step.is_big and new.db_index and not old.db_index:
        yield "大表上建索引会锁表。用AddIndexOnline"


def _column(field: models.Field, step: Step) -> str:
    """The name of a field's column."""
    name = step.operation.name
    return field.db_column or (f"{name}_id" if field.remote_field else name)


def _fits(old: models.Field, new: models.Field) -> bool:
    """Every value of the old column goes into the new one unchanged."""
    before, after = old.get_internal_type(), new.get_internal_type()
    shorter = new.max_length is not None and (old.max_length is None or new.max_length < old.max_length)
    if before == after:
        return not (shorter and before in {"CharField", "BinaryField"})
    return any(before in row and after in row[row.index(before) :] for row in _WIDER)


def _adds_index(step: Step) -> Iterator[str]:
    if step.is_big and not getattr(step.operation, "is_online", False):
        yield "大表上建索引会锁表。用governance.online.AddIndexOnline，migration写atomic = False"


def _adds_index_online(step: Step) -> Iterator[str]:
    if step.migration.atomic:
        yield "在事务里建不了CONCURRENTLY。migration写atomic = False，别的都不放进来"


def _adds_constraint(step: Step) -> Iterator[str]:
    yield "旧版程序可能写进不合的行。先发一版守这个规矩的程序，再加，并写CONTRACTS"


def _runs_python(step: Step) -> Iterator[str]:
    if not step.operation.reversible:
        yield "没有往回走的办法。写reverse_code，什么都不用做就写migrations.RunPython.noop"
    if step.migration.atomic:
        yield "一个事务里改完整张表会锁住它。migration写atomic = False，一小批一个事务"


def _runs_sql(step: Step) -> Iterator[str]:
    if not step.operation.reversible:
        yield "没有往回走的办法。写reverse_sql"
    if not isinstance(step.operation.sql, str) or not _HARMLESS.fullmatch(step.operation.sql.strip()):
        yield "写成SQL的看不出锁不锁表、旧版程序认不认。用Django的操作来写；只能用SQL的，想清楚了写CONTRACTS"


# Operations on rows are judged on new tables too: reverting must always be possible.
_DATA = (migrations.RunPython, migrations.RunSQL)
RULES: dict[type, Callable[[Step], Iterator[str]]] = {
    **dict.fromkeys(
        (
            migrations.RemoveField,
            migrations.RemoveConstraint,
            migrations.DeleteModel,
            migrations.RenameField,
            migrations.RenameModel,
            migrations.AlterModelTable,
            migrations.AlterUniqueTogether,
        ),
        _takes_away,
    ),
    migrations.AddField: _adds_field,
    migrations.AlterField: _alters_field,
    migrations.AddIndex: _adds_index,
    AddIndexOnline: _adds_index_online,
    migrations.AddConstraint: _adds_constraint,
    migrations.RunPython: _runs_python,
    migrations.RunSQL: _runs_sql,
}
