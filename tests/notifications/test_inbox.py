"""通知: one's own messages and nobody else's, what is new, and the number on the bell."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from notifications.models import Channel, Message
from tests.notifications.messages import State, delivery, inbox_of, message
from tests.people import NOON

HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def wang(world, client):
    client.force_login(world.wang)
    return world.wang


def page(client, **query) -> str:
    response = client.get(reverse("inbox"), query)
    assert response.status_code == 200
    return response.content.decode()


def test_without_messages_the_page_says_what_will_come(client, wang):
    assert "还没有通知" in page(client)


def test_what_is_new_is_marked_by_a_word_and_what_was_read_is_not(client, wang, world):
    inbox_of(wang, world.village, 3, read=2)
    html = page(client)
    assert html.count("未读</span>") == 1
    assert "1条没读" in html
    assert html.index("第3条通知") < html.index("第1条通知")


def test_opening_a_message_marks_it_and_leads_to_its_page(client, wang, world):
    row = message(wang, world.village, path="/my/")
    response = client.post(reverse("message_open", args=[row.key]))
    assert response.url == "/my/"
    row.refresh_from_db()
    assert row.read_at == NOON


def test_a_message_is_read_when_it_was_first_opened(client, wang, world):
    row = message(wang, world.village, read_at=NOON - timedelta(days=1))
    client.post(reverse("message_open", args=[row.key]))
    row.refresh_from_db()
    assert row.read_at == NOON - timedelta(days=1)


@pytest.mark.parametrize("path", ["", "//example.org/", "https://example.org/"])
def test_a_message_without_a_page_of_ours_stays_in_the_inbox(client, wang, world, path):
    row = message(wang, world.village, path=path)
    assert client.post(reverse("message_open", args=[row.key])).url == reverse("inbox")


def test_nobody_opens_or_reads_what_was_told_to_somebody_else(client, wang, world):
    row = message(world.li, world.village, title="只给李党员")
    assert "只给李党员" not in page(client)
    assert client.post(reverse("message_open", args=[row.key])).status_code == 404
    client.post(reverse("inbox_read"))
    row.refresh_from_db()
    assert row.read_at is None


def test_all_are_marked_as_read_and_taken_back(client, wang, world):
    inbox_of(wang, world.village, 4, read=1)
    response = client.post(reverse("inbox_read"))
    html = client.get(response.url).content.decode()
    assert "3条标成已读了" in html
    assert "条没读" not in html
    client.post(reverse("inbox_undo"), {"marked": NOON.isoformat()})
    assert Message.objects.filter(read_at__isnull=True).count() == 3


@pytest.mark.parametrize(
    "marked",
    [
        "", "x", "2026-11-16", "2026-99-99T00:00:00+08:00", "2020-01-01T00:00:00+08:00",
        "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00",
    ],
)  # fmt: skip
def test_a_moment_at_which_nothing_was_marked_takes_nothing_back(client, wang, world, marked):
    inbox_of(wang, world.village, 2, read=1)
    client.post(reverse("inbox_undo"), {"marked": marked})
    assert Message.objects.filter(read_at__isnull=True).count() == 1
    assert page(client, marked=marked)


def test_messages_are_found_by_topic_by_word_and_by_being_new(client, wang, world):
    message(wang, world.village, title="公示贴出来了", topic="notice", read_at=NOON)
    message(wang, world.village, title="异议收到了", topic="home")
    assert "异议收到了" not in page(client, topic="notice")
    assert "公示贴出来了" not in page(client, unread="on")
    assert "公示贴出来了" not in page(client, q="异议 收到")
    assert "没有找到" in page(client, q="没有的")
    assert "异议收到了" in page(client, topic="nonsense", page="99")


def test_each_message_says_by_which_ways_it_went_and_what_to_do(client, wang, world):
    row = message(wang, world.village)
    delivery(row)
    delivery(row, Channel.SMS, State.FAILED, error="AddressError: aliyun.py:1")
    delivery(row, Channel.EMAIL, State.WAITING, due_at=NOON + timedelta(hours=20))
    delivery(row, Channel.WECHAT, State.WAITING, tries=2, due_at=NOON + timedelta(minutes=5))
    delivery(row, Channel.SLIP, State.WAITING)
    html = page(client)
    for words in (
        "短信发不出去",
        "请看看手机号",
        "邮件等着发",
        "微信没发成，会自己再试",
        "纸条等文书打出来",
    ):
        assert words in html
    assert "AddressError" not in html
    assert "站内有" not in html  # who reads it here sees that


def test_the_page_asks_as_much_for_thirty_messages_as_for_one(client, wang, world):
    counts = []
    for n in (1, 29):
        inbox_of(wang, world.village, n)
        with CaptureQueriesContext(connection) as seen:
            page(client)
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_the_bell_is_one_query_and_none_for_a_visitor(client, world):
    asked = {}
    for user in (None, world.wang):
        if user:
            client.force_login(user)
        with CaptureQueriesContext(connection) as seen:
            client.get(reverse("public_home"))
        asked[user] = [query["sql"] for query in seen if "notifications_message" in query["sql"]]
    assert len(asked[None]) == 0
    assert len(asked[world.wang]) <= 1


def test_the_bell_is_drawn_anew_only_when_its_number_changed(client, wang, world):
    address = reverse("inbox_count")
    inbox_of(wang, world.village, 2)
    same = client.get(address, {"seen": 2}, headers=HTMX)
    assert (same.status_code, same.content) == (204, b"")
    more = client.get(address, {"seen": 1}, headers=HTMX)
    html = more.content.decode()
    assert "条没读" in html
    assert 'id="nav-new"' in html
    assert "no-cache" in more["Cache-Control"]
    assert "<html" not in html


def test_who_left_is_not_led_to_the_sign_in_page_by_a_poll(client, world):
    assert client.get(reverse("inbox_count"), headers=HTMX).status_code == 204
    assert client.get(reverse("inbox_count")).status_code == 302


def test_the_poll_takes_three_queries(client, wang, world, django_assert_max_num_queries):
    inbox_of(wang, world.village, 30)
    with django_assert_max_num_queries(3):  # session, account, number
        client.get(reverse("inbox_count"), {"seen": 30}, headers=HTMX)


def test_on_the_pages_of_an_account_the_bell_does_not_ask_again(client, wang):
    html = client.get(reverse("mfa_index")).content.decode()
    assert 'id="bell"' in html
    assert "lp:look" not in html
    assert "lp:look" in page(client)
