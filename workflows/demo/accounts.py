"""The accounts that a demo's sign-in page offers: one for each role, and residents of every kind."""

from __future__ import annotations

from django.conf import settings

from governance.models import User
from workflows.demo.village import PASSWORD

LISTED = (
    ("文书", "wenshu"),
    ("联户党员，有单要评", "lidangyuan"),
    ("联户党员，单退回了", "fengdangyuan"),
    ("承包组长", "qinzuzhang"),
    ("承包组长，也是联户党员", "zhudangyuan"),
    ("理事会理事", "linlishi"),
    ("村两委", "caozhuren"),
    ("村务监督", "jianwei"),
    ("代办员", "daiban"),
    ("镇异议专员", "zhuanyuan"),
    ("镇异议专员，出差请人代办", "zhuanyuan2"),
    ("镇评审组", "pingshen1"),
    ("县镇监督", "jiandu"),
    ("系统运维", "yunwei"),
    ("住户，上一季示范户", "zhuhu1"),
    ("住户，上一季达标户", "zhuhu2"),
    ("住户，上一季待提升户", "zhuhu3"),
    ("住户，异议在查", "zhuhu6"),
    ("住户，在做信用修复", "zhuhu7"),
    ("住户，没有同意参加", "zhuhu4"),
    ("住户，已经退出", "zhuhu5"),
)


def listed() -> list[tuple[str, str, str]]:
    """(role, user name, password) of each account that is there; one query."""
    there = set(
        User.objects.filter(username__in=[name for _, name in LISTED]).values_list("username", flat=True)
    )
    return [(role, name, PASSWORD) for role, name in LISTED if name in there]


def demo_accounts(request) -> dict:
    """Context processor: `demo_accounts` where DEBUG is on; asked only by the page that shows it."""
    return {"demo_accounts": listed} if settings.DEBUG else {}
