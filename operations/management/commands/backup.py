"""manage.py backup FILE: everything of this installation in one file, as of one moment, while people work."""

from pathlib import Path

from django.core.management.base import BaseCommand
from django.utils import timezone

from operations import backups
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
        """Write it whole or not at all."""
        say = self.stdout.write if verbosity else lambda line: None
        with told():
            at = timezone.now()
            sha256 = backups.make(file, at=at, say=say, with_uploads=not without_uploads)
            backups.stamp(at)
            self.stdout.write(f"备份好了：{file}，{file.stat().st_size}字节，别人读不了。")
        self.stdout.write(f"manifest sha256 {sha256}")
