"""Put a rulebook file into a village's draft, all or none."""

from decimal import Decimal
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from governance import rulebooks
from governance.management.commands.lint_rulebook import judged
from governance.models import Division


class Command(BaseCommand):
    """Prints what lint_rulebook prints; saves unless --dry-run; exit 1 if any row is refused and not skipped."""

    help = "把评分细则（XLSX或CSV）存成一个村的草稿"

    def add_arguments(self, parser):
        """FILE --village CODE [--dry-run] [--skip-refused] [--base 100]."""
        parser.add_argument("file")
        parser.add_argument("--village", required=True)
        parser.add_argument("--dry-run", action="store_true")
        parser.add_argument("--skip-refused", action="store_true")
        parser.add_argument("--base", type=Decimal, default=Decimal(100), help="起始分，默认100")
        parser.add_argument("--title", default="")

    def handle(self, *args, file, village, dry_run, skip_refused, base, title, **options):
        """Check, print, and save."""
        place = Division.objects.filter(code=village, level=Division.Level.VILLAGE).first()
        if place is None:
            raise CommandError(f"没有代码是{village}的村，请核对12位代码。")
        report = judged(file)
        self.stdout.write("\n".join(report.lines()))
        if report.counts["refused"] and not skip_refused:
            raise SystemExit(1)
        if not dry_run:
            rulebooks.import_report(
                village=place, report=report, title=title or Path(file).stem, base_tenths=int(base * 10),
                skip_refused=skip_refused, by=None, at=timezone.now(),
            )  # fmt: skip
