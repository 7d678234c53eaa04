"""Objections of the settled quarter that are over, one of each outcome."""

from __future__ import annotations

from appeals.against import Against
from appeals.demo.case import Case
from appeals.demo.stage import picture, workday
from governance.models import Scorecard
from governance.points import Fact
from workflows.demo import facts, people
from workflows.demo.story import Story


def plan(story: Story) -> None:
    """In the order in which they were filed."""
    for tell in (_upheld, _partly, _withdrawn, _granted, _refused, _lapsed, _reviewed, _of_a_card):
        tell(story)


def _upheld(story: Story) -> None:
    story.see(0, "202", facts.PARKING)
    story.see(3, "202", facts.DUMPING)  # goes to another rater, and the supervisor sees that it did
    case, filed = Case(story, "202"), story.on(0, 30, 15)
    case.file(
        filed,
        lambda: Against.line(case.line(facts.PARKING)),
        "那天停在桥头的不是我家的车，是外地来收笋的货车，停了一下午。我家的车那天在镇上修。",
    )
    case.accept(workday(filed, 1))
    case.hand_in(workday(filed, 1, 11), picture("paper", "修车单"), text="修车的单子，上面有日子。")
    case.ask(workday(filed, 1, 14), "rater", case.rater, "那天看清车牌了吗？照片上看不出是谁家的车。")
    case.answer(workday(filed, 2, 20), "rater", "只看见车停在他家门前，没有记车牌，是按位置记的。")
    case.decide(
        workday(filed, 3),
        "upheld",
        "照片上没有车牌，修车单写明当天车在镇上修理厂，联户党员也说是按位置记的。认不出是这一户的车，这一条撤掉。",
    )


def _partly(story: Story) -> None:
    story.see(0, "302", facts.BLOCKING)
    case, filed = Case(story, "302", "paper", officer="zhuanyuan2"), story.on(0, 30, 9)
    case.file(
        filed,
        lambda: Against.line(case.line(facts.BLOCKING)),
        "柴是堆过巷口，消防栓那边没有挡，离着两步远。只占一处，不是两处。",
    )
    case.accept(workday(filed, 1))
    case.ask(workday(filed, 1, 11), "leader", case.leader, "核单的时候去看过吗？消防栓挡没挡住？")
    case.answer(workday(filed, 2, 19), "leader", "去看过。巷口堵了，消防栓在柴堆旁边，门打得开。")
    case.decide(
        workday(filed, 4),
        "partly",
        "巷口堵了是实，消防栓没有挡住，片组长去看过也这样说。两处改成一处，按一处减。",
        measure=Fact(chosen_tenths=10),
    )
    case.agree(workday(filed, 5, 16))


def _withdrawn(story: Story) -> None:
    story.see(0, "403", facts.LEASH)
    case, filed = Case(story, "403"), story.on(0, 31, 10)
    case.file(filed, lambda: Against.line(case.line(facts.LEASH)), "那只黄狗不像是我家的，我家的狗拴着。")
    case.accept(workday(filed, 1))
    case.withdraw(workday(filed, 2, 9))


def _lapsed(story: Story) -> None:
    story.see(2, "503", facts.DUMPING)
    case, filed = Case(story, "503", "paper"), story.on(2, 29, 15)
    case.file(
        filed,
        lambda: Against.line(case.line(facts.DUMPING)),
        "砖是村里铺路剩下的，施工队说过第二天来拉，不是我倒的。",
    )
    case.accept(workday(filed, 1))
    case.ask(workday(filed, 1, 15), "department", "镇村建办", "机耕路那一段铺路剩的砖，当时归谁清？")


def _granted(story: Story) -> None:
    case, filed = Case(story, "417"), story.on(2, 9, 10)
    day = story.on(1, 12).date()
    case.file(
        filed,
        lambda: Against.missing(case.subject, day, case.village.rules["1.1"]),
        "那天清水渠我做了三个小时，签到表上有我的名字，公示里一分也没有。",
    )
    case.accept(workday(filed, 1))
    case.ask(workday(filed, 1, 11), "witness", "带队的尤立德", "那天清水渠他来了没有，做了多久？")
    case.answer(workday(filed, 2), "witness", "来了，从七点做到十点，签到表在我这里。")
    case.decide(
        workday(filed, 3),
        "upheld",
        "签到表和带队的人都说做了三个小时，是记的时候漏了，补上。",
        measure=Fact(quantity_milli=3000),
    )


def _reviewed(story: Story) -> None:
    story.see(2, "308", facts.LEASH)
    case, filed = Case(story, "308", officer="zhuanyuan2"), story.on(2, 29, 16)
    case.file(
        filed,
        lambda: Against.line(case.line(facts.LEASH)),
        "狗是自己挣脱的，我马上就追出去了，不是故意不牵。",
    )
    case.accept(workday(filed, 1))
    case.decide(
        workday(filed, 2),
        "rejected",
        "狗没有牵绳跑进操场是实，您自己也这样说。细则看的是有没有牵住，不分是不是故意。",
    )
    case.ask_review(workday(filed, 3, 15), "挣脱了也算，我觉得太严了，请别的人再看一看。")
    case.decide(
        workday(filed, 5, 15),
        "rejected",
        "重新看了照片，问了当时在操场的老师，狗在操场里跑了一阵。事情属实，减得不重，维持。",
    )


def _refused(story: Story) -> None:
    story.see(2, "508", facts.BLOCKING)
    case, filed = Case(story, "508", "paper"), story.on(2, 29, 11)
    case.file(
        filed, lambda: Against.line(case.line(facts.BLOCKING)), "村里的消防栓装的位置不好，应该换个地方。"
    )
    case.refuse(
        workday(filed, 1, 15),
        "您说的是消防栓该装在哪里，不是这一条记得对不对。装的位置已经转给村里，由村里回您。",
    )


def _of_a_card(story: Story) -> None:
    case, filed = Case(story, people.RED, "online"), story.on(3, 8, 20)
    case.file(filed, lambda: Against.card(_card(case)), "我家就倒过一次砖、烧过一次草，怎么就是待提升了？")
    case.accept(workday(filed, 1))
    meets = workday(filed, 2, 14)
    case.call(workday(filed, 1, 11), meets, "村部会议室")
    case.hear(
        workday(filed, 2, 16),
        "到场：住户本人、异议专员。一条一条对了这一季的记分。住户说事情都有，只是没想到颜色会变。",
    )
    case.decide(
        workday(filed, 3),
        "rejected",
        "这一季两条减分都属实，分数按细则算得没有错。两条都可以修复，修好了分会回来。",
    )
    case.agree(workday(filed, 4, 19))


def _card(case: Case) -> Scorecard:
    cards = Scorecard.objects.filter(subject=case.subject, published_at__isnull=False)
    return cards.order_by("quarter", "version").last()
