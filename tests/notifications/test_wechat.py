"""WeChat template messages: what is sent, how the access token is kept, and what an error means for the next try."""

import time
from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.utils import timezone

from notifications.channels import configured, sender_for
from notifications.channels.base import AddressError, Letter, SendError
from notifications.models import Channel

WANG = "openid-wang"


def letter(to=WANG, template="", **values):
    return Letter(
        to, str(uuid4()), "您家的异议有了答复，请登录联评看一看怎么答的", "您家的异议有了答复。",
        url="https://lianping.example/my/cases/", template=template, values=tuple(values.items()),
    )  # fmt: skip


def asked_for_tokens(weixin) -> int:
    return sum(request.path == "/cgi-bin/stable_token" for request in weixin.requests)


def refused(one=None) -> SendError:
    with pytest.raises(SendError) as caught:
        sender_for(Channel.WECHAT).send(one or letter())
    assert "openid" not in str(caught.value)
    return caught.value


def test_a_message_fills_in_the_keywords_of_its_template(weixin):
    one = letter(day="11月20日")
    assert sender_for(Channel.WECHAT).send(one) == "200228333"
    [sent] = weixin.sent
    assert sent == {
        "touser": WANG,
        "template_id": "TPL-1",
        "url": "https://lianping.example/my/cases/",
        "client_msg_id": one.reference,
        "data": {
            "thing1": {"value": "您家的异议有了答复，请登录联评看一看怎么"},
            "const2": {"value": "您家的异议有了答复。"},
            "time3": {"value": "11月20日"},
        },
    }


def test_a_digest_has_its_own_template(weixin):
    sender_for(Channel.WECHAT).send(letter(template="digest"))
    assert weixin.sent[0]["template_id"] == "TPL-2"


def test_one_access_token_serves_many_messages_until_shortly_before_its_end(weixin):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _ in range(3):
            sender_for(Channel.WECHAT).send(letter())
        assert asked_for_tokens(weixin) == 1
        clock.shift(timedelta(seconds=7200 - 299))
        sender_for(Channel.WECHAT).send(letter())
    assert asked_for_tokens(weixin) == 2


def test_a_token_that_ended_early_is_renewed_and_the_message_goes_out(weixin):
    sender_for(Channel.WECHAT).send(letter())
    weixin.token = "TOKEN-2"
    sender_for(Channel.WECHAT).send(letter())
    assert len(weixin.sent) == 2
    assert asked_for_tokens(weixin) == 2


def test_a_token_that_is_refused_again_and_again_is_tried_later(weixin):
    sender_for(Channel.WECHAT).send(letter())
    stale = (200, {"errcode": 42001, "errmsg": "access_token expired"})
    weixin.next = [stale, (200, {"access_token": "TOKEN-1", "expires_in": 7200}), stale]
    assert not isinstance(refused(), AddressError)


@pytest.mark.parametrize("to", ["nobody-of-ours", "openid-who-left"])
def test_who_left_the_account_or_never_was_there_is_given_up(weixin, to):
    assert isinstance(refused(letter(to=to)), AddressError)


def test_a_template_that_is_gone_is_given_up(weixin):
    weixin.templates = ()
    assert str(refused()) == "微信没有收：40037"


@pytest.mark.parametrize("code", [-1, 45009, 99999])
def test_limits_and_troubles_are_tried_later(weixin, code):
    sender_for(Channel.WECHAT).send(letter())
    weixin.next = [(200, {"errcode": code, "errmsg": f"trouble of {WANG}"})]
    assert not isinstance(refused(), AddressError)


@pytest.mark.parametrize("trouble", [0.8, "drop", "500", "html", "moved"])
def test_a_silent_or_broken_wechat_is_tried_later(weixin, trouble):
    sender_for(Channel.WECHAT).send(letter())
    weixin.next = [trouble]
    assert str(refused()).startswith("127.0.0.1：")


def test_a_wrong_secret_is_for_the_operator_to_mend(weixin, settings):
    settings.WECHAT = {**settings.WECHAT, "app_secret": "wrong"}
    assert str(refused()) == "微信没有收：40125"
    assert "wrong" not in repr(sender_for(Channel.WECHAT))


def test_without_an_account_there_is_no_such_channel(settings):
    assert sender_for(Channel.WECHAT) is None
    assert Channel.WECHAT not in configured()


def test_the_token_survives_for_as_long_as_the_settings_stay(weixin):
    sender = sender_for(Channel.WECHAT)
    assert sender is sender_for(Channel.WECHAT)
    sender.send(letter())
    assert sender._good_until > time.time()
