"""manage.py lint_migrations: can each migration be run while the version before is still at work; exit 1 if not."""

from django.core.management.base import BaseCommand

from operations import linting


class Command(BaseCommand):
    """Prints a line a finding, those with a reason too; the last line is `linted N migrations, refused N`."""

    help = "检查第一版以后的migration：旧版程序还在跑的时候能不能先做。不能的列出来，以1退出。"
    requires_system_checks = ()

    def handle(self, **options):
        """No database is needed."""
        keys = linting.ours()
        found = [finding for key in keys for finding in linting.lint(key)]
        for finding in found:
            self.stdout.write(str(finding))
        refused = sum(not finding.waived for finding in found)
        self.stdout.write(f"linted {len(keys)} migrations, refused {refused}")
        if refused:
            raise SystemExit(1)
