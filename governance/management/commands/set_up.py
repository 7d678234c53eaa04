"""`manage.py set_up FILE [--notice FILE]`: a new installation's places and first accounts; later, those that are added."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from governance import founding, founding_file
from governance.models import Division
from governance.refusals import Refused


class Command(BaseCommand):
    """Prints the password for each new account's first sign-in, once; all or nothing, and again at will."""

    help = "录入县、镇、村和每处头一个任职的人（CSV或XLSX，见docs/operations.md第六节），再录入告知书。"

    def add_arguments(self, parser):
        """The table, and the text that households consent to."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--notice", type=Path, help="告知书全文（UTF-8的文本文件），换了就是新的一版")

    def handle(self, *, file, notice, **options):
        """Read both files, then enter both."""
        at = timezone.now()
        try:
            rows = founding_file.read(file.read_bytes())
            text = notice.read_text(encoding="utf-8-sig") if notice else None
            with transaction.atomic():
                passwords = founding.found(rows, at=at)
                if text is not None:
                    founding.announce(text, at=at)
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"文件读不了：{error}") from error
        except Refused as refused:
            raise CommandError(f"{refused}\n什么都没有录入。改好再来一次。") from refused
        self._tell(passwords)

    def _tell(self, passwords: dict[str, str]) -> None:
        self.stdout.write(f"录好了，现在有{Division.objects.count()}个县、镇、村。")
        for username, password in passwords.items():
            self.stdout.write(f"{username}  {password}")
        if passwords:
            self.stdout.write("密码只显示这一次。抄在纸上当面交给本人，请他登录后马上改。")
