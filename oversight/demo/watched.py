"""What the watch finds in 柳溪村: two raters who rate each other's homes, one whose sheets are all alike; and what they say."""

from __future__ import annotations

from datetime import datetime

from oversight.models import Finding
from oversight.watch import findings
from workflows.demo import facts
from workflows.demo.story import Story

Kind = Finding.Kind
EACH_OTHER = ("401", "411")  # 蒋云芳's home, rated by 陈海龙, and his, rated by her
ALIKE = ("511", "512", "513", "514", "515", "516", "517", "520")  # the doors that 韩春燕 rates


def plan(story: Story) -> None:
    """Three months of the same facts; the look at the end of the third finds them, then people speak."""
    for n in range(3):
        for door in (*EACH_OTHER, *ALIKE):
            story.see(n, door, facts.SWEEPING)
    story.plan(story.on(3, 9, 19), lambda at: _answer(story, "handangyuan", at, Kind.IDENTICAL, _ALIKE))
    story.plan(story.on(3, 10, 19), lambda at: _answer(story, "chendangyuan", at, Kind.FAVOURS, _FAVOURS))
    story.plan(story.on(3, 11, 15), lambda at: _close(story, "chendangyuan", at, Kind.FAVOURS))


_ALIKE = "每月十几号我们片一起扫茶山路，八户都到，签到表在村部，不是照抄的。"
_FAVOURS = "两家都在路口，扫路是轮着来的，谁扫的都有照片。以后对方家的请组长多看一眼。"
_CLOSED = "看了照片和签到，事情都有，两家也不是亲属。提醒片组长核这两户时到现场看，就到这里。"


def _answer(story: Story, username: str, at: datetime, kind: str, text: str) -> None:
    for row in _of(story, username, kind):
        findings.answer(finding=row, text=text, by=row.user, at=at)


def _close(story: Story, username: str, at: datetime, kind: str) -> None:
    for row in _of(story, username, kind):
        findings.close(finding=row, why=_CLOSED, by=story.village.user("jianwei"), at=at)


def _of(story: Story, username: str, kind: str):
    return Finding.objects.filter(village=story.village.place, user__username=username, kind=kind)
