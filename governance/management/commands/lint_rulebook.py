"""Judge a rulebook file row by row; change nothing."""

from django.core.management.base import BaseCommand, CommandError

from governance.rulebook_file import UnreadableFile, read_rows
from governance.rulebook_import import Report, check_file


class Command(BaseCommand):
    """Prints a line per finding and the counts; exit 1 if any row is refused."""

    help = "逐行检查评分细则（XLSX或CSV），不存任何东西"

    def add_arguments(self, parser):
        """FILE."""
        parser.add_argument("file")

    def handle(self, *args, file, **options):
        """Check and print."""
        report = judged(file)
        self.stdout.write("\n".join(report.lines()))
        if report.counts["refused"]:
            raise SystemExit(1)


def judged(path: str) -> Report:
    """The report of a file; CommandError with a sentence when it cannot be read."""
    try:
        return check_file(read_rows(path))
    except (UnreadableFile, OSError) as error:
        raise CommandError(str(error)) from error
