"""manage.py backup FILE: everything of this installation in one file, as of one moment, while people work."""

import signal
import sys
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from operations import backups, stored
from operations.errors import told


class Command(BaseCommand):
    """Prints a line a table; the last two are the file's size and the manifest's SHA-256, which covers all of it."""

    help = "备份：所有的表和上传的文件存进一个新文件，大家照常办事。密钥不在里面，要另外保管。"

    def add_arguments(self, parser):
        """Where to."""
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--without-uploads", action="store_true", help="照片不放进来，只记校验值；照片另外拷（比如rsync）"
        )

    def handle(self, *, file, verbosity, without_uploads, **options):
        """Write it whole or not at all, also when told to stop; without a file that a row names it does not count (1)."""
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
        say = self.stdout.write if verbosity else lambda line: None
        with told():
            at = timezone.now()
            sha256 = backups.make(file, at=at, say=say, with_uploads=not without_uploads)
            _check_stored()
            backups.stamp(at)
            self.stdout.write(f"备份好了：{file}，{file.stat().st_size}字节，别人读不了。")
        self.stdout.write(f"manifest sha256 {sha256}")


def _check_stored() -> None:
    """Raises CommandError when a photo is not where its row says: the backup stays, yet is none to rely on."""
    if lost := stored.missing():
        raise CommandError(
            f"备份写好了，但是不全，不算数：有{len(lost)}个上传的文件在数据库里有记，在{settings.MEDIA_ROOT}里没有"
            f"（比如{lost[0].table} {lost[0].key}）。请先看这个文件夹的盘挂上没有、MEDIA_ROOT写得对不对，再备份一次。"
        )
