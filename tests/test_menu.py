"""The menu offers what a role can do here, and every entry leads to a page."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.urls import reverse

from config.menu import menu_for


def menu(rf, user, path="/todo/"):
    request = rf.get(path)
    request.user, request.session = user, {}
    return menu_for(request)


def labels(found):
    return [(heading, [entry.label for entry in entries]) for heading, entries in found]


def test_a_resident_is_offered_their_own_pages(world, rf):
    assert labels(menu(rf, world.wang)) == [
        (
            "我自己",
            [
                "我的积分",
                "我的异议和修复",
                "同意与退出",
                "我的数据",
                "谁看过我家",
                "通知",
                "公示",
                "账号和密码",
            ],
        )
    ]


def test_a_clerk_s_pages_name_the_village(world, rf):
    entries = {entry.label: entry.url for _heading, group in menu(rf, world.clerk) for entry in group}
    assert entries["户册"] == reverse("roster", args=[world.village.code])


def test_a_rater_is_not_offered_the_clerk_s_pages(world, rf):
    found = [label for _heading, group in labels(menu(rf, world.li)) for label in group]
    assert "我的评户单" in found
    assert "户册" not in found


def test_the_open_page_is_marked(world, rf):
    [current] = [e.label for _h, group in menu(rf, world.li, "/sheets/") for e in group if e.current]
    assert current == "我的评户单"


def test_a_page_within_another_s_address_is_marked_alone(world, rf):
    path = reverse("roster", args=[world.village.code])
    assert path.startswith(reverse("village", args=[world.village.code]))
    [current] = [e.label for _h, group in menu(rf, world.clerk, path) for e in group if e.current]
    assert current == "户册"


def test_a_visitor_has_no_menu(rf, db):
    assert menu(rf, AnonymousUser()) == []


@pytest.mark.parametrize("who", ["clerk", "li", "shi", "lin", "helper", "officer", "supervisor", "wang"])
def test_every_entry_is_a_page_its_reader_may_open(world, client, rf, who):
    user = getattr(world, who)
    client.force_login(user)
    for _heading, group in menu(rf, user):
        for entry in group:
            assert client.get(entry.url).status_code in (200, 302), entry
