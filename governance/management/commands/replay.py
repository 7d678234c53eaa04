"""manage.py replay: compute every signed score once more and name each difference."""

from django.core.management.base import BaseCommand

from governance.replay import Replayed, lost, replay


class Command(BaseCommand):
    """Prints one line per difference and per signed card that is gone, and a last line "replayed N, differ N".

    Ends with 1 on any of them.
    """

    help = "按记分和细则把签过字的分数重算一遍，逐条列出对不上的。"

    def add_arguments(self, parser):
        parser.add_argument("--quarter", help="只算这一季，例如2026Q3")
        parser.add_argument("--village", help="只算这个村，12位区划代码")

    def handle(self, *, quarter, village, **options):
        replayed = differ = 0
        for one in replay(quarter=quarter, village_code=village):
            replayed += 1
            differ += bool(one.differences)
            self._name(one)
        for row in lost(quarter=quarter, village_code=village):
            differ += 1
            self.stdout.write(
                f"{row.village.code} {row.quarter} 第{row.version}版 {row.key}：签过字的这一份不见了"
            )
        self.stdout.write(f"replayed {replayed}, differ {differ}")
        if differ:
            raise SystemExit(1)

    def _name(self, one: Replayed) -> None:
        card = one.card
        for name, (stored, computed) in one.differences.items():
            self.stdout.write(
                f"{card.village.code} {card.quarter} 第{card.version}版 {card.key}：{name}存的是{stored}，重算是{computed}"
            )
