"""`manage.py verify_log`: recompute the log and all it vouches for; exit 1 if anything is not as it was said."""

import sys

from django.core.management.base import BaseCommand, CommandError

from governance.models import Division
from governance.verifying import verify_all


class Command(BaseCommand):
    """Prints a line per village and per break; the last line is `verified N leaves, N rows, broken N`."""

    help = "重算每个村的日志和它担保的每一行；哪张表哪一行不对都列出来，有一处不对就以1退出。"

    def add_arguments(self, parser):
        """Which villages."""
        parser.add_argument(
            "--village", action="append", default=[], metavar="CODE", help="只核这个村，可以写几次"
        )

    def handle(self, *, village, **options):
        """Read only."""
        if missing := set(village) - set(
            Division.objects.filter(code__in=village).values_list("code", flat=True)
        ):
            raise CommandError(f"没有代码是{'、'.join(sorted(missing))}的村，请核对12位代码。")
        leaves = rows = broken = 0
        for found in verify_all(tuple(village)):
            leaves, rows, broken = leaves + found.leaves, rows + found.rows, broken + len(found.breaks)
            for each in found.breaks:
                self.stdout.write(f"{found.village.code} {each}")
        self.stdout.write(f"verified {leaves} leaves, {rows} rows, broken {broken}")
        if broken:
            sys.exit(1)
