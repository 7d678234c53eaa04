"""Signing in by a code that comes by SMS: through the same senders, and what happens when they fail."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from governance import accounts

PAGE = reverse("account_request_login_code")
KNOWN, UNKNOWN = "13800005678", "13900009999"


@pytest.fixture
def wang(world):
    world.wang.phone, world.wang.phone_verified = KNOWN, True
    world.wang.save()
    return world.wang


@pytest.fixture
def ask(client):
    return lambda phone, by=client: by.post(PAGE, {"phone": phone})


def test_a_resident_signs_in_with_six_figures_from_an_sms(aliyun, wang, ask, client):
    response = ask(KNOWN)
    assert response.url == reverse("account_confirm_login_code")
    [sent] = aliyun.sent
    assert (sent["TemplateCode"], sent["PhoneNumbers"]) == ("SMS_300", KNOWN)
    code = re.fullmatch(r'\{"code":"(\d{6})"\}', sent["TemplateParam"])[1]
    client.post(response.url, {"code": code})
    assert client.session["_auth_user_id"] == str(wang.pk)


def test_who_is_not_registered_hears_it_by_sms_only(aliyun, wang, ask):
    known, unknown = ask(KNOWN), ask(UNKNOWN, Client())
    assert (unknown.status_code, unknown.url) == (known.status_code, known.url)
    assert [sent["TemplateCode"] for sent in aliyun.sent] == ["SMS_300", "SMS_400"]


@pytest.mark.parametrize("trouble", ["drop", "500", 0.8, (200, {"Code": "isv.MOBILE_NUMBER_ILLEGAL"})])
def test_a_failing_provider_gives_a_clear_sentence_and_tells_nobody_who_has_an_account(
    aliyun, wang, ask, client, trouble, caplog
):
    aliyun.next = [trouble, trouble]
    pages = [ask(KNOWN), ask(UNKNOWN, Client())]
    assert [page.status_code for page in pages] == [503, 503]
    assert accounts.NOT_SENT in pages[0].content.decode()
    assert _plain(pages[0]) == _plain(pages[1])
    assert "_auth_user_id" not in client.session
    assert KNOWN not in caplog.text
    assert UNKNOWN not in caplog.text


def test_who_tries_again_when_the_provider_is_back_gets_in(aliyun, wang, ask, client):
    aliyun.next = ["500"]
    ask(KNOWN)
    response = ask(KNOWN)
    code = re.search(r"\d{6}", aliyun.sent[0]["TemplateParam"])[0]
    client.post(response.url, {"code": code})
    assert client.session["_auth_user_id"] == str(wang.pk)


def test_in_the_demo_the_code_waits_in_memory(wang, ask):
    ask(KNOWN)
    phone, text = accounts.OUTBOX[-1]
    assert phone == KNOWN
    assert re.search(r"联评验证码\d{6}，10分钟内有效", text)


def _plain(page) -> str:
    return re.sub(r'value="[^"]*"', "", page.content.decode())
