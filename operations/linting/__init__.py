"""What a migration may do while the program of the version before is still at work: expand first, contract later.

Judged by the operations themselves: no database is needed, and both engines get the same answer. (django-migration-linter
judges the SQL of one engine, where SQLite's is a rebuilt table, and keeps no reason with an exception.)
A migration that takes something away says why and since when nothing uses it, in a class attribute:

    class Migration(migrations.Migration):
        CONTRACTS = "door_order is not read any more; since 0.3"
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.migrations import Migration, SeparateDatabaseAndState
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState

from operations.linting.rules import Step, judged

# The last migration of each app before the first release: there was no version before it to go on working.
BASELINE = {
    "appeals": 2,
    "governance": 4,
    "notifications": 1,
    "oversight": 1,
    "rights": 1,
    "transparency": 2,
    "workflows": 5,
}
_CONTRACTS = re.compile(r".{8,}; since \d+\.\d+\S*")


@dataclass(frozen=True)
class Finding:
    """What one operation of one migration would break, and the reason it is allowed all the same (or none)."""

    migration: str
    operation: str
    why: str
    waived: str = ""

    def __str__(self):
        end = f"（写明了：{self.waived}）" if self.waived else ""
        return f"{self.migration}：{self.operation}：{self.why}{end}"


def ours() -> list[tuple[str, str]]:
    """Our own migrations that came after the first release, in the order they are run."""
    graph = MigrationLoader(None).graph
    keys = dict.fromkeys(key for leaf in graph.leaf_nodes() for key in graph.forwards_plan(leaf))
    return [key for key in keys if key[0] in BASELINE and int(key[1][:4]) > BASELINE[key[0]]]


def lint(key: tuple[str, str]) -> list[Finding]:
    """What a migration of the project would break."""
    loader = MigrationLoader(None)
    return list(findings(loader.graph.nodes[key], loader.project_state(key, at_end=False)))


def findings(migration: Migration, state: ProjectState) -> Iterator[Finding]:
    """What a migration would break, on tables as `state` has them before it."""
    label = f"{migration.app_label}.{migration.name}"
    contracts = getattr(migration, "CONTRACTS", "")
    waived = contracts if _CONTRACTS.fullmatch(contracts) else ""
    if contracts and not waived:
        yield Finding(label, "CONTRACTS", "要写成“为什么; since 版本”，比如“door_order没有人读了; since 0.3”")
    for operation, why in _judged(migration.operations, migration, state, set()):
        yield Finding(label, operation.describe(), why, waived)


def _judged(operations: list, migration: Migration, state: ProjectState, new: set[str]) -> Iterator[tuple]:
    """(operation, what it would break), one after another; what stands inside an operation is judged as if outside."""
    for operation in operations:
        if isinstance(operation, SeparateDatabaseAndState):
            yield from _judged(operation.database_operations, migration, state.clone(), new)
        else:
            step = Step(operation, migration, state, new)
            yield from ((operation, why) for why in judged(step))
            new |= step.made
        operation.state_forwards(migration.app_label, state)
