"""Objections that are being handled now, one in each step, with their days still to come."""

from __future__ import annotations

from datetime import date, timedelta

from appeals.against import Against
from appeals.demo.case import Case
from appeals.demo.stage import picture, workday
from governance import deadlines
from governance.access import today
from governance.models.people import Role
from workflows.demo import facts, people
from workflows.demo.story import Story

DAY = timedelta(days=1)


def plan(story: Story) -> None:
    """From those that are nearly through to those that came today."""
    for tell in (
        _upheld_late, _reviewing, _answered, _at_risk, _asked_about, _waited_for, _of_the_colleague, _unclaimed,
        _claimed,
    ):  # fmt: skip
        tell(story)


def _upheld_late(story: Story) -> None:
    """Its quarter is signed: the new scorecard waits for two signatures."""
    story.see(0, "305", facts.PARKING)
    case = Case(story, "305")
    case.file(
        story.ago(8, 9),
        lambda: Against.line(case.line(facts.PARKING)),
        "那几个月我在外面打工，回来才看到公示。车七月里就卖了，过户单在这里。",
    )
    case.accept(story.ago(7, 10))
    case.hand_in(story.ago(7, 15), picture("paper", "过户单"), text="过户单的照片。")
    case.decide(
        story.ago(5, 10), "upheld", "过户单写明车在那之前就卖了，停在桥头的不是这一户的车，这一条撤掉。"
    )


def _reviewing(story: Story) -> None:
    story.see(2, "208", facts.PARKING)
    case = Case(story, "208", officer="zhuanyuan2")
    case.file(
        story.ago(8, 11),
        lambda: Against.line(case.line(facts.PARKING)),
        "那天老人摔了，车停在桥头等救护车，顾不上挪。住院忙到现在才来说。",
    )
    case.accept(story.ago(7, 9))
    case.ask(story.ago(7, 10), "rater", case.rater, "车从几点停到几点？有没有看见救护车？")
    case.answer(story.ago(6, 20), "rater", "上午九点看见停着，下午四点还在。救护车没有看见。")
    case.decide(
        story.ago(4, 10),
        "rejected",
        "救护车十点就走了，车停到下午四点，占道半天以上。等救护车的一段可以体谅。",
    )
    case.ask_review(story.ago(2, 19), "人都在医院陪着，没有人能回来挪车。请别的人再看一看。")


def _answered(story: Story) -> None:
    case = Case(story, people.RED, "online")
    case.file(
        story.ago(7, 20),
        lambda: Against.line(case.line(facts.BURNING)),
        "烧的是一小堆草，一会儿就灭了，没有照片上那么大的烟。",
    )
    case.accept(story.ago(6, 9))
    case.ask(story.ago(6, 10), "witness", "东畈种田的褚安民", "那天烧了多久，烟有没有飘到公路上？")
    case.answer(story.ago(5, 15), "witness", "烧了半个来小时，烟往公路那边飘，有车开了灯。")
    case.decide(
        story.ago(3, 15),
        "rejected",
        "照片和在场的人都说烟飘到了公路上。烧得多少，细则不分，第一次按第一次减。",
    )


def _at_risk(story: Story) -> None:
    """To be decided by the end of the next working day."""
    story.see(2, "409", facts.PARKING)
    case, accepted = Case(story, "409"), _due_next(today(story.now))
    before = (today(story.now) - accepted).days
    case.file(
        story.ago(before + 1, 15),
        lambda: Against.line(case.line(facts.PARKING)),
        "车坏在路上了，叫了拖车，下午才来拖。公示那几天我不在村里。",
    )
    case.accept(story.ago(before, 10))
    case.hand_in(story.ago(before, 16), picture("paper", "拖车单"), text="拖车的收据。")


def _asked_about(story: Story) -> None:
    """Somebody answered, others are still asked, and both sides will meet."""
    story.see(2, people.OBJECTING, facts.DUMPING)
    case = Case(story, people.OBJECTING, "online")
    case.file(
        story.ago(3, 19),
        lambda: Against.line(case.line(facts.DUMPING)),
        "碎砖是隔壁装修队倒的，那天我家没有动工。公示的时候我在女儿那里，没看到。",
    )
    case.accept(story.ago(2, 9))
    case.hand_in(story.ago(2, 20), picture("heap", "砖堆旁边", 1), text="这是我拍的，砖上有装修队的袋子。")
    case.ask(story.ago(2, 10), "rater", case.rater, "怎么知道是这一户倒的？有人看见吗？")
    case.answer(story.ago(1, 20), "rater", "砖在他家门口对面的路边，问过两个过路的，说是这边抬出来的。")
    case.ask(story.ago(1, 9), "leader", case.leader, "核单的时候问过这一户没有？")
    case.ask(
        story.ago(1, 10),
        "witness",
        lambda: story.village.having(Role.SUPERVISION)[0],
        "那几天您巡村，看见谁在机耕路口倒砖？",
    )
    case.ask(
        story.ago(1, 11),
        "witness",
        lambda: story.village.having(Role.HELPER)[0],
        "那几天您去过这一户，他家有没有动工？",
    )
    case.call(story.ago(1, 15), workday(story.now, 2, 14), "村部调解室")


def _waited_for(story: Story) -> None:
    case, day = Case(story, people.HELPED, "helper"), today(story.now) - 25 * DAY
    case.file(
        story.ago(5, 10),
        lambda: Against.missing(case.subject, day, case.village.rules["2.5"]),
        "老两口把隔壁的孤老接来吃了重阳饭，本上没有记。他们不会用手机，托我来说。",
    )
    case.accept(story.ago(4, 9))
    case.suspend(story.ago(3, 11), "请带一位当天在场的人到村部说一下，或者写张条子，写明是哪一天。")


def _of_the_colleague(story: Story) -> None:
    """On the desk of an officer who is away."""
    case, day = Case(story, "317", officer="zhuanyuan2"), today(story.now) - 22 * DAY
    case.file(
        story.ago(3, 10),
        lambda: Against.missing(case.subject, day, case.village.rules["4.9"]),
        "下雨前我帮隔壁抢收了一晒场的谷子，两个人都能作证，没有记上。",
    )
    case.accept(story.ago(2, 11))
    case.extend(story.ago(1, 16), 3, "两位证人这几天在外面帮工，要等他们回来才能问。")


def _unclaimed(story: Story) -> None:
    case, day = Case(story, people.BLUE, "online"), today(story.now) - 20 * DAY
    case.file(
        story.ago(0, 7),
        lambda: Against.missing(case.subject, day, case.village.rules["2.1"]),
        "庭院检查那天我家三样都说合格，公示里没有我家。",
    )


def _claimed(story: Story) -> None:
    """Late: the officer first weighs why."""
    story.see(2, "607", facts.PARKING)
    case = Case(story, "607", "paper")
    case.file(
        story.ago(0, 8),
        lambda: Against.line(case.line(facts.PARKING)),
        "公示的时候我在外地照顾孙子，昨天才回来。车是停着卸货，不到一个钟头，不是从早停到下午。",
    )
    case.claim(story.ago(0, 9))


def _due_next(day: date) -> date:
    """The latest day of which the time to decide runs out on the next working day."""
    taken, due = day, deadlines.workdays_from(day, 1).on
    while deadlines.workdays_from(taken, 5).on > due:
        taken -= DAY
    return taken
