"""Bring a backup back into an empty database: all of it or nothing.

Before the first write the file is read whole and every hash compared (`checks`), and the database and the folder of
uploads are looked at (`target`, `uploads`). Then: tables as they were when the file was made, rows and uploads in one
transaction (`rows`), migrations that came since, and what the log has to say about what was lost (`logs`).
The signer's memory (LOG_SIGNED_DIR) is never touched: it is what tells us that something was lost.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path

from django.core.management import call_command

from operations.archive import Reader
from operations.restoring import checks, logs, rows, target, uploads

Say = Callable[[str], object]


def restore(path: Path, *, at: datetime, say: Say) -> logs.Told:
    """Restore a backup into the empty database and folder of this installation.

    Returns what became of the logs. Raises OperationError or OSError; database and folder are as empty as before then.
    """
    with closing(Reader(path)) as archive:
        made_at, folder = datetime.fromisoformat(archive.manifest["made_at"]), uploads.Folder()
        checks.check(archive, say)
        target.check_empty()
        folder.check(archive)
        target.make_tables(archive.manifest["migrations"], say)
        with folder.staged(archive, say):
            rows.load(archive, say, at_last=folder.place)
    call_command("migrate", verbosity=0, interactive=False)
    return logs.tell(made_at=made_at, at=at)
