"""Fire what is due, once, and say what it was."""

from django.core.management.base import BaseCommand
from django.utils import timezone

from workflows import tasks, ticker


class Command(BaseCommand):
    """A line per deadline that fired, their number, a line per log signed; fails when something failed."""

    help = "Open months, fire every deadline that is due, sign the day's logs and send what waits, once."

    def handle(self, **options):
        """Do and print; what failed is raised at the end and stays open for the next tick."""
        at = timezone.now()
        done, errors = tasks.run(at)
        self._print(**done)
        for also in ticker.ALSO:
            try:
                also(at)
            except Exception as error:
                errors.append(error)
        if errors:
            raise ExceptionGroup(f"{len(errors)} parts of the tick failed", errors)

    def _print(self, opened, fired, signed, to_print):
        for round in opened:
            self.stdout.write(f"{round.village.code} {round.month:%Y-%m} round.opened")
        for row in fired:
            due = timezone.localtime(row.due_at)
            self.stdout.write(f"{due:%Y-%m-%d %H:%M} {row.kind} {row.about_type} {row.about_id}")
        self.stdout.write(f"办了{len(opened) + len(fired)}件到期的事。")
        for checkpoint in signed:
            self.stdout.write(f"{checkpoint.village} {checkpoint.size} log.signed")
        for notice in to_print:
            self.stdout.write(f"{notice.village.code} {notice.year}-{notice.number} notice.print")
