"""Fire what is due, once, and say what it was."""

from django.core.management.base import BaseCommand
from django.utils import timezone

from governance import deadlines
from workflows import rounds


class Command(BaseCommand):
    """A line per deadline that fired, then their number; fails when one of them failed."""

    help = "Fire every deadline that is due, once."

    def handle(self, **options):
        """Fire and print; the failed ones are raised at the end and stay open for the next tick."""
        at = timezone.now()
        opened = rounds.open_due(at)
        for round in opened:
            self.stdout.write(f"{round.village.code} {round.month:%Y-%m} round.opened")
        fired = deadlines.fire_due(at)
        for row in fired:
            due = timezone.localtime(row.due_at)
            self.stdout.write(f"{due:%Y-%m-%d %H:%M} {row.kind} {row.about_type} {row.about_id}")
        self.stdout.write(f"办了{len(opened) + len(fired)}件到期的事。")
