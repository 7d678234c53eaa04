"""Which tables a backup holds, and their columns."""

from __future__ import annotations

from django.apps import apps
from django.db import connection, models
from django.db.migrations.loader import MigrationLoader

from operations import kinds
from operations.errors import OperationError

# Sign-ins end with a restore: who held a session's cookie then may be somebody else now.
LEFT_OUT = {"sessions", "usersessions"}


def kept() -> list[type[models.Model]]:
    """Every model with a table that migrations make, sessions aside, in a fixed order."""
    known = MigrationLoader(None).migrated_apps - LEFT_OUT
    found = apps.get_models(include_auto_created=True)
    return [
        one for one in found if one._meta.app_label in known and one._meta.managed and not one._meta.proxy
    ]


def fields(model: type[models.Model]) -> list[models.Field]:
    """The fields with a column in a model's own table; what it has from a parent's table is kept with that."""
    return model._meta.local_concrete_fields


def columns(model: type[models.Model]) -> list[tuple[str, str]]:
    """(column, kind) of a table."""
    return [(field.column, kinds.kind_of(field)) for field in fields(model)]


def check_migrated() -> dict[str, list[str]]:
    """The migrations that made the tables, by app. Raises OperationError when code and tables do not fit."""
    loader = MigrationLoader(connection)
    applied, here = set(loader.applied_migrations), set(loader.disk_migrations)
    if missing := {key for key in loader.graph.nodes if key not in applied}:
        raise OperationError(
            f"表还不是这个版本的（{named(missing)}还没做）。先运行manage.py migrate，再备份。"
        )
    if newer := {key for key in applied - here if key[0] in loader.migrated_apps}:
        raise OperationError(f"表比程序新（{named(newer)}）。请用装好的新版程序来备份。")
    return {app: sorted(name for at, name in applied if at == app) for app in sorted(loader.migrated_apps)}


def named(migrations) -> str:
    """Some migrations in a sentence."""
    return "、".join(".".join(key) for key in sorted(migrations))
