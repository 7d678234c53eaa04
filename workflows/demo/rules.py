"""The village's first rulebook: imported, finished at the desk, announced, adopted; and a second version begun."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from governance import rulebooks, rules
from governance.models import Rule, Rulebook, Subject
from governance.rulebook_file import read_rows
from governance.rulebook_import import check_file
from workflows.demo.photos import photo
from workflows.demo.village import Village

TITLE = "柳溪村诚信积分细则"
BASE_TENTHS = 1000
_EVERYBODY = list(Subject.Kind.values)
_BLOCKED = {"group": "占道", "group_window": Rule.Window.DAY}
_DESK = {  # what no spreadsheet cell says
    "1.7": {"double_audit": True},
    "3.1": {"kinds": [Subject.Kind.SHOP]},
    "3.2": {"kinds": [Subject.Kind.SHOP], "repair_terms": "货架清完，连着两次抽查合格"},
    "3.3": {"kinds": [Subject.Kind.SHOP, Subject.Kind.ENTERPRISE]},
    "4.1": {"kinds": _EVERYBODY},
    "4.2": {"kinds": _EVERYBODY},
    "4.3": {"kinds": _EVERYBODY, "repair_terms": "清理干净，再参加一次打扫"},
    "4.4": _BLOCKED | {"repair_terms": "当天挪开，再帮村里清一次通道", "repair_half": True},
    "4.5": _BLOCKED,
    "4.6": {"repair_terms": "写下保证，帮村里巡逻一次"},
    "5.1": {"conduct": "culture"},
    "5.2": {"text": "下溪捞水草、捡垃圾", "points_tenths": 10, "conduct": "environment"},
    "5.3": {"text": "把自家老物件借给村史馆展出", "points_tenths": 10, "conduct": "culture"},
    "5.4": {"text": "在溪里洗刷农药桶", "points_tenths": 10, "conduct": "environment"},
}
_ANSWERS = {
    "linked-rows": "是一组，按一组记。",
    "one-sided-discretion": "大会上定了：看得见几处就记几分，每次写明理由。",
    "unknown-conduct": "已经选好归哪一类。",
    "self-set-limit": "已经写成具体的事，分也定了。",
}


def announce(village: Village, at: datetime) -> Rulebook:
    """The clerk imports the file, finishes and answers what is asked, and posts the draft for comment."""
    report = check_file(read_rows(Path(__file__).with_name("rulebook.csv")))
    draft = rulebooks.import_report(
        village=village.place, report=report, title=TITLE, base_tenths=BASE_TENTHS, by=village.clerk, at=at
    ).rulebook
    for rule in draft.rules.all():
        _finish(rule, village, at)
    rulebooks.check(rulebook=draft, by=village.clerk, at=at)
    return rulebooks.announce(rulebook=draft, by=village.clerk, at=at)


def adopt(village: Village, draft: Rulebook, quarter: str, at: datetime) -> None:
    """The assembly's vote is entered on the day it met; the version holds from a quarter's start."""
    rulebooks.adopt(
        rulebook=draft, assembly_on=at.date(), present=86, agreed=79, minutes=photo("meeting", "会议记录.jpg"),
        starts_quarter=quarter, by=village.clerk, at=at,
    )  # fmt: skip


def begin_next(village: Village, at: datetime) -> None:
    """A second version is begun on the desk: a dog off its leash counts once a month, however it is shown, and
    clearing the stream is worth two points. The second moves households, so that trying it out has something to show.
    """
    draft = rulebooks.copy(rulebook=rulebooks.current(village.place), by=village.clerk, at=at)
    rule = draft.rules.get(number="4.7")
    rules.edit(rule=rule, values={"month_times": 1, "evidence": "any"}, by=village.clerk, at=at)
    rules.edit(rule=draft.rules.get(number="5.2"), values={"points_tenths": 20}, by=village.clerk, at=at)


def _finish(rule: Rule, village: Village, at: datetime) -> None:
    if rule.number in _DESK:
        rules.edit(rule=rule, values=_DESK[rule.number], by=village.clerk, at=at)
    for finding in rule.findings:
        rules.answer(
            rule=rule, ground=finding["ground"], words=_ANSWERS[finding["ground"]], by=village.clerk, at=at
        )
