"""From a message in the database to real servers on this machine: each way out, and the same way when it fails."""

from datetime import timedelta

import pytest
import time_machine

from notifications import addresses, preferences, sending
from notifications.models import Channel, Delivery, Preference
from notifications.writing import deliveries
from tests.notifications.made import message, out, with_phone
from tests.people import NOON

State = Delivery.State
OUT = [Channel.SMS, Channel.EMAIL, Channel.WECHAT]


@pytest.fixture
def wang(world):
    """王大爷 wants to hear of his household's affairs every way there is."""
    user = with_phone(world.wang)
    addresses.bind(channel=Channel.EMAIL, address="wangdaye@example.com", by=user, at=NOON)
    addresses.bind(channel=Channel.WECHAT, address="openid-wang", by=user, at=NOON)
    Preference.objects.filter(user=user).update(channels={"home": OUT})
    with time_machine.travel(NOON, tick=False):
        yield user


@pytest.fixture
def told(world, wang, aliyun, weixin, postbox, settings):
    aliyun.now = NOON
    chosen = preferences.of(wang)
    assert preferences.usable(wang, chosen) == set(OUT)
    made = message(world.village, wang, home=world.wang_home)
    made.deliveries.all().delete()
    Delivery.objects.bulk_create(deliveries(made, (wang, chosen), NOON))
    return made


def test_a_message_leaves_by_sms_e_mail_and_wechat_once_each(told, aliyun, weixin, postbox):
    for _ in range(2):
        sending.send_due(NOON)
    assert [sent["PhoneNumbers"] for sent in aliyun.sent] == ["13800000001"]
    assert [sent["touser"] for sent in weixin.sent] == ["openid-wang"]
    assert [mail["To"] for mail in postbox.mails] == ["wangdaye@example.com"]
    assert [out(told, channel).state for channel in OUT] == [State.SENT] * 3
    assert out(told).reference == "900610001^0"
    assert weixin.sent[0]["url"] == "https://lianping.example/my/"


def test_when_all_of_them_are_down_nothing_is_lost(told, aliyun, weixin, postbox):
    aliyun.next, weixin.next, postbox.full = ["drop"], ["500"], "451 try later"
    assert sending.send_due(NOON) == 0
    assert [out(told, channel).state for channel in OUT] == [State.WAITING] * 3
    postbox.full = ""
    assert sending.send_due(NOON + timedelta(hours=1)) == 3
    assert (len(aliyun.sent), len(weixin.sent), len(postbox.mails)) == (1, 1, 1)


def test_who_cannot_be_reached_there_is_told_so_by_the_other_ways(told, aliyun, weixin, postbox):
    weixin.followers = ()
    postbox.refuses["wangdaye@example.com"] = "550 no such user"
    assert sending.send_due(NOON) == 1
    states = {channel: out(told, channel).state for channel in OUT}
    assert states == {Channel.SMS: State.SENT, Channel.EMAIL: State.FAILED, Channel.WECHAT: State.FAILED}


def test_no_log_line_says_to_whom(told, aliyun, weixin, postbox, caplog):
    aliyun.next, weixin.next = ["500"], ["drop"]
    sending.send_due(NOON)
    ours = "\n".join(record.getMessage() for record in caplog.records if record.name != "mail.log")
    assert not any(word in ours for word in ("13800000001", "openid-wang", "wangdaye@example.com", "王大爷"))
