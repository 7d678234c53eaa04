"""manage.py stuck: what the operators' page shows, for a shell and for monitoring."""

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from governance.models import Division
from oversight.stuck.registry import SOURCES, Item


class Command(BaseCommand):
    """A line for each thing that is stuck and a last line "stuck N"; ends with 1 when anything is."""

    help = "列出卡住的事：失败的步骤、到期没办的、没有人办的、没签的记录。有就以1退出，给监控用。"

    def add_arguments(self, parser):
        """--village CODE: only this one."""
        parser.add_argument("--village", help="只看这个村，12位区划代码")

    def handle(self, *, village, **options):
        """Print and count; changes nothing."""
        where, at, total = Division.objects.filter(level=Division.Level.VILLAGE), timezone.now(), 0
        if village and not (where := where.filter(code=village)).exists():
            raise CommandError(f"没有代码是{village}的村，请核对12位代码。")
        for source in SOURCES.values():
            for item in source.items(list(source.rows(where, at=at))):
                self.stdout.write(_line(source.name, item))
                total += 1
        self.stdout.write(f"stuck {total}")
        if total:
            raise SystemExit(1)


def _line(source: str, item: Item) -> str:
    since = f"{timezone.localtime(item.since):%Y-%m-%d %H:%M}" if item.since else "-"
    parts = (source, item.village.code, since, item.title, item.error)
    return " ".join(part for part in parts if part)
