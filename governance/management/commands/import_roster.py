"""import_roster FILE --village CODE [--dry-run]: the roster of a village out of a spreadsheet."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from governance.models import Division
from governance.refusals import Invalid
from governance.roster_import import save_file
from governance.roster_preview import Preview, preview


class Command(BaseCommand):
    """Prints what the preview page says, then saves all or nothing; exit 1 when a row must be mended."""

    help = "读入户册（XLSX或CSV）：先逐行看一遍，有一行要改就一行也不存。"

    def add_arguments(self, parser):
        """The file, the village, and whether only to look."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--village", required=True, metavar="CODE", help="12位村代码")
        parser.add_argument("--dry-run", action="store_true", help="只看，不存")

    def handle(self, *, file: Path, village: str, dry_run: bool, **options):
        """Read, print, save."""
        where, data, at = _village(village), _bytes(file), timezone.now()
        try:
            seen = preview(data, village=where, by=None, at=at)
            self._print(seen)
            if seen.must_fix:
                raise CommandError("现在一行也没存。在原表里改好，再来一次。")
            if not dry_run:
                seen = save_file(data, village=where, by=None, at=at, name=file.name)
        except Invalid as invalid:
            raise CommandError(str(invalid)) from invalid
        done = "只看，没有存" if dry_run else "存好了"
        self.stdout.write(f"{done}：新建{seen.created}户，改{seen.changed}户，没变{seen.unchanged}户。")

    def _print(self, seen: Preview) -> None:
        for heading, findings in (
            ("要改", seen.must_fix),
            ("请您看，不挡存入", seen.please_look),
            ("不存的格子", seen.not_stored),
        ):
            if findings:
                self.stdout.write(heading)
            for finding in findings:
                self.stdout.write(f"  {finding}")
        self.stdout.write(f"共{len(seen.rows)}行，没问题{seen.ok}行。")


def _village(code: str) -> Division:
    village = Division.objects.filter(code=code, level=Division.Level.VILLAGE).first()
    if village is None:
        raise CommandError(f"没有代码是{code}的村，请核对12位代码。")
    return village


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise CommandError(f"打不开{file.name}，请看看文件名对不对。") from error
