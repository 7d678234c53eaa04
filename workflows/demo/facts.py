"""What raters of 柳溪村 see in a month: facts in plain words, each under one rule."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from random import Random

from governance.models import Rule, Subject
from workflows.demo.photos import VARIANTS, photo
from workflows.observations import Fact

WITNESSES = ("尤立德", "褚安民", "柯巧英", "费长生")


@dataclass(frozen=True)
class Seen:
    """A kind of fact under a rule; `quantities` in whole units of the rule, one of them is drawn."""

    rule: str
    fact: str
    place: str
    scene: str = ""
    quantities: tuple[int, ...] = (0,)
    chosen_tenths: int | None = None
    labels: tuple[str, ...] = ()
    grounds: str = ""

    def as_fact(self, day: date, rule: Rule, random: Random) -> Fact:
        """The form a rater fills in, with the evidence that the rule asks for."""
        by_witnesses = rule.evidence == Rule.Evidence.WITNESSES
        return Fact(
            fact=self.fact,
            occurred_on=day,
            place=self.place,
            quantity_milli=random.choice(self.quantities) * 1000,
            chosen_tenths=self.chosen_tenths,
            labels=self.labels,
            grounds=self.grounds,
            photos=(photo(self.scene, variant=random.randrange(VARIANTS)),) if self.scene else (),
            witnesses=tuple(random.sample(WITNESSES, 2)) if by_witnesses else (),
        )

    def suits(self, subject: Subject, rules: dict[str, Rule]) -> bool:
        """Is the rule made for this kind of subject."""
        return subject.kind in (rules[self.rule].kinds or [Subject.Kind.HOUSEHOLD])


PLUS = (
    Seen("1.1", "参加溪边清淤志愿服务", "柳溪下游", quantities=(2, 3, 4)),
    Seen("1.1", "在村口做交通劝导志愿服务", "村口路口", quantities=(2, 3)),
    Seen("1.1", "帮文化礼堂布置重阳活动场地", "文化礼堂", quantities=(1, 2, 5)),
    Seen("1.2", "志愿服务本上今年累计到了这个数，核对过签到", "村部", quantities=(21, 26, 52)),
    Seen("1.4", "给村里爱心基金捐款，收据已看", "村部", "paper", quantities=(100, 300, 500, 1200)),
    Seen("1.6", "捡到一只钱包，当天交还失主", "早点铺门口"),
    Seen("2.1", "庭院检查，三项都合格", "自家院里", "yard", labels=("卫生", "绿化", "秩序")),
    Seen("2.1", "庭院检查，卫生合格，花草长得好", "自家院里", "yard", labels=("卫生", "绿化")),
    Seen("2.1", "庭院检查，卫生合格", "自家院里", "yard", labels=("卫生",)),
    Seen("2.2", "儿子结婚，酒席八桌，没有超标准", "自家", "paper"),
    Seen("2.4", "一家人来读书日，读了一个下午", "农家书屋", "people"),
    Seen("2.5", "端了饭菜，请孤寡老人来家里过节", "自家"),
    Seen("3.1", "抽查三样货，都有标价，称过足秤", "店里", "shelf"),
    Seen("3.3", "收笋收竹的货款按合同当月付清，付款单已看", "村部", "paper"),
    Seen("3.4", "参加茶叶修剪培训，拿到结业证", "镇农技站", "paper"),
    Seen("4.1", "把门前到路口的一段路扫干净了", "门前", "road"),
    Seen("4.1", "雨后清了门前路上的淤泥", "门前", "road"),
    Seen("4.2", "抽查垃圾桶，分得清楚", "门前垃圾点", "bins"),
    Seen("4.8", "发现路灯不亮，当晚报给村里", "祠堂前", "road"),
    Seen("4.9", "下雨前帮邻居抢收晒场上的稻谷", "晒场"),
    Seen("4.10", "防火期上山巡逻一趟", "茶山路口", "people"),
    Seen("5.1", "村运动会搬桌椅、搭棚，忙了一天", "学堂操场", "people", chosen_tenths=20,
         grounds="出了一整天的人力，按两处记"),
    Seen("5.2", "下溪捞水草，装了三袋", "柳溪上游", "people"),
    Seen("5.3", "把祖上的水车模型借给村史馆", "村史馆", "paper"),
)  # fmt: skip
HONOUR = Seen("1.7", "评上县级最美家庭，证书已看", "村部", "paper", labels=("县级",))
MINUS = (
    Seen("4.3", "把装修碎砖倒在路边，第二天还在", "机耕路口", "heap"),
    Seen("4.4", "柴堆堵住巷子，消防栓也被挡住", "祠堂后巷", "heap", chosen_tenths=20,
         grounds="堵了巷口和消防栓两处"),
    Seen("4.5", "货车横停村道，从早上停到下午", "桥头", "car"),
    Seen("4.6", "在田里烧稻草，烟飘到公路上", "东畈田里", "smoke"),
    Seen("4.7", "遛狗没有牵绳，狗跑进学堂操场", "学堂操场", "people"),
    Seen("5.4", "在溪边石埠洗农药桶", "下塘石埠", "heap"),
)  # fmt: skip
DUMPING, BLOCKING, PARKING, BURNING, LEASH, RINSING = MINUS
YARD, SWEEPING, SORTING = PLUS[6], PLUS[15], PLUS[17]
