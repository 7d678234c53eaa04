"""manage.py restore FILE: a backup into the empty database of DATABASE_URL and the empty MEDIA_ROOT, all or nothing."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from operations.errors import told
from operations.restoring import restore


class Command(BaseCommand):
    """Prints a line a table, then what became of the logs; ends with 1 when nothing was restored or a log is broken."""

    help = "恢复：把备份放进空的数据库和空的上传文件夹。文件有一处不对就一行也不恢复；已有内容的库不动。"
    requires_system_checks = ()

    def add_arguments(self, parser):
        """Which file."""
        parser.add_argument("file", type=Path)

    def handle(self, *, file, verbosity, **options):
        """Restore, then say it."""
        say = self.stdout.write if verbosity else lambda line: None
        with told():
            logs = restore(file, at=timezone.now(), say=say)
        for sentence in logs.epochs:
            self.stdout.write(f"丢了记录，已经公开说明。{sentence}")
        if logs.unknown:
            self.stdout.write(
                f"{len(logs.unknown)}个村的日志，LOG_SIGNED_DIR里没有上次签到哪里，所以看不出丢没丢。"
                "那个文件夹还在的话，现在把它拷过来；真没有了，要逐村运行begin_epoch说明，不然不能再签。"
            )
        if logs.broken:
            raise CommandError(
                f"恢复了，但是{'、'.join(logs.broken)}的日志和签过的对不上，又不是变短：备份被改过，或者拿错了。"
                "先不要开放使用，运行verify_log看是哪里，报告上级。"
            )
        self.stdout.write(f"恢复好了。日志接得上的{len(logs.whole)}个村，开新纪元的{len(logs.epochs)}个村。")
