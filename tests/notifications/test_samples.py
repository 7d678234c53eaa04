"""通知样子 and 送达情况: what is said, and whether it arrived; for those who answer for it."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from governance.models import Member, Subject
from notifications.kinds import ALL
from notifications.models import Channel
from notifications.samples import FORBIDDEN, sample
from tests.notifications.messages import State, delivery, inbox_of, message, slip
from tests.people import NOON


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON, tick=False):
        yield


def see(client, user, name, **query) -> str:
    client.force_login(user)
    response = client.get(reverse(name), query)
    assert response.status_code == 200
    return response.content.decode()


def test_every_kind_is_one_sms_without_points_standing_or_reason():
    made = [sample(kind) for kind in ALL]
    assert [each.kind.name for each in made if not (each.is_one_sms and each.is_clean)] == []


@pytest.mark.parametrize("words", ["扣了2分", "减1.5分", "+3分", "定为待提升户", "理由是乱倒垃圾"])
def test_what_an_sms_must_not_hold_would_be_found(words):
    assert FORBIDDEN.search(words)


@pytest.mark.parametrize("words", ["30分钟后", "11月30日前", "异议YY-2026-0012"])
def test_what_it_may_hold_is_not(words):
    assert not FORBIDDEN.search(words)


@pytest.mark.parametrize("who", ["clerk", "supervision", "supervisor", "operator"])
def test_every_kind_is_shown_to_those_who_answer_for_it(client, world, who):
    html = see(client, getattr(world, who), "message_samples")
    assert f"这{len(ALL)}种都查过" in html
    assert html.count('data-th="短信"') == len(ALL)


def test_kinds_are_found_by_topic_audience_and_word(client, world):
    html = see(client, world.clerk, "message_samples", topic="home", words="异议")
    assert 0 < html.count('data-th="短信"') < len(ALL)
    assert "没有找到" in see(client, world.clerk, "message_samples", words="没有这样的")
    who = ALL[0].who.says
    asked = sum(kind.who.says == who for kind in ALL)
    assert see(client, world.clerk, "message_samples", who=who).count('data-th="短信"') == asked


@pytest.mark.parametrize("name", ["message_samples", "deliveries"])
@pytest.mark.parametrize("who", ["wang", "li", "helper", "officer"])
def test_others_are_told_who_the_page_is_for(client, world, name, who):
    client.force_login(getattr(world, who))
    response = client.get(reverse(name))
    assert response.status_code == 403
    assert "您现在没有这" in response.content.decode()


def test_what_went_where_is_counted_without_a_name(client, world):
    inbox_of(world.wang, world.village, 3)
    delivery(message(world.li, world.village), Channel.SMS, State.FAILED, error="AddressError: aliyun.py:40")
    slip(world.liu_home)
    html = see(client, world.clerk, "deliveries")
    for words in ("短信", "纸条", "AddressError: aliyun.py:40", "等着送的通知纸条"):
        assert words in html
    names = [row.name for model in (Subject, Member) for row in model.objects.all()]
    assert [name for name in names if name in html] == []


def test_an_operator_is_led_to_where_it_can_be_sent_again_and_a_clerk_to_the_operator(client, world):
    delivery(message(world.li, world.village), Channel.SMS, State.FAILED, error="AddressError: aliyun.py:40")
    again = reverse("stuck_of", args=["deliveries"])
    assert again in see(client, world.operator, "deliveries")
    html = see(client, world.clerk, "deliveries")
    assert again not in html
    assert "要请系统运维看" in html


def test_nothing_of_another_village_or_of_long_ago_is_counted(client, world):
    inbox_of(world.wang, world.elsewhere, 3)
    message_of_old = message(world.wang, world.village, at=NOON - timedelta(days=40))
    delivery(message_of_old)
    assert "这些天没有通知" in see(client, world.clerk, "deliveries")
    assert "站内" in see(client, world.clerk, "deliveries", days=90)


def test_an_operator_chooses_among_the_villages_of_the_township(client, world):
    inbox_of(world.wang, world.elsewhere, 2)
    assert "站内" in see(client, world.operator, "deliveries")
    assert "这些天没有通知" in see(client, world.operator, "deliveries", village=world.village.code)
    assert "站内" in see(client, world.operator, "deliveries", village="nonsense", days="x")


def test_what_should_have_left_long_ago_is_said(client, world):
    row = message(world.wang, world.village, at=NOON - timedelta(hours=2))
    delivery(row, Channel.SMS, State.WAITING, due_at=NOON - timedelta(hours=1))
    assert "有该发还没发的" in see(client, world.clerk, "deliveries")


def test_the_page_asks_as_much_for_many_as_for_one(client, world):
    counts = []
    client.force_login(world.clerk)
    for n in (1, 29):
        inbox_of(world.wang, world.village, n)
        with CaptureQueriesContext(connection) as seen:
            client.get(reverse("deliveries"))
        counts.append(len(seen))
    assert counts[0] == counts[1]
