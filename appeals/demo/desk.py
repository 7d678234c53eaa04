"""What lies on the officers' desks: standard paragraphs, kept filters, who stands in for whom."""

from __future__ import annotations

from datetime import datetime, timedelta

from appeals import assignments
from appeals.models import Objection, Paragraph, SavedView
from governance.access import today
from workflows.demo.story import Story

Outcome = Objection.Outcome
AWAY = timedelta(days=4)
PARAGRAPHS = (
    (Outcome.UPHELD, "认不出是这一户", "照片和在场的人都说不清是哪一户，认不准就不能减，这一条撤掉。"),
    (Outcome.UPHELD, "漏记补上", "签到表和带队的人都对得上，是记的时候漏了，按细则补上。"),
    (Outcome.PARTLY, "数量对不上", "事情是有的，数量记多了，按查清的数量重新算。"),
    (
        Outcome.REJECTED,
        "事情属实",
        "照片、日子、地点都对得上，在场的人也这样说，减分按细则算得没有错，维持。",
    ),
    (Outcome.REFUSED, "不是这一条的事", "您说的不是这一条记得对不对，已经转给管这件事的人，由他们回您。"),
    ("", "可以修复", "这一条可以修复：按细则写的做好，请片组长来看，通过以后分会回来。"),
)
VIEWS = (("快到期的", "tab=risk"), ("漏记的加分", "about=missing"))


def plan(story: Story) -> None:
    """Paragraphs are there before the first case; the delegation begins today."""
    village = story.village

    def furnish(at: datetime) -> None:
        officer, township = village.user("zhuanyuan"), village.place.parent
        for outcome, title, text in PARAGRAPHS:
            Paragraph.objects.create(
                division=township, title=title, text=text, outcome=outcome, made_by=officer, made_at=at
            )
        for name, query in VIEWS:
            SavedView.objects.create(user=officer, name=name, query=query)

    def delegate(at: datetime) -> None:
        day = today(story.now)
        assignments.delegate(
            to=village.user("zhuanyuan"), starts=day, ends=day + AWAY, why="去县里参加培训",
            by=village.user("zhuanyuan2"), at=at,
        )  # fmt: skip

    story.plan(story.on(0, 2), furnish)
    story.plan(story.ago(1, 17), delegate)
