"""The menu as data: which pages are offered to which roles. What one may do there, the page itself checks."""

from dataclasses import dataclass
from itertools import groupby

from django.http import HttpRequest
from django.urls import reverse

from governance import access
from governance.context import Shell

OPERATOR = frozenset({"operator"})
VILLAGE, TOWN, WATCH, SELF = "村里", "镇里", "监督", "我自己"
STAFF = frozenset(
    {"clerk", "rater", "leader", "council", "committee", "supervision", "officer", "panel", "supervisor"}
)
CASES = frozenset({"officer", "panel", "supervisor"})
ANYONE = STAFF | OPERATOR | {"helper", "resident"}
SUPERVISORS = frozenset({"supervision", "supervisor"})
STARTS_JOBS = frozenset({"clerk", "committee", "panel", "supervision", "supervisor"})
LOOKS_BACK = frozenset({"clerk", "supervision", "supervisor"})


@dataclass(frozen=True, eq=False)
class Item:
    """One page on offer. `short` puts it into the bottom bar of a phone; `here` means that its address names a village."""

    label: str
    icon: str
    url_name: str
    roles: frozenset[str]
    heading: str = ""
    short: str = ""
    here: bool = False


@dataclass(frozen=True)
class Entry:
    """One line of one reader's menu."""

    label: str
    short: str
    icon: str
    url: str
    current: bool
    counts: bool = False  # shows how many messages are new


ITEMS = [
    Item("我的待办", "list", "todo", STAFF | OPERATOR | {"helper"}, short="待办"),
    Item("卡住的事", "stop", "stuck", OPERATOR, short="卡住"),
    Item("机器好不好", "check", "health", OPERATOR, short="机器"),
    Item("我的评户单", "steps", "sheets", frozenset({"rater", "panel"}), VILLAGE, short="评户"),
    Item("片区核单", "check", "areas", frozenset({"leader", "panel"}), VILLAGE, short="核单"),
    Item("月评", "scale", "rounds", STAFF, VILLAGE, short="月评", here=True),
    Item("季亮晒", "chart", "settlements", STAFF - {"rater", "leader"}, VILLAGE, here=True),
    Item("评分细则", "rule", "rulebooks", STAFF, VILLAGE, here=True),
    Item("户册", "people", "roster", frozenset({"clerk"}), VILLAGE, short="户册", here=True),
    Item("联户", "swap", "links", frozenset({"clerk"}), VILLAGE, here=True),
    Item("人员和职务", "desk", "people", frozenset({"clerk"}), VILLAGE, here=True),
    Item("导入", "up", "imports", frozenset({"clerk"}), VILLAGE, here=True),
    Item("异议登记", "env", "desk", frozenset({"clerk", "helper"}), VILLAGE, short="异议", here=True),
    Item(
        "整批更正", "swap", "corrections", frozenset({"officer", "panel", "supervisor"}), VILLAGE, here=True
    ),
    Item("异议后的减分", "eye", "guard", frozenset({"supervision", "supervisor"}), VILLAGE, here=True),
    Item(
        "评议看板",
        "chart",
        "watch",
        frozenset({"supervision", "supervisor"}),
        VILLAGE,
        short="看板",
        here=True,
    ),
    Item("信用修复", "history", "repairs", frozenset({"officer", "panel"}), VILLAGE, here=True),
    Item("那一天的样子", "history", "asof_rulebook", LOOKS_BACK, VILLAGE, here=True),
    Item("重算一季", "check", "replays", LOOKS_BACK, VILLAGE, here=True),
    Item("记录日志", "doc", "public_log", LOOKS_BACK, VILLAGE, here=True),
    Item("资料窗口", "doc", "requests", frozenset({"clerk", "helper"}), VILLAGE, here=True),
    Item("通知纸条", "env-out", "handouts", frozenset({"clerk", "helper"}), VILLAGE, here=True),
    Item("送达情况", "bell", "deliveries", frozenset({"clerk"}) | OPERATOR, VILLAGE),
    Item("通知样子", "eye", "message_samples", LOOKS_BACK | OPERATOR, VILLAGE),
    Item("村里的设置", "home", "village", frozenset({"clerk"}), VILLAGE, here=True),
    Item("办事的天数", "clock", "policy", frozenset({"clerk"}), VILLAGE, here=True),
    Item("异议", "scale", "cases", CASES, TOWN, short="异议"),
    Item("要盯的异议", "clock", "cases_alarms", CASES, TOWN),
    Item("异议统计", "chart", "case_statistics", CASES | {"supervision"}, TOWN),
    Item("外出代办", "swap", "delegations", CASES, TOWN),
    Item("常用的理由", "doc", "paragraphs", CASES - {"supervisor"}, TOWN),
    Item("改动记录", "history", "changes", SUPERVISORS, WATCH, short="改动"),
    Item("我的积分", "ledger", "my_points", frozenset({"resident"}), SELF, short="积分"),
    Item("我的异议和修复", "env", "my_cases", frozenset({"resident"}), SELF, short="我提的"),
    Item("同意与退出", "check", "my_consent", frozenset({"resident"}), SELF, short="同意"),
    Item("我的数据", "doc", "my_data", frozenset({"resident"}), SELF),
    Item("谁看过我家", "eye", "my_readings", frozenset({"resident"}), SELF),
    Item("通知", "bell", "inbox", ANYONE, SELF, short="通知"),
    Item("公示", "board", "public_home", ANYONE, SELF, short="公示"),
    Item("我申报的亲属", "recuse", "kinships", STAFF, SELF),
    Item("监督问过我的", "help", "findings_mine", STAFF - {"supervision", "supervisor"}, SELF),
    Item("后台做的", "clock", "jobs", STARTS_JOBS, SELF),
    Item("账号和密码", "help", "mfa_index", ANYONE, SELF),
]


def menu_for(request: HttpRequest) -> list[tuple[str, list[Entry]]]:
    """The reader's menu as [(heading, entries)] in the order of ITEMS; empty for a visitor."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return []
    roles, village = access.roles_of(user), Shell.of(request).village
    mine = [item for item in ITEMS if item.roles & roles and (village or not item.here)]
    urls = {item: reverse(item.url_name, args=[village.code] if item.here else []) for item in mine}
    # Addresses nest (/villages/, /villages/<code>/roster/): the longest that fits is where the reader is.
    here = max((url for url in urls.values() if request.path.startswith(url)), key=len, default="")
    return [
        (
            heading,
            [
                Entry(
                    item.label,
                    item.short,
                    item.icon,
                    urls[item],
                    urls[item] == here,
                    item.url_name == "inbox",
                )
                for item in group
            ],
        )
        for heading, group in groupby(mine, key=lambda item: item.heading)
    ]
