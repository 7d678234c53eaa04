"""怎么通知我: ways by topic, hours, and a message to oneself."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from notifications import preferences
from notifications.models import Channel, Delivery, Message, Preference
from tests.notifications.made import with_phone
from tests.people import NOON

HOURS = {"quiet_from": "22:00", "quiet_to": "06:30", "digest_at": "09:15"}


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def wang(world, client):
    with_phone(world.wang)
    client.force_login(world.wang)
    return world.wang


def see(client) -> str:
    response = client.get(reverse("how_told"))
    assert response.status_code == 200
    return response.content.decode()


def test_a_resident_chooses_ways_and_hours(client, wang, senders):
    response = client.post(reverse("how_told"), {"home": ["sms"], "notice": ["sms"], **HOURS})
    assert response.url == reverse("how_told")
    row = preferences.of(wang)
    assert row.channels["notice"] == ["sms"]
    assert f"{row.quiet_from:%H:%M} {row.quiet_to:%H:%M} {row.digest_at:%H:%M}" == "22:00 06:30 09:15"
    assert "记住了" in see(client)


def test_a_topic_that_concerns_somebody_else_is_not_asked_for_and_stays(client, wang, senders):
    assert "要我办的事" not in see(client)
    client.post(reverse("how_told"), {"home": [], **HOURS})
    assert preferences.of(wang).channels == {"home": [], "work": ["sms"], "notice": []}


def test_a_rater_chooses_for_their_office_too(client, world):
    client.force_login(world.zhou)
    html = see(client)
    assert "要我办的事" in html
    assert "我家的事" not in html


def test_a_way_without_an_address_cannot_be_chosen_and_says_why(client, wang, senders):
    html = see(client)
    assert "我家的事，邮件，现在不能选" in html
    assert "请先填邮箱" in html
    response = client.post(reverse("how_told"), {"home": ["email"], **HOURS})
    assert response.status_code == 422
    assert not Preference.objects.exists()


def test_where_nothing_can_be_sent_the_page_says_so(client, wang, nobody_sends):
    html = see(client)
    assert "这里还没有开通短信" in html
    assert "这里还没有开通微信" in html


def test_the_phone_is_shown_by_its_ends_only(client, wang, senders):
    html = see(client)
    assert "138****0001" in html
    assert "13800000001" not in html


@pytest.mark.parametrize(
    ("hours", "sentence"),
    [
        ({"digest_at": "23:00"}, "汇总的时间在“别打扰”的时段里"),
        ({"quiet_from": ""}, "请写几点"),
        ({"quiet_to": "二十五点"}, "看不出是几点"),
    ],
)
def test_hours_that_make_no_sense_are_refused_beside_their_field(client, wang, senders, hours, sentence):
    response = client.post(reverse("how_told"), {"home": ["sms"], **HOURS, **hours})
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert not Preference.objects.exists()


def test_one_is_sent_by_every_way_that_leads_anywhere(client, wang, senders):
    html = client.post(reverse("how_tried"), follow=True).content.decode()
    assert "发了一条：站内现在就有，短信几分钟里到" in html
    row = Message.objects.get(recipient=wang)
    made = {each.channel: each for each in row.deliveries.all()}
    assert set(made) == {Channel.INBOX, Channel.SMS}
    assert made[Channel.SMS].due_at == NOON
    assert not made[Channel.SMS].is_digest


def test_without_a_way_out_it_is_in_the_inbox_alone(client, wang, nobody_sends):
    html = client.post(reverse("how_tried"), follow=True).content.decode()
    assert "只在站内" in html
    assert Delivery.objects.get().channel == Channel.INBOX


def test_it_can_be_tried_three_times_an_hour(client, wang, senders):
    for _ in range(3):
        client.post(reverse("how_tried"))
    assert "一小时里试过3次了" in see(client)
    assert "一小时里试过3次了" in client.post(reverse("how_tried"), follow=True).content.decode()
    assert Message.objects.count() == 3
    with time_machine.travel(NOON + timedelta(hours=1, seconds=1), tick=False):
        client.post(reverse("how_tried"))
    assert Message.objects.count() == 4


def test_who_belongs_to_no_village_has_nothing_to_try(client, world):
    client.force_login(world.stranger)
    assert "您还没有绑定到户" in see(client)
    assert "您还没有绑定到户" in client.post(reverse("how_tried"), follow=True).content.decode()
    assert not Message.objects.exists()
