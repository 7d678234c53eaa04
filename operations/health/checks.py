"""What an operator's page looks at: each check says how things stand, and what to do when they do not.

One line of CHECKS a check; the words name no village and no household. Asked by the page and once a minute by the
ticker, which keeps since when each stands as it does (operations.health.since).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.db.models import Min, Q
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from governance import deadlines, pulses
from governance.models import Job
from notifications.models import Channel, Delivery
from operations.health import lags, probes
from oversight.stuck.lag import LATE

QUIET = timedelta(minutes=3)  # whoever beats once a minute and was not heard for so long is not there
RELAY_LATE, DELIVERY_LATE = timedelta(minutes=10), timedelta(minutes=15)
SKEW_SECONDS = 5
SENT_BY_US = (Channel.SMS, Channel.EMAIL, Channel.WECHAT)


@dataclass(frozen=True)
class Found:
    """How one thing stands. `since` where the thing itself tells; `is_used` False where there is nothing to look at."""

    is_well: bool
    says: str
    since: datetime | None = None
    is_used: bool = True


@dataclass(frozen=True)
class Check:
    """One line of the page: asks, and says what to do when the answer is bad."""

    name: str
    title: str
    ask: Callable[[datetime], Found]
    todo: str


def _probed(probe: Callable[[], str], well: str) -> Callable[[datetime], Found]:
    def ask(at):
        wrong = probe()
        return Found(not wrong, wrong or well)

    return ask


def _redis(at):
    if not settings.REDIS_IS_USED:
        return Found(True, "没有用Redis，任务由网站自己的定时程序办", is_used=False)
    return _probed(probes.redis_answers, "连得上")(at)


def _heard(name: str) -> Callable[[datetime], Found]:
    def ask(at):
        last = pulses.heard().get(name)
        if last is None:
            return Found(False, "从来没听到过")
        return Found(at - last <= QUIET, f"上次听到是{_ago(at - last)}前", last)

    return ask


def _worker(name: str) -> Callable[[datetime], Found]:
    def ask(at):
        if not settings.REDIS_IS_USED:
            return Found(True, "没有用Redis，不需要后台进程", is_used=False)
        return _heard(name)(at)

    return ask


def _deadlines(at):
    found = deadlines.missed(at).aggregate(first=Min("due_at"))["first"]
    return Found(
        found is None, "没有过了点还没办的" if found is None else f"最早的一件晚了{_ago(at - found)}", found
    )


def _relay(at):
    lag = lags.untold()
    if not lag.leaves:
        return Found(True, "都转成通知了")
    is_late = bool(lag.since) and at - lag.since > RELAY_LATE
    return Found(not is_late, f"还有{lag.leaves}条没转成通知", lag.since)


def _deliveries(at):
    due = Delivery.objects.filter(state__in=["waiting", "sending"], channel__in=SENT_BY_US, due_at__lte=at)
    first = due.aggregate(first=Min("due_at"))["first"]
    if first is None:
        return Found(True, "没有等着发的")
    return Found(at - first <= DELIVERY_LATE, f"最早的一条等了{_ago(at - first)}", first)


def _unsigned(at):
    lag = lags.unsigned()
    is_late = bool(lag.since) and at - lag.since >= LATE
    if not is_late:
        return Found(True, "一天以内都签了")
    return Found(False, f"{lag.logs}个村有没签的记录，最早的是{_ago(at - lag.since)}前的", lag.since)


def _jobs(at):
    stale = Q(state="queued", made_at__lte=at - QUIET) | Q(state="running", beat_at__lte=at - QUIET)
    first = Job.objects.filter(stale).aggregate(first=Min("made_at"))["first"]
    return Found(first is None, "没有停住的" if first is None else f"最早的一件停了{_ago(at - first)}", first)


def _backup(at):
    if not settings.BACKUP_HOURS:
        return Found(True, "备份由别处来做", is_used=False)
    last = backup_at()
    if last is None:
        return Found(False, "没有备份过，或者备份的记录读不出来")
    return Found(at - last <= timedelta(hours=settings.BACKUP_HOURS), f"上次备份是{_ago(at - last)}前", last)


def backup_at() -> datetime | None:
    """When the last backup was made, by the file that `manage.py backup` writes; None when it says nothing."""
    try:
        moment = parse_datetime(json.loads(settings.BACKUP_STAMP.read_text())["at"])
    except (OSError, ValueError, TypeError, KeyError):
        return None
    return moment if moment is None or timezone.is_aware(moment) else timezone.make_aware(moment)


def _clock(at):
    if connection.vendor != "postgresql":
        return Found(True, "数据就在这台机器上", is_used=False)
    with connection.cursor() as cursor:
        cursor.execute("SELECT extract(epoch FROM clock_timestamp())")
        seconds = abs(float(cursor.fetchone()[0]) - timezone.now().timestamp())
    return Found(seconds <= SKEW_SECONDS, f"和数据库差{seconds:.1f}秒")


def _ago(span: timedelta) -> str:
    minutes = max(0, int(span.total_seconds() // 60))
    if minutes < 120:
        return f"{minutes}分钟"
    hours = minutes // 60
    return f"{hours}小时" if hours < 48 else f"{hours // 24}天"


CHECKS = (
    Check("database", "数据库", _probed(probes.database, "连得上"), "看数据库开着没有，DATABASE_URL写得对不对。"),
    Check(
        "migrations", "数据表", _probed(probes.migrations, "和程序一致"), "升级没做完：运行 manage.py migrate。"
    ),
    Check("redis", "Redis", _redis, "网页照常能用。把Redis开起来，积下的通知和任务会自己补上。"),
    Check("worker", "后台进程", _worker(pulses.WORKER), "把worker开起来，看它的日志。没有它，通知发不出去。"),
    Check("job_worker", "做长活的进程", _worker(pulses.JOBS), "把lianping-jobs开起来，看它的日志。没有它，长的活做不了。"),
    Check("ticker", "定时程序", _heard(pulses.TICKER), "把beat（或者serve）开起来。没有它，到期的事不会自己办。"),
    Check("deadlines", "到期的事", _deadlines, "到“卡住的事”里看哪一件、报什么错，修好原因再试。"),
    Check("relay", "转成通知", _relay, "多半是worker没开。开着还不动，到“卡住的事”里看报错。"),
    Check("deliveries", "发短信和邮件", _deliveries, "看worker，再看短信、邮件的服务商是不是出了毛病、欠了费。"),
    Check("jobs", "长的活", _jobs, "多半是做长活的进程没开。开起来会接着做，不用重来。"),
    Check("log", "记录日志签名", _unsigned, "看定时程序；签名的程序不肯签的，先查清楚，别硬签。"),
    Check("backup", "备份", _backup, "看备份的定时任务和它的日志，再手动做一次 manage.py backup。"),
    Check("uploads", "硬盘", _probed(probes.uploads, "够用"), "文件夹不在，多半是盘没挂上；快满了、不让写：清理，或者换大的。"),
    Check("signer", "签名的记录本", _probed(probes.signer, "写得进"), "LOG_SIGNED_DIR写不进：改好文件夹的权限。"),
    Check("clock", "时钟", _clock, "几台机器的时间对不上：把时间同步（chrony或systemd-timesyncd）开起来。"),
)  # fmt: skip
