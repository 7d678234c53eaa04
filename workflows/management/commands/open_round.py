"""Open a village's month from the console."""

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from governance.models import Division
from governance.periods import month_of, parse_month
from governance.refusals import Refused
from workflows import rounds


class Command(BaseCommand):
    """Opens one month; says how many sheets were made. Fails with the sentence the clerk would read."""

    help = "给一个村开月评（平常由文书在网页上开，或到日子自己开）"

    def add_arguments(self, parser):
        """--village CODE [--month 2026-10]."""
        parser.add_argument("--village", required=True)
        parser.add_argument("--month", help="比如2026-10，默认这个月")

    def handle(self, *, village, month, **options):
        """Open and report."""
        place = Division.objects.filter(code=village, level=Division.Level.VILLAGE).first()
        if place is None:
            raise CommandError(f"没有代码是{village}的村，请核对12位代码。")
        at = timezone.now()
        try:
            first = parse_month(month) if month else month_of(timezone.localdate(at))
            opened = rounds.open_month(village=place, month=first, by=None, at=at)
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"开好了，{opened.sheets.count()}张联户评户单。")
