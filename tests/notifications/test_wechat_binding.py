"""绑定微信: from the page to WeChat and back, and each way in which it does not come to a binding."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit
from urllib.request import HTTPRedirectHandler, build_opener

import pytest
import time_machine
from django.urls import reverse

from notifications import addresses, wechat_binding
from notifications.models import Channel, Preference
from tests.people import NOON

PAGE, START, BACK, DROP = (
    reverse(name)
    for name in ("notify_wechat", "notify_wechat_start", "notify_wechat_back", "notify_wechat_drop")
)
PHONE = {"HTTP_USER_AGENT": "Mozilla/5.0 (iPhone) MicroMessenger/8.0"}


class _Stay(HTTPRedirectHandler):
    def http_error_302(self, req, fp, code, msg, headers):
        return fp


@pytest.fixture
def wang(world, client, settings):
    settings.SITE_URL = "https://lianping.example"
    client.force_login(world.wang)
    with time_machine.travel(NOON, tick=False):
        yield world.wang


def go(client) -> str:
    """Start, let WeChat answer, and return the address it sends the browser back to."""
    there = client.get(START).url
    assert there.endswith("#wechat_redirect")
    with build_opener(_Stay).open(there.partition("#")[0]) as answer:
        back = answer.headers["Location"]
    assert back.startswith("https://lianping.example" + BACK)
    return BACK + "?" + urlsplit(back).query


def said(client, address) -> str:
    response = client.get(address, follow=True)
    assert response.redirect_chain == [(PAGE, 302)]
    return response.content.decode()


def bound(user) -> str:
    return addresses.address_of(user, Channel.WECHAT)


def test_who_agrees_in_wechat_is_bound(weixin, wang, client):
    assert "绑定微信</a>" in client.get(PAGE, **PHONE).content.decode()
    assert "微信绑好了" in said(client, go(client))
    assert bound(wang) == "openid-wang"


def test_the_openid_is_not_readable_in_the_table(weixin, wang, client):
    client.get(go(client))
    assert b"openid" not in bytes(Preference.objects.values_list("wechat", flat=True).get())


def test_outside_wechat_the_page_shows_a_code_to_scan(weixin, wang, client):
    page = client.get(PAGE).content.decode()
    assert "用手机微信扫下面的码" in page
    assert "lp-qr" in page
    assert START not in page


def test_who_declines_is_not_bound(weixin, wang, client):
    weixin.asks = ""
    assert "微信没有告诉我们是哪个微信" in said(client, go(client))
    assert bound(wang) == ""


def test_a_link_somebody_else_sends_binds_nobody(weixin, wang, client, world):
    """The attack: 路人 sends 王大爷 the address that would bind the stranger's WeChat to his account."""
    client.force_login(world.stranger)
    theirs = go(client)
    client.force_login(wang)
    assert "不是从这个浏览器点开的" in said(client, theirs)
    client.get(START)
    assert "不是从这个浏览器点开的" in said(client, theirs)
    assert bound(wang) == ""


def test_an_answer_is_good_once(weixin, wang, client):
    back = go(client)
    client.get(back)
    assert "不是从这个浏览器点开的" in said(client, back)


def test_an_answer_that_comes_too_late_is_not_taken(weixin, wang, client):
    back = go(client)
    with time_machine.travel(NOON + timedelta(minutes=11), tick=False):
        assert "隔得太久了" in said(client, back)


def test_a_code_that_wechat_does_not_know_says_to_try_again(weixin, wang, client):
    state = parse_qs(urlsplit(go(client)).query)["state"][0]
    assert wechat_binding.AGAIN in said(client, f"{BACK}?code=invented&state={state}")


@pytest.mark.parametrize("trouble", ["500", "drop", 0.8])
def test_a_silent_wechat_says_to_come_back_later(weixin, wang, client, trouble):
    back = go(client)
    weixin.next = [trouble]
    assert "微信这会儿没有回话" in said(client, back)
    assert bound(wang) == ""


def test_who_unbinds_is_told_there_no_more(weixin, wang, client):
    client.get(go(client))
    assert "微信解绑了" in client.post(DROP, follow=True).content.decode()
    assert bound(wang) == ""


def test_where_wechat_is_not_set_up_the_page_says_so_and_nothing_starts(wang, client):
    page = client.get(PAGE).content.decode()
    assert wechat_binding.NOT_HERE in page
    assert "绑定微信</a>" not in page
    assert wechat_binding.NOT_HERE in said(client, START)


def test_nobody_signed_in_is_sent_to_sign_in(client):
    assert client.get(BACK).url.startswith(reverse("account_login"))
