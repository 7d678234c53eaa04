"""The database to restore into: that it is empty, and that it has the tables of the file's time."""

from __future__ import annotations

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from operations.errors import OperationError
from operations.tables import named

# What migrate itself fills: it comes from the file instead.
FILLED = ("auth_permission", "django_content_type")
_MIGRATIONS = "django_migrations"


def check_empty() -> None:
    """Raises OperationError when any table has a row that migrate did not put there."""
    full = [name for name in _tables() if name not in (*FILLED, _MIGRATIONS) and _has_rows(name)]
    if full:
        raise OperationError(
            f"{connection.settings_dict['NAME']}这个数据库不是空的（{full[0]}里有内容），不往里恢复，什么都没有动。"
            "请新建一个空的数据库，把DATABASE_URL指过去，再来一次。"
        )


def make_tables(migrations: dict[str, list[str]], say) -> None:
    """Migrate the empty database to just what the file's was; of a later state, its empty tables are made anew."""
    wanted = {(app, name) for app, names in migrations.items() for name in names}
    applied = set(MigrationLoader(connection).applied_migrations)
    if applied - wanted:
        _drop()
        applied = set()
    if wanted - applied:
        say("建表")
        executor = MigrationExecutor(connection)
        leaves = _leaves(executor.loader.graph, wanted)
        executor.migrate(leaves, executor.migration_plan(leaves))
    if missing := wanted - set(MigrationLoader(connection).applied_migrations):
        raise OperationError(f"建不出备份当时的表（{named(missing)}）。请用备份那个版本的程序恢复，再升级。")


def clear() -> None:
    """Take out what migrate filled. Inside the transaction that loads."""
    with connection.cursor() as cursor:
        for name in FILLED:
            cursor.execute(f"DELETE FROM {connection.ops.quote_name(name)}")


def _leaves(graph, wanted: set) -> list:
    """Of each app the last migration wanted: naming an earlier one too would mean going back to it."""
    return sorted(
        key
        for key in wanted
        if not any(child.key in wanted and child.key[0] == key[0] for child in graph.node_map[key].children)
    )


def _tables() -> list[str]:
    return connection.introspection.table_names()


def _has_rows(name: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT 1 FROM {connection.ops.quote_name(name)} LIMIT 1")
        return cursor.fetchone() is not None


def _drop() -> None:
    """All tables of a database that `check_empty` found empty."""
    cascade = " CASCADE" if connection.vendor == "postgresql" else ""
    with connection.constraint_checks_disabled(), connection.cursor() as cursor:
        for name in _tables():
            cursor.execute(f"DROP TABLE {connection.ops.quote_name(name)}{cascade}")
