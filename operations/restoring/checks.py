"""Whether a file can be restored here, asked before anything is written."""

from __future__ import annotations

from django.db import connection
from django.db.migrations.loader import MigrationLoader

from operations import keys
from operations.archive import Reader
from operations.errors import OperationError
from operations.tables import named


def check(archive: Reader, say) -> None:
    """Raises OperationError: of a newer version, keys missing, damaged. The whole file is read once."""
    said = archive.manifest
    check_known(said["migrations"])
    keys.check(said["keys"])
    if keys.is_other_signer(said["keys"]):
        say("注意：LOG_SIGNING_KEY和备份时用的不是同一把。以前签的要用原来的公钥来核对，请把它留好。")
    say(f"备份是{said['made_at']}在{said['engine'].split(',')[0]}上做的。先从头到尾核对一遍。")
    archive.check(say)


def check_known(migrations: dict[str, list[str]]) -> None:
    """Every migration that made the file's tables is known to this program."""
    here = set(MigrationLoader(connection).graph.nodes)
    if unknown := {(app, name) for app, names in migrations.items() for name in names} - here:
        raise OperationError(
            f"备份是更新版本的程序做的（这里没有{named(unknown)}）。请先把程序升级到那个版本，再恢复。"
        )
