"""Who lives and works in 柳溪村: all names, phones and family ties are invented."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from governance.models import Kinship, Subject
from governance.models.people import Role

AREAS = ("上塘片", "下塘片", "桥头片", "竹园片", "茶山片", "学堂片")
DOORS = 20  # of each area
VILLAGE, TOWNSHIP = "village", "township"
Relation = Kinship.Relation


@dataclass(frozen=True)
class Post:
    """An account in office. `door` is where the person lives, empty when not in the village."""

    username: str
    name: str
    role: str
    door: str = ""
    area: str = ""

    @property
    def is_township(self) -> bool:
        """Is the office one of the township's."""
        return self.role in (Role.OFFICER, Role.PANEL, Role.SUPERVISOR, Role.OPERATOR)


@dataclass(frozen=True)
class Home:
    """A household, shop or enterprise as the roster writes it; `number` counts the village's phones."""

    number: int
    area: str
    door: str
    name: str
    kind: str
    head: str
    others: tuple[str, ...]
    rater: str

    @property
    def phone(self) -> str:
        """A number that nobody has."""
        return f"1990000{self.number:04d}"


# Each area's raters live at the doors that the other one rates: 01 is rated by the first, 11 by the second.
POSTS = (
    Post("wenshu", "方文静", Role.CLERK),
    Post("lidangyuan", "李长青", Role.RATER, "111"),
    Post("zhoudangyuan", "周秀兰", Role.RATER, "101"),
    Post("wudangyuan", "吴根发", Role.RATER, "211"),
    Post("zhengdangyuan", "郑玉梅", Role.RATER, "201"),
    Post("wangdangyuan", "王永田", Role.RATER, "311"),
    Post("fengdangyuan", "冯桂英", Role.RATER, "301"),
    Post("chendangyuan", "陈海龙", Role.RATER, "411"),
    Post("jiangdangyuan", "蒋云芳", Role.RATER, "401"),
    Post("shendangyuan", "沈阿泉", Role.RATER, "511"),
    Post("handangyuan", "韩春燕", Role.RATER, "501"),
    Post("yangdangyuan", "杨立新", Role.RATER, "611"),
    Post("zhudangyuan", "朱明远", Role.RATER, "601"),
    Post("qinzuzhang", "秦大勇", Role.LEADER, "112", AREAS[0]),
    Post("xuzuzhang", "许月仙", Role.LEADER, "212", AREAS[1]),
    Post("hezuzhang", "何建中", Role.LEADER, "312", AREAS[2]),
    Post("lvzuzhang", "吕小红", Role.LEADER, "412", AREAS[3]),
    Post("zhangzuzhang", "张福林", Role.LEADER, "512", AREAS[4]),
    Post("zhudangyuan", "朱明远", Role.LEADER, "601", AREAS[5]),
    Post("linlishi", "林正平", Role.COUNCIL, "113"),
    Post("xielishi", "谢爱珍", Role.COUNCIL, "213"),
    Post("luolishi", "罗水根", Role.COUNCIL, "313"),
    Post("lianglishi", "梁国强", Role.COUNCIL, "413"),
    Post("songlishi", "宋凤娟", Role.COUNCIL, "513"),
    Post("tanglishi", "唐志刚", Role.COUNCIL, "613"),
    Post("donglishi", "董阿菊", Role.COUNCIL, "114"),
    Post("caozhuren", "曹卫东", Role.COMMITTEE, "214"),
    Post("yuanweiyuan", "袁丽萍", Role.COMMITTEE, "314"),
    Post("dengweiyuan", "邓家和", Role.COMMITTEE, "414"),
    Post("jianwei", "卢守正", Role.SUPERVISION, "514"),
    Post("daiban", "丁巧云", Role.HELPER, "614"),
    Post("zhuanyuan", "严冬梅", Role.OFFICER),
    Post("zhuanyuan2", "骆文娟", Role.OFFICER),
    Post("pingshen1", "任志远", Role.PANEL),
    Post("pingshen2", "姚晓岚", Role.PANEL),
    Post("pingshen3", "钟克勤", Role.PANEL),
    Post("jiandu", "温国栋", Role.SUPERVISOR),
    Post("yunwei", "庞立群", Role.OPERATOR),
)

# door -> user name of its head's own account
RESIDENTS = {
    "102": "zhuhu1", "103": "zhuhu2", "104": "zhuhu3", "105": "zhuhu4", "106": "zhuhu5", "116": "zhuhu6",
    "210": "zhuhu7",
}  # fmt: skip
GREEN, BLUE, RED, NOT_ENROLLED, WITHDRAWN, OBJECTING, REPAIRING = RESIDENTS
HELPED = "107"  # an old couple without a phone, who asked for the helper
NEW, CLAN = "420", "209"  # agreed last month; kin of everybody in the village committee
NO_CONSENT = (NOT_ENROLLED, "218", "219", "316", "419", "518", "519", "616")

KIN = (  # user name, door, relation
    ("lidangyuan", "108", Relation.SIBLING),  # rated by himself otherwise
    ("fengdangyuan", "315", Relation.IN_LAW),
    ("qinzuzhang", "115", Relation.PARENT),
    ("linlishi", RED, Relation.SIBLING),
    ("xielishi", "205", Relation.CHILD),
    ("tanglishi", "605", Relation.IN_LAW),
    ("caozhuren", CLAN, Relation.SIBLING),
    ("yuanweiyuan", CLAN, Relation.IN_LAW),
    ("dengweiyuan", CLAN, Relation.OTHER),
)

SHOPS = {"120": "溪口小卖部", "220": "柳荫早点铺", "320": "桥头农资店"}
ENTERPRISE = {"620": "柳溪竹器厂"}
# None of a family in office: who is kin of whom is what KIN says, and nobody wonders about the rest.
_SURNAMES = "赵钱孙马胡郭高徐叶潘杜戴夏钟汪田范石姜崔谭陆白金邱江史顾侯孟龙万段雷汤尹易常武乔贺"
_GIVEN = [
    "德福", "春生", "玉兰", "长根", "桂香", "国平", "水生", "美珍", "金林", "阿根", "志明", "秀英", "伟民",
    "丽华", "建华", "永康", "小芳", "桂芬", "荣华", "月娥", "树生", "文斌", "彩霞", "海燕", "思源", "静怡",
    "立群", "晓东", "佩兰", "庆丰", "良才", "淑芬", "雪梅", "松林", "子安", "慧敏", "家旺", "福全", "菊花",
]  # fmt: skip


def homes() -> Iterator[Home]:
    """The village's files in order of area and door, the same every time."""
    random, in_office = Random("柳溪村"), {post.door: post.name for post in POSTS if post.door}
    for number in range(len(AREAS) * DOORS):
        area, place = divmod(number, DOORS)
        door = f"{area + 1}{place + 1:02d}"
        surname = _SURNAMES[number % len(_SURNAMES)]
        head = in_office.get(door) or surname + random.choice(_GIVEN)
        rest = [random.choice(_SURNAMES) + random.choice(_GIVEN) for _ in range(random.choice((0, 1, 1, 2)))]
        kind, name = _cover(door, head)
        others = tuple(dict.fromkeys(other for other in rest if other != head))
        yield Home(number, AREAS[area], f"{door}号", name, kind, head, others, _rater(area, place))


def _cover(door: str, head: str) -> tuple[str, str]:
    if door in SHOPS:
        return Subject.Kind.SHOP.label, SHOPS[door]
    if door in ENTERPRISE:
        return Subject.Kind.ENTERPRISE.label, ENTERPRISE[door]
    return Subject.Kind.HOUSEHOLD.label, f"{head}户"


def _rater(area: int, place: int) -> str:
    raters = [post.name for post in POSTS if post.role == Role.RATER]
    return raters[2 * area + (place >= DOORS // 2)]
