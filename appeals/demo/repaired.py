"""Repairs of the story: those that are over, and one in each step that is not."""

from __future__ import annotations

from datetime import datetime, timedelta

from appeals import repair_posting, repair_review, repairs
from appeals.against import Against
from appeals.demo.case import Case
from appeals.demo.stage import Household, picture, scene
from appeals.models import Repair
from appeals.repair_who import electors, verifiers
from governance.access import today
from workflows.demo import facts, people
from workflows.demo.facts import Seen
from workflows.demo.story import Story


class Mending(Household):
    """A household's repair of the deduction that a fact brought it in the n-th month."""

    def __init__(self, story: Story, door: str, n: int, seen: Seen, how: str = "desk"):
        super().__init__(story, door, how)
        self.seen = seen
        story.see(n, door, seen)

    @scene
    def apply(self, at: datetime, wrong: str, promise: str, *, days: int = 14) -> None:
        """The household promises to make it good within some days."""
        repairs.apply(
            entry=self.line(self.seen), wrong=wrong, promise=promise, due_on=today(at) + timedelta(days=days),
            how=self.how, for_member=self.head, by=self.speaker, at=at,
        )  # fmt: skip

    @scene
    def show(self, at: datetime, done: str, scene: str = "road") -> None:
        """It says it is done and shows a photo."""
        files = [picture(scene, "清好以后")]
        repairs.show(repair=self.row, done=done, files=files, by=self.speaker, at=at)

    @scene
    def verify(self, at: datetime, word: str) -> None:
        """A leader who had nothing to do with it went and looked."""
        row = self.row
        repair_review.verify(repair=row, by=verifiers([row], at=at)[row.pk][0], at=at, word=word)

    @scene
    def refuse(self, at: datetime, why: str) -> None:
        """A leader looked and it was not done."""
        row = self.row
        repair_review.refuse(repair=row, why=why, by=verifiers([row], at=at)[row.pk][0], at=at)

    @scene
    def vote(self, at: datetime, *said: tuple[bool, str]) -> None:
        """Members of the council say yes or no, each with a reason."""
        row = self.row
        for voter, (agrees, reason) in zip(electors([row], at=at)[row.pk], said, strict=False):
            repair_review.vote(repair=row, agrees=agrees, reason=reason, by=voter, at=at)

    @scene
    def withdraw(self, at: datetime) -> None:
        """The household lets it be."""
        repairs.withdraw(repair=self.row, by=self.speaker, at=at)

    @scene
    def revoke(self, at: datetime, why: str) -> None:
        """The township finds that it was a fraud."""
        repair_posting.revoke(repair=self.row, why=why, by=self.village.user("zhuanyuan2"), at=at)

    @property
    def row(self) -> Repair:
        """The repair as it is now."""
        return Repair.objects.get(subject=self.subject, entry__rule__number=self.seen.rule)


AGREED = ((True, "去路口看过，清干净了。"), (True, "照片对得上，同意。"))


def plan_past(story: Story) -> None:
    """Repaired wholly, by half, by fraud; let be; and never done."""
    whole = Mending(story, "405", 0, facts.DUMPING)
    half = Mending(story, "505", 0, facts.BLOCKING, "paper")
    fraud = Mending(story, "604", 0, facts.DUMPING)
    for mending in (whole, fraud):
        mending.apply(story.on(0, 31, 10), "装修的碎砖没有拉走。", "三天里拉到堆场，再扫一次机耕路。")
        mending.show(story.on(1, 7, 9), "砖拉走了，路扫过了。")
    half.apply(story.on(0, 31, 11), "柴堆到了巷子里。", "柴搬回院里，帮村里清一次通道。")
    half.show(story.on(1, 7, 10), "柴搬回来了，周日清了祠堂后巷。")
    for mending in (whole, fraud, half):
        mending.verify(story.on(1, 10, 16), "去看过，清干净了。")
        mending.vote(story.on(1, 12, 20), *AGREED)
    fraud.revoke(story.on(3, 15, 10), "交的照片是别处的路，堆场也没有收过他家的砖，砖还在田埂背后。")
    left = Mending(story, "606", 0, facts.DUMPING)
    left.apply(story.on(0, 31, 14), "砖倒在路边。", "一个礼拜里拉走。", days=7)
    gone = Mending(story, "207", 0, facts.DUMPING)
    gone.apply(story.on(0, 31, 15), "砖倒在路边。", "月底前拉走。")
    gone.withdraw(story.on(1, 5, 9))


def plan_open(story: Story) -> None:
    """One in each step, and two refusals, one of them objected to."""
    _on_the_way(story)
    _refused(story)


def _on_the_way(story: Story) -> None:
    promised = Mending(story, people.REPAIRING, 2, facts.DUMPING, "online")
    promised.apply(story.ago(4, 19), "装修剩的砖倒在路边，图省事。", "叫拖拉机拉到堆场，再参加一次打扫。")
    shown = Mending(story, "410", 2, facts.BURNING)
    shown.apply(story.ago(9, 10), "在田里烧了稻草。", "写保证书，防火期跟着巡逻一次。")
    shown.show(story.ago(2, 9), "保证书交了，周六巡逻了一趟茶山。", "people")
    verified = Mending(story, "310", 2, facts.DUMPING)
    verified.apply(story.ago(10, 9), "砖倒在路边。", "拉走，扫一次路。")
    verified.show(story.ago(5, 9), "拉走了，路扫过了。")
    verified.verify(story.ago(3, 15), "去看过，路边是干净的。")
    verified.vote(story.ago(1, 20), AGREED[0])
    approved = Mending(story, "408", 2, facts.DUMPING, "paper")
    approved.apply(story.ago(12, 9), "碎砖倒在机耕路口。", "运到堆场，扫路。")
    approved.show(story.ago(7, 9), "运走了，收条在村部。")
    approved.verify(story.ago(5, 15), "看过现场和收条。")
    approved.vote(story.ago(2, 20), *AGREED)


def _refused(story: Story) -> None:
    by_council = Mending(story, "617", 2, facts.DUMPING)
    by_council.apply(story.ago(14, 9), "砖倒在路边。", "拉到堆场，参加一次打扫。")
    by_council.show(story.ago(10, 9), "砖拉走了。")
    by_council.verify(story.ago(8, 15), "砖是拉走了。")
    by_council.vote(story.ago(6, 20), (False, "答应过参加一次打扫，还没有来，做了再申请。"))
    by_leader = Mending(story, "608", 2, facts.DUMPING)
    by_leader.apply(story.ago(14, 10), "砖倒在路边。", "拉到堆场，扫一次路。")
    by_leader.show(story.ago(9, 9), "拉走了，扫过了。")
    by_leader.refuse(story.ago(6, 15), "去看的时候路口还有半堆砖。")
    case = Case(story, "608", officer="zhuanyuan2")
    case.file(
        story.ago(3, 9),
        lambda: Against.refusal(by_leader.row),
        "剩下的半堆是对面那家的，我家的当天就拉光了，堆场有收条。",
    )
    case.accept(story.ago(2, 9))
