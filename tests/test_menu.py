"""The menu offers what a role can do here, and nothing that does not exist."""

from datetime import date
from types import SimpleNamespace

import pytest
from django.contrib.auth.models import AnonymousUser

from config import menu
from config.menu import Item, menu_for
from governance.models import Appointment, Division, User

ITEMS = [
    Item("改密码", "seal", "account_change_password", {"clerk"}, short="密码", count=lambda request: 3),
    Item("登录设备", "eye", "usersessions_list", {"rater"}, "村里"),
    Item("没有的页", "eye", "no-such-page", {"clerk"}, "村里"),
    Item("退出", "exit", "account_logout", {"clerk", "rater"}, "村里"),
]


@pytest.fixture
def clerk(db):
    village = Division.objects.create(code="990101101201", name="柳溪村", level="village")
    user = User.objects.create(username="wenshu")
    Appointment.objects.create(user=user, role="clerk", division=village, starts=date(2020, 1, 1))
    return user


@pytest.fixture(autouse=True)
def _items(monkeypatch):
    monkeypatch.setattr(menu, "ITEMS", ITEMS)


def test_a_clerk_is_offered_the_clerks_pages_under_their_headings(clerk):
    found = menu_for(SimpleNamespace(user=clerk, path="/accounts/logout/"))
    assert [(heading, [entry.label for entry in entries]) for heading, entries in found] == [
        ("", ["改密码"]),
        ("村里", ["退出"]),
    ]


def test_an_entry_says_how_many_wait_and_which_page_is_open(clerk):
    found = menu_for(SimpleNamespace(user=clerk, path="/accounts/logout/"))
    entries = [entry for _heading, group in found for entry in group]
    assert [(entry.count, entry.current) for entry in entries] == [(3, False), (None, True)]


def test_a_visitor_has_no_menu():
    assert menu_for(SimpleNamespace(user=AnonymousUser(), path="/")) == []
