"""`manage.py import_calendar FILE --source …`: a year's holidays and swapped weekends, as the State Council announced them."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from governance import calendars
from governance.refusals import Invalid


class Command(BaseCommand):
    """Enter a year of the official calendar and count provisional deadlines again."""

    help = "录入一年的放假和调休（CSV：日期,上班或放假），并重算暂定的期限。"

    def add_arguments(self, parser):
        """The file and where its days were announced."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--source", required=True, help="依据，比如国办发明电〔2026〕x号")

    def handle(self, *, file, source, **_):
        """All or nothing; prints how many days were entered and which deadlines moved."""
        try:
            days = calendars.read(file.read_text(encoding="utf-8-sig").splitlines())
            moved = calendars.enter(days, source=source, at=timezone.now())
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"读不了{file}：{error}") from error
        except Invalid as invalid:
            raise CommandError(str(invalid)) from invalid
        self.stdout.write(f"录入{len(days)}天，重算后有{len(moved)}个期限变了日子。")
