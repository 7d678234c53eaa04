"""manage.py restore_check FILE: is this database what the backup says; exit 1 if anything differs. Reads only."""

from collections import Counter
from contextlib import closing
from datetime import datetime
from itertools import chain
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand

from operations.archive import Reader
from operations.drills import checks, outside
from operations.errors import told


class Command(BaseCommand):
    """Prints a line for each difference; the last is `drill ok: N villages, N rows, N leaves` or `drill failed: N`."""

    help = "核对刚恢复的数据库：行数、日志、每一季的分数、上传的文件、外面留着的检查点。"

    def add_arguments(self, parser):
        """The backup it came from."""
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--checkpoints", type=Path, help="外面留着的检查点的文件夹，不写就是LOG_SIGNED_DIR"
        )

    def handle(self, *, file, checkpoints, **options):
        """Every check, one after another."""
        counts = Counter()
        with told(), closing(Reader(file)) as archive:
            manifest = archive.manifest
            made_at = datetime.fromisoformat(manifest["made_at"])
            found = chain(
                checks.rows(manifest),
                checks.heads(manifest),
                checks.everything_said(counts),
                checks.scores(counts),
                checks.uploads(counts),
                outside.compare(checkpoints or Path(settings.LOG_SIGNED_DIR), made_at, counts),
            )
            for sentence in found:
                counts["differ"] += 1
                self.stdout.write(sentence)
        self._report(manifest, counts)

    def _report(self, manifest: dict, counts: Counter) -> None:
        self.stdout.write(
            f"备份是{manifest['made_at']}做的。重算了{counts['cards']}份成绩，核对了{counts['files']}个文件、"
            f"{counts['checkpoints']}个外面留着的检查点，另有{counts['later']}个是备份以后才签的。"
        )
        if not counts["checkpoints"]:
            self.stdout.write("注意：没有一个外面留着的检查点可以核对。用--checkpoints指一个见证人的文件夹。")
        if counts["differ"]:
            self.stdout.write(f"drill failed: {counts['differ']}")
            raise SystemExit(1)
        rows = sum(table["rows"] for table in manifest["tables"])
        self.stdout.write(f"drill ok: {counts['villages']} villages, {rows} rows, {counts['leaves']} leaves")
