"""The restore drill: a backup is only one when somebody has restored it.

A fresh database beside the live one (or one that is given), the restore, and then everything that can be recomputed:
the log, what it vouches for, each signed quarter, each file, and checkpoints that were kept outside. All of it in
processes of their own that know the fresh database only; the live one is not even opened.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings

from operations.archive import Reader
from operations.drills import scratch


def drill(file: Path, *, into: str, checkpoints: Path, say: Callable[[str], object]) -> int:
    """Restore a backup into a scratch database, check it, throw both away; returns the exit status.

    `into` is the URL of an empty database to use, which stays; empty for one that is made and dropped.
    """
    with TemporaryDirectory(prefix="lianping-drill-") as folder, scratch.database(into, Path(folder)) as url:
        with closing(Reader(file)) as archive:
            is_inside = archive.has_uploads
        inside = os.environ | {
            "DATABASE_URL": url,
            # Files that the backup does not hold are only read, where they are.
            "MEDIA_ROOT": f"{folder}/uploads" if is_inside else str(settings.MEDIA_ROOT),
            "LOG_SIGNED_DIR": f"{folder}/signed",
        }
        # What it says of the logs is about a machine without the signer's memory: the check below has it.
        if status := _manage(inside, "restore", str(file), stdout=subprocess.DEVNULL):
            say("drill failed: 恢复不了。")
            return status
        return _manage(inside, "restore_check", str(file), "--checkpoints", str(checkpoints))


def _manage(environment: dict, *arguments: str, stdout=None) -> int:
    """A command in a process of its own; what it prints is shown as it comes."""
    sys.stdout.flush()
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), *arguments]
    return subprocess.run(
        command, env=environment, cwd=settings.BASE_DIR, stdout=stdout, check=False
    ).returncode
