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


@pytest.mark.parametrize("who", ["clerk", "supervision", "supervisor"])
def test_who_looks_over_a_village_is_led_to_its_log(world, rf, who):
    entries = {entry.label: entry.url for _heading, group in menu(rf, getattr(world, who)) for entry in group}
    assert entries["记录日志"] == reverse("public_log", args=[world.village.code])


def test_a_public_page_is_the_same_for_all_and_leads_home(world, client):
    pages = []
    for user in (None, world.clerk):
        if user:
            client.force_login(user)
        pages.append(client.get(reverse("public_village", args=[world.village.code])).content)
    assert pages[0] == pages[1]
    body = pages[0].decode()
    assert "登录或回我的页面" in body
    assert '<a class="btn btn-roof" href="/">回首页</a>' in body
    assert client.get(reverse("account_login")).url == "/"  # who is signed in is led on to their first page


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
