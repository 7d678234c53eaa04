"""`manage.py verify_receipt 存证.json --vkey …`: check a receipt offline, without the database."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from governance.receipt_file import ReceiptError, check


class Command(BaseCommand):
    """Says in a few lines what the receipt proves; fails with the step that does not hold."""

    help = "核对住户手里的存证，不连数据库。公钥要从别处抄来（镇里、村务监督委员会），不要从这台机器上抄。"
    requires_system_checks = ()

    def add_arguments(self, parser):
        """The file and the keys."""
        parser.add_argument("file", type=Path, help="存证文件")
        parser.add_argument("--vkey", action="append", required=True, help="日志的公钥，可以写几次")

    def handle(self, *, file, vkey, **options):
        """Read the file only."""
        try:
            found = check(file.read_text(encoding="utf-8"), vkey)
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"打不开{file}。") from error
        except ReceiptError as error:
            raise CommandError(str(error)) from error
        head, body = found["head"], found["body"]
        self.stdout.write("存证是真的。\n")
        self.stdout.write(
            f"日志{head.origin}签到第{head.size}条，里面第{body['seq'] + 1}条是{body['name']}，{body['at']}。\n"
        )
        self.stdout.write(f"那一次记下的这一行（{found['name']}）一字没改：\n")
        for name, value in found["columns"].items():
            self.stdout.write(f"  {name} = {value}\n")
        self._words(found["said"])

    def _words(self, said: dict | None) -> None:
        if said is None:
            self.stdout.write("文件里said那几句话，这份存证证明不了，请不要当成证明过的。\n")
        elif said:
            self.stdout.write("当时写的话也一字没改：\n")
            for name, value in said.items():
                self.stdout.write(f"  {name} = {value}\n")
