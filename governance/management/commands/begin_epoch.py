"""manage.py begin_epoch: say openly that an older backup of a village's log was restored."""

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from governance import epochs
from governance.models import Division
from governance.refusals import Conflict, Invalid
from transparency import signing


class Command(BaseCommand):
    """Begins the epoch, signs its first checkpoint and prints it; fails when there is nothing to say."""

    help = "恢复旧备份以后，公开说明日志从哪里接下去：开一个新纪元，第一条写着原来签到哪里。"

    def add_arguments(self, parser):
        parser.add_argument("--village", required=True, help="村（或镇、县）的12位区划代码")
        parser.add_argument("--why", required=True, help="为什么，谁都能看到：不要写人名")

    def handle(self, *, village, why, **options):
        where = Division.objects.filter(code=village).first()
        if where is None:
            raise CommandError(f"没有代码是{village}的地方。")
        at = timezone.now()
        try:
            epoch = epochs.begin(village=where, why=why, at=at)
        except (Conflict, Invalid) as refused:
            raise CommandError(str(refused)) from refused
        checkpoint = signing.sign_village(village, at)
        if checkpoint is None:
            raise CommandError(signing.problems().get(village=village).says)
        self.stdout.write(f"{where.name}的日志从第{epoch.starts}条起是第{epoch.number}个纪元。新的检查点：\n")
        self.stdout.write(checkpoint.note)
