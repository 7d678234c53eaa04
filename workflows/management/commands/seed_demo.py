"""Make the demo village."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from governance.models import Division, User
from workflows.demo import accounts, story
from workflows.demo.village import CODE
from workflows.queues import waiting_for


class Command(BaseCommand):
    """Does nothing when the village is there. Refused where DEBUG is off: its password is known to all."""

    help = "造一个演示村：柳溪村，人和事都是编的"

    def handle(self, *args, **options):
        """Tell the story up to now and say who has what to do."""
        if not settings.DEBUG:
            raise CommandError("演示村的密码人人知道，只能在DEBUG=1时造。正式环境请用真的户册和细则。")
        if Division.objects.filter(code=CODE).exists():
            self.stdout.write("演示村已经有了，没有动它。要从头来，请先删掉数据。")
            return
        now = timezone.localtime()
        story.tell(now, self.stdout.write)
        self.stdout.write("\n演示账号（角色　用户名　密码），后面是等他办的事：")
        for role, username, password in accounts.listed():
            waiting = waiting_for(User.objects.get(username=username), at=now)
            tasks = "；".join(f"{task.title}（{task.where}）" for task in waiting)
            self.stdout.write(f"{role}　{username}　{password}　{tasks or '没有待办，可以进去看'}")
