"""柳溪村 and its people: the named persons and places that tests tell their stories with.

Each function makes one thing and fills in what the story does not mention; `build()` makes the whole village.
Rows are written directly, not through services, so that a test of one service does not rest on another.
"""

from dataclasses import dataclass
from datetime import date, datetime
from itertools import count
from zoneinfo import ZoneInfo

from governance.models import (
    Appointment,
    Area,
    Consent,
    Division,
    Kinship,
    Link,
    Member,
    Notice,
    Rule,
    Rulebook,
    RuleStep,
    Subject,
    User,
)
from governance.models.people import Role

NOON = datetime(2026, 11, 16, 12, tzinfo=ZoneInfo("Asia/Shanghai"))  # a Monday
LONG_AGO = date(2025, 1, 1)
JOINED = date(2026, 2, 20)  # when most households agreed; they count from the next month
_numbers = count(1)


def county() -> Division:
    """南浦县."""
    return Division.objects.get_or_create(
        code="990101000000", defaults={"name": "南浦县", "level": Division.Level.COUNTY}
    )[0]


def township() -> Division:
    """青禾镇 of 南浦县."""
    return Division.objects.get_or_create(
        code="990101103000",
        defaults={"name": "青禾镇", "level": Division.Level.TOWNSHIP, "parent": county()},
    )[0]


def village(name="柳溪村", code="990101103205") -> Division:
    """A village of 青禾镇."""
    return Division.objects.create(code=code, name=name, level=Division.Level.VILLAGE, parent=township())


def area(where: Division, name: str, position: int) -> Area:
    """A part of a village."""
    return Area.objects.create(village=where, name=name, position=position)


def account(name: str, **fields) -> User:
    """An account without a password: tests sign in by force_login."""
    return User.objects.create(
        **{"username": f"user{next(_numbers)}", "name": name, "password": "!", **fields}
    )


def appoint(user: User, role: str, division: Division, area: Area | None = None, starts=LONG_AGO, ends=None):
    """An appointment, open unless `ends` is given."""
    return Appointment.objects.create(
        user=user, role=role, division=division, area=area, starts=starts, ends=ends
    )


def person(name: str, role: str, division: Division, area: Area | None = None) -> User:
    """An account that holds one role."""
    user = account(name)
    appoint(user, role, division, area)
    return user


def subject(door: str, area: Area, name: str, kind=Subject.Kind.HOUSEHOLD, **fields) -> Subject:
    """A file without members."""
    return Subject.objects.create(village=area.village, area=area, door=door, name=name, kind=kind, **fields)


def adult(home: Subject, name: str, user: User | None = None, **fields) -> Member:
    """A member of a household, with or without an account."""
    return Member.objects.create(village=home.village, subject=home, name=name, user=user, **fields)


def consent(member: Member, purpose=Consent.Purpose.SCORING, given_on=JOINED, **fields) -> Consent:
    """A standing consent on paper, under the newest notice."""
    return Consent.objects.create(
        **{
            "village": member.village,
            "member": member,
            "notice": Notice.objects.first(),
            "purpose": purpose,
            "how": Consent.How.PAPER,
            "given_on": given_on,
            "witness": "见证的邻居",
            **fields,
        }
    )


def id_number(birth: date, order: int = 1) -> str:
    """An invented ID number with a right check digit, of somebody born on a day."""
    body = f"990101{birth:%Y%m%d}{order:03d}"
    weights = (2 ** (17 - n) % 11 for n in range(17))
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, weights, strict=True)) % 11]


def household(
    door: str, area: Area, head: str, *, enrolled=True, user: User | None = None, rater: User | None = None,
    kind=Subject.Kind.HOUSEHOLD, name: str = "",
) -> Subject:  # fmt: skip
    """A household (or shop) with its head, its consent unless `enrolled=False`, and its link."""
    dates = {"enrolled_from": date(2026, 3, 1)} if enrolled else {}
    home = subject(door, area, name or f"{head[0]}家户", kind, **dates)
    member = adult(home, head, user, is_head=True)
    if enrolled:
        consent(member)
    if rater:
        link(rater, home)
    return home


def link(rater: User, home: Subject, starts=LONG_AGO) -> Link:
    """An open link."""
    return Link.objects.create(village=home.village, rater=rater, subject=home, starts=starts)


def kin(user: User, home: Subject, relation=Kinship.Relation.SIBLING) -> Kinship:
    """A declared family tie."""
    return Kinship.objects.create(
        village=home.village, user=user, subject=home, relation=relation, declared_by=user, starts=LONG_AGO
    )


def notice(version=1, in_force_from=LONG_AGO) -> Notice:
    """A version of the notice."""
    return Notice.objects.create(
        version=version, text=f"告知书第{version}版：记什么，谁来评，谁看得到。", in_force_from=in_force_from
    )


def rulebook(where: Division, state=Rulebook.State.IN_FORCE, version=1, starts_quarter="2026Q1") -> Rulebook:
    """A rulebook without rules."""
    return Rulebook.objects.create(
        village=where,
        version=version,
        title=f"{where.name}评分细则",
        state=state,
        starts_quarter=starts_quarter,
    )


def rule(book: Rulebook, number: str, text: str, shape: str, sign: int, *, steps=(), **fields) -> Rule:
    """One rule; `steps` are dicts of RuleStep columns in order."""
    made = Rule.objects.create(
        **{
            "village": book.village,
            "rulebook": book,
            "position": book.rules.count() + 1,
            "number": number,
            "family": f"{book.village.code}-{number}",
            "dimension": Rule.Dimension.PUBLIC,
            "text": text,
            "shape": shape,
            "sign": sign,
            "evidence": Rule.Evidence.PHOTO,
            **fields,
        }
    )
    RuleStep.objects.bulk_create(RuleStep(rule=made, n=n, **step) for n, step in enumerate(steps, start=1))
    return made


def rules(book: Rulebook) -> dict[str, Rule]:
    """One rule of each shape, by a short English name."""
    shape, window = Rule.Shape, Rule.Window
    document, none = Rule.Evidence.DOCUMENT, Rule.Evidence.NONE
    return {
        "sweep": rule(
            book, "1.1", "打扫门前公共路面", shape.FIXED, 1, points_tenths=10, conduct="sanitation"
        ),
        "litter": rule(
            book, "1.2", "在公共地方乱倒垃圾", shape.FIXED, -1, points_tenths=20, conduct="sanitation"
        ),
        "block": rule(
            book, "1.3", "杂物占用消防通道", shape.RANGE, -1, min_tenths=10, max_tenths=50, conduct="safety"
        ),
        "volunteer": rule(
            book, "2.1", "参加村里的志愿服务", shape.PER_UNIT, 1, points_tenths=5, unit="小时",
            month_points=20, conduct="volunteering", evidence=none,
        ),
        "giving": rule(
            book, "2.2", "给村里公益事业捐款", shape.PIECEWISE, 1, unit="元", conduct="giving",
            evidence=document, steps=[
                {"at_milli": 100_000, "points_tenths": 10},
                {"at_milli": 1_000_000, "points_tenths": 10, "per_milli": 1_000_000},
            ],
        ),
        "hours": rule(
            book, "2.3", "全年志愿服务累计", shape.THRESHOLDS, 1, unit="小时", window=window.YEAR,
            conduct="volunteering", evidence=none,
            steps=[{"at_milli": 10_000, "points_tenths": 20}, {"at_milli": 20_000, "points_tenths": 50}],
        ),
        "honour": rule(
            book, "3.1", "获得文明家庭称号", shape.LADDER, 1, conduct="honours", evidence=document,
            steps=[
                {"label": "国家级", "points_tenths": 1000},
                {"label": "省级", "points_tenths": 500},
                {"label": "县级", "points_tenths": 100},
                {"label": "镇级", "points_tenths": 50},
                {"label": "村级", "points_tenths": 30},
            ],
        ),
        "burning": rule(
            book, "4.1", "露天焚烧秸秆", shape.STEPS, -1, window=window.YEAR, conduct="safety",
            steps=[{"points_tenths": 80}, {"points_tenths": 150}, {"points_tenths": 200}],
        ),
        "yard": rule(
            book, "4.2", "庭院检查合格", shape.COMPONENTS, 1, conduct="sanitation", month_times=1,
            steps=[
                {"label": "卫生", "points_tenths": 10},
                {"label": "绿化", "points_tenths": 5},
                {"label": "秩序", "points_tenths": 5},
            ],
        ),
        "own": rule(
            book, "5.1", "红白喜事按村里标准办", shape.SELF_SET, 1, points_tenths=20, conduct="thrift",
            dimension=Rule.Dimension.VILLAGE, evidence=none,
        ),
        "prices": rule(
            book, "5.2", "明码标价、足斤足两", shape.FIXED, 1, points_tenths=10, conduct="trade",
            kinds=[Subject.Kind.SHOP],
        ),
    }  # fmt: skip


@dataclass
class World:
    """柳溪村 at NOON. Users are named by role, or by surname where a role has several."""

    county: Division
    township: Division
    village: Division
    east: Area  # 东片
    west: Area  # 西片
    notice: Notice
    rulebook: Rulebook
    rules: dict[str, Rule]

    clerk: User  # 沈文书
    li: User  # 李党员, rates 东片; lives in `li_home`
    zhou: User  # 周党员, rates in both areas
    shi: User  # 石组长 of 东片
    gao: User  # 高组长 of 西片
    council: list[User]  # 林理事 and four more
    committee: list[User]  # 蒋委员, 黎主任, 冯委员
    supervision: User  # 卢监委, of the village supervision body
    helper: User  # 代办员 of the village
    officer: User  # 镇异议专员
    panel: list[User]  # three of the township panel
    supervisor: User  # 县镇监督
    operator: User  # 系统运维 of the township
    wang: User  # 王大爷, head of `wang_home`, with an account
    stranger: User  # an account without role or household

    wang_home: Subject  # 东片1号, enrolled, rated by 李党员
    liu_home: Subject  # 东片2号, enrolled, rated by 李党员
    chen_home: Subject  # 东片3号, linked to 李党员, has not agreed
    zhao_home: Subject  # 东片4号, enrolled, rated by 周党员
    li_home: Subject  # 东片5号, 李党员's own, enrolled, rated by 周党员
    sun_home: Subject  # 西片6号, enrolled, rated by 周党员
    shop: Subject  # 西片7号 便民店, enrolled, rated by 周党员

    elsewhere: Division  # 桃源村, next door
    elsewhere_clerk: User
    elsewhere_home: Subject  # 何家户 of 桃源村, enrolled

    @property
    def lin(self) -> User:
        """林理事, the first of the council."""
        return self.council[0]

    @property
    def head(self) -> Member:
        """王大爷 as a member of his household."""
        return self.wang_home.members.get(is_head=True)


def build(code: str = "990101103205", next_door: str = "990101103206") -> World:
    """柳溪村 with everybody in office, eight files, an adopted rulebook and a notice."""
    here, there = village(code=code), village("桃源村", next_door)
    east, west, pine = area(here, "东片", 1), area(here, "西片", 2), area(there, "松片", 1)
    town = here.parent
    current, book = Notice.objects.first() or notice(), rulebook(here)
    li, zhou = (person(name, Role.RATER, here) for name in ["李党员", "周党员"])
    wang = account("王大爷")
    return World(
        county=town.parent,
        township=town,
        village=here,
        east=east,
        west=west,
        notice=current,
        rulebook=book,
        rules=rules(book),
        clerk=person("沈文书", Role.CLERK, here),
        li=li,
        zhou=zhou,
        shi=person("石组长", Role.LEADER, here, east),
        gao=person("高组长", Role.LEADER, here, west),
        council=[person(f"{s}理事", Role.COUNCIL, here) for s in "林郑谢罗梁"],
        committee=[person(name, Role.COMMITTEE, here) for name in ["蒋委员", "黎主任", "冯委员"]],
        supervision=person("卢监委", Role.SUPERVISION, here),
        helper=person("丁代办", Role.HELPER, here),
        officer=person("严专员", Role.OFFICER, town),
        panel=[person(f"{s}评审", Role.PANEL, town) for s in "秦许韩"],
        supervisor=person("温监督", Role.SUPERVISOR, town),
        operator=person("庞运维", Role.OPERATOR, town),
        wang=wang,
        stranger=account("路人"),
        wang_home=household("1号", east, "王大爷", user=wang, rater=li),
        liu_home=household("2号", east, "刘大婶", rater=li),
        chen_home=household("3号", east, "陈师傅", rater=li, enrolled=False),
        zhao_home=household("4号", east, "赵老师", rater=zhou),
        li_home=household("5号", east, "李党员", user=li, rater=zhou),
        sun_home=household("6号", west, "孙木匠", rater=zhou),
        shop=household("7号", west, "钱店主", rater=zhou, kind=Subject.Kind.SHOP, name="便民店"),
        elsewhere=there,
        elsewhere_clerk=person("邻村文书", Role.CLERK, there),
        elsewhere_home=household("1号", pine, "何邻居"),
    )
