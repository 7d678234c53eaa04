"""`manage.py verify_log`: recompute the log and all it vouches for; exit 1 if anything is not as it was said."""

import sys

from django.core.management.base import BaseCommand, CommandError

from governance.verifying import places, verify_all


class Command(BaseCommand):
    """Prints a line per village and per break; the last line is `verified N leaves, N rows, broken N`."""

    help = "重算每个村、每个有日志的镇的日志和它担保的每一行；哪张表哪一行不对都列出来，有一处不对就以1退出。"

    def add_arguments(self, parser):
        """Which villages."""
        parser.add_argument(
            "--village",
            action="append",
            default=[],
            metavar="CODE",
            help="只核这个村（或者有日志的镇），可以写几次",
        )

    def handle(self, *, village, **options):
        """Read only."""
        asked = tuple(village)
        if asked and (missing := set(asked) - {place.code for place in places(asked)}):
            raise CommandError(
                f"没有代码是{'、'.join(sorted(missing))}的村，也没有它的日志，请核对12位代码。"
            )
        leaves = rows = broken = 0
        for found in verify_all(asked):
            leaves, rows, broken = leaves + found.leaves, rows + found.rows, broken + len(found.breaks)
            if asked and not found.leaves and not found.breaks:
                raise CommandError(f"{found.village.code}还没有日志，没有什么可核的。请核对12位代码。")
            for each in found.breaks:
                self.stdout.write(f"{found.village.code} {each}")
        self.stdout.write(f"verified {leaves} leaves, {rows} rows, broken {broken}")
        if broken:
            sys.exit(1)
