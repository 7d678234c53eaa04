"""manage.py restore_drill FILE: restore a backup into a scratch database, check it, throw it away."""

import signal
import sys
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand

from operations.drills import drill
from operations.errors import told


class Command(BaseCommand):
    """Ends with `drill ok: …`, or with 1 and what differs. The live database is not touched."""

    help = "演练：把备份恢复到一个临时数据库，重算日志和分数，和外面留着的检查点核对，最后删掉。"
    requires_system_checks = ()

    def add_arguments(self, parser):
        """Which file, where to, and against what."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--into", default="", metavar="URL", help="用这个空数据库，不另建；演练完它还在")
        parser.add_argument(
            "--checkpoints", type=Path, help="外面留着的检查点的文件夹，不写就是LOG_SIGNED_DIR"
        )

    def handle(self, *, file, into, checkpoints, **options):
        """Stopped halfway, it still takes its database away."""
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
        kept = checkpoints or Path(settings.LOG_SIGNED_DIR)
        with told():
            status = drill(file.resolve(), into=into, checkpoints=kept.resolve(), say=self.stdout.write)
        if status:
            raise SystemExit(1)
