"""The menu as data: which pages are offered to which roles. What one may do there, the page itself checks."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from governance import access

VILLAGE, SELF = "村里", "我自己"
STAFF = {"clerk", "rater", "leader", "council", "committee", "supervision", "officer", "panel", "supervisor"}
ANYONE = STAFF | {"helper", "resident"}


@dataclass(frozen=True)
class Item:
    """One page on offer. `short` puts it into the bottom bar of a phone; `count` says how many wait there."""

    label: str
    icon: str
    url_name: str
    roles: set[str]
    heading: str = ""
    short: str = ""
    count: Callable[[HttpRequest], int] | None = None


@dataclass(frozen=True)
class Entry:
    """One line of one reader's menu."""

    label: str
    short: str
    icon: str
    url: str
    count: int | None
    current: bool


ITEMS = [
    Item("我的待办", "list", "home", STAFF | {"helper"}, short="待办"),
    Item("我的评户单", "steps", "sheet", {"rater"}, VILLAGE, short="评户"),
    Item("片区核单", "check", "area", {"leader"}, VILLAGE, short="核单"),
    Item("月评审议", "scale", "council", {"council"}, VILLAGE),
    Item("月评签字", "seal", "committee", {"committee"}, VILLAGE),
    Item("季亮晒", "chart", "quarter", {"clerk", "council", "committee"}, VILLAGE),
    Item("户册", "people", "roster", {"clerk"}, VILLAGE),
    Item("账号和职务", "desk", "appointments", {"clerk"}, VILLAGE),
    Item("导入", "up", "imports", {"clerk"}, VILLAGE),
    Item("开月评", "steps", "rounds", {"clerk"}, VILLAGE),
    Item("回执和纸单", "print", "slips", {"clerk"}, VILLAGE),
    Item("评分细则", "rule", "rulebook", STAFF, VILLAGE),
    Item("我的积分", "ledger", "my-points", {"resident"}, SELF, short="积分"),
    Item("公示", "board", "notices", ANYONE, SELF, short="公示"),
    Item("我家", "home", "my-home", {"resident"}, SELF, short="我家"),
    Item("我申报的亲属", "recuse", "my-kin", STAFF, SELF),
    Item("账号和密码", "help", "mfa_index", ANYONE, SELF),
]


def menu_for(request: HttpRequest) -> list[tuple[str, list[Entry]]]:
    """The reader's menu as [(heading, entries)] in the order of ITEMS; empty for a visitor.

    A page that this installation does not have (its name does not reverse) is left out.
    """
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return []
    roles = access.roles_of(user)
    mine = [(item, url) for item in ITEMS if item.roles & roles and (url := _url(item.url_name))]
    return [
        (heading, [_entry(request, *pair) for pair in group])
        for heading, group in groupby(mine, key=lambda pair: pair[0].heading)
    ]


def _url(name: str) -> str | None:
    try:
        return reverse(name)
    except NoReverseMatch:
        return None


def _entry(request, item: Item, url: str) -> Entry:
    current = request.path == url or (url != "/" and request.path.startswith(url))
    return Entry(item.label, item.short, item.icon, url, item.count and item.count(request), current)
