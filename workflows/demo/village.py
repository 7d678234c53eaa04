"""柳溪村 is founded: its place, people in office, roster, consents and family ties, in the order of real life."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property

from governance import appointments, consents, kinships, slips
from governance.credentials import create_user
from governance.models import Area, Consent, Division, Notice, Rule, Subject, User
from governance.models.people import Role
from governance.roster_file import RosterRow, write_rows
from governance.roster_import import save_file
from workflows.demo import people

PASSWORD = "lianping-demo"
PLACES = (
    ("990101000000", "南浦县", Division.Level.COUNTY),
    ("990101103000", "青禾镇", Division.Level.TOWNSHIP),
    ("990101103205", "柳溪村", Division.Level.VILLAGE),
)
CODE = PLACES[-1][0]
WITNESS = "尤立德"
HONOUR_EVERY = 3  # of three households that agreed, one lets its name be posted when honoured
NOTICE = """柳溪村诚信积分告知书

一、记什么。只记看得见的事，按大会通过的细则加分或减分。信访、投诉、打官司、说话发帖、信仰、生育、生病，一概不记。
二、谁来评。联户党员每月评一次，片组长核，理事会审，村两委签，公示五天。是您家亲属的，一律回避。
三、谁看得到。您家的分和颜色，只有您家同意了的成年人、您请的代办员和办这件事的人看得到。公示只写有多少户。
四、分有什么用。分多了有鼓励；分少了，办什么事都不受影响。
五、不想参加。同意不同意都可以，什么时候退出都可以，点一下就行，不用说理由。
六、觉得不对。哪一条不对都可以提异议，提了不扣分，办完以前那条减分不算。"""


@dataclass
class Village:
    """柳溪村 while its story is told: who is who, and where."""

    place: Division
    operator: User
    users: dict[str, User] = field(default_factory=dict)

    def user(self, username: str) -> User:
        """An account by its user name."""
        return self.users[username]

    def having(self, role: str) -> list[User]:
        """Those in an office, in the order they are listed."""
        return [self.users[post.username] for post in people.POSTS if post.role == role]

    @property
    def clerk(self) -> User:
        """方文静."""
        return self.having(Role.CLERK)[0]

    @cached_property
    def subjects(self) -> dict[str, Subject]:
        """Files by door, "104"."""
        rows = Subject.objects.filter(village=self.place).select_related("area", "village")
        return {row.door.removesuffix("号"): row for row in rows}

    @cached_property
    def rules(self) -> dict[str, Rule]:
        """The rules in force by number, "4.1"; ask once the rulebook holds."""
        rows = Rule.objects.filter(rulebook__village=self.place, rulebook__state="in_force")
        return {rule.number: rule for rule in rows}

    def head(self, door: str):
        """Whoever heads the household at a door."""
        return self.subjects[door].members.get(is_head=True)


def found(at: datetime) -> Village:
    """The places, the notice, the operator's account and everybody in office but the group leaders."""
    parent = None
    for code, name, level in PLACES:
        parent, _ = Division.objects.get_or_create(
            code=code, defaults={"name": name, "level": level, "parent": parent}
        )
    Notice.objects.get_or_create(version=1, defaults={"text": NOTICE, "in_force_from": at.date()})
    operator = User.objects.create_user("guanliyuan", name="系统管理员", is_superuser=True)
    village = Village(parent, operator)
    _fill_offices(village, [post for post in people.POSTS if post.role != Role.LEADER], at)
    return village


def settle(village: Village, at: datetime) -> None:
    """The roster with paper consents of this month comes in; leaders, accounts and family ties follow."""
    rows = [_row(home, at.date()) for home in people.homes()]
    save_file(write_rows(rows), village=village.place, by=village.clerk, at=at, name="柳溪村户册.xlsx")
    _fill_offices(village, [post for post in people.POSTS if post.role == Role.LEADER], at)
    for door, user in {post.door: village.user(post.username) for post in people.POSTS if post.door}.items():
        _bind(village, door, at, user=user)
    for door, username in people.RESIDENTS.items():
        village.users[username] = _bind(village, door, at, username=username, password=PASSWORD)
    for username, door, relation in people.KIN:
        user = village.user(username)
        kinships.declare(user=user, subject=village.subjects[door], relation=relation, by=user, at=at)
    _ask_more(village, at)


def withdraw(village: Village, at: datetime) -> None:
    """One household takes its consent back, on its own phone."""
    consents.withdraw(member=village.head(people.WITHDRAWN), by=village.user("zhuhu5"), at=at)


def join(village: Village, at: datetime) -> None:
    """One household agrees later than the others, on paper."""
    head = village.head(people.NEW)
    consents.give_on_paper(
        member=head,
        purpose=Consent.Purpose.SCORING,
        given_on=at.date(),
        witness=WITNESS,
        by=village.clerk,
        at=at,
    )


def _row(home: people.Home, day: date) -> RosterRow:
    door = home.door.removesuffix("号")
    agreed = {}
    if door not in (*people.NO_CONSENT, people.NEW):
        signed = day - timedelta(days=2 + home.number % 18)
        agreed = {"consent_on": str(signed), "consent_how": "纸上", "witness": WITNESS}
    return RosterRow(
        home.number, code=CODE, area=home.area, door=home.door, name=home.name, kind=home.kind, head=home.head,
        phone=home.phone, others="、".join(home.others), rater=home.rater, **agreed,
    )  # fmt: skip


def _fill_offices(village: Village, posts: list[people.Post], at: datetime) -> None:
    areas = {area.name: area for area in Area.objects.filter(village=village.place)}
    for post in posts:
        by = village.operator if post.is_township or post.role == Role.CLERK else village.clerk
        if post.username not in village.users:
            village.users[post.username] = _account(village, post, by, at)
        appointments.appoint(
            user=village.user(post.username), role=post.role, area=areas.get(post.area), by=by, at=at,
            division=village.place.parent if post.is_township else village.place,
        )  # fmt: skip


def _account(village: Village, post: people.Post, by: User, at: datetime) -> User:
    asked = {"username": post.username, "name": post.name, "password": PASSWORD, "by": by, "at": at}
    if by == village.operator:
        return create_user(**asked)
    return appointments.create_account(village=village.place, **asked)


def _bind(village: Village, door: str, at: datetime, **account) -> User:
    """A paper slip binds the head of a household to an account, or makes a new one."""
    code = slips.make(member=village.head(door), by=village.clerk, at=at)
    return slips.bind(code=code, at=at, ip="127.0.0.1", **account)


def _ask_more(village: Village, at: datetime) -> None:
    """Consents that are asked for separately: names of the honoured, other adults, a helper."""
    enrolled = Subject.objects.filter(village=village.place, enrolled_from__isnull=False).order_by("door")
    for home in enrolled[::HONOUR_EVERY]:
        _sign(village, home.members.get(is_head=True), Consent.Purpose.HONOUR, at)
        for other in home.members.filter(is_head=False):
            _sign(village, other, Consent.Purpose.SCORING, at)
    _sign(village, village.head(people.HELPED), Consent.Purpose.HELPER, at)


def _sign(village: Village, member, purpose: str, at: datetime) -> None:
    consents.give_on_paper(
        member=member, purpose=purpose, given_on=at.date(), witness=WITNESS, by=village.clerk, at=at
    )
