"""SMS: what leaves the house, and what a provider's answer means for the next try."""

import logging
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from governance import accounts
from notifications.channels import aliyun_signature, configured, sender_for, sms
from notifications.channels.aliyun import Aliyun
from notifications.channels.base import AddressError, Letter, SendError
from notifications.models import Channel
from tests.notifications.provider import Request, signature

PHONE = "13800001234"


def letter(to=PHONE, template="", **values):
    return Letter(
        to, str(uuid4()), "", "您家的异议有了答复。", template=template, values=tuple(values.items())
    )


def refused(sender, one=None) -> SendError:
    with pytest.raises(SendError) as caught:
        sender.send(one or letter())
    assert PHONE not in str(caught.value)
    assert caught.value.__cause__ is None
    return caught.value


def test_the_signature_is_that_of_the_providers_own_example():
    """help.aliyun.com/document_detail/2593177.html: fixed parameters, and the signature they give."""
    query = aliyun_signature.query_string(
        {"RegionId": "cn-shanghai", "ImageId": "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd"}
    )
    headers = aliyun_signature.headers(
        action="RunInstances", version="2014-05-26", host="ecs.cn-shanghai.aliyuncs.com", query=query,
        key_id="YourAccessKeyId", key_secret="YourAccessKeySecret", nonce="3156853299f313e23d1673dc12e1703d",
        at=datetime(2023, 10, 26, 10, 22, 32, tzinfo=UTC),
    )  # fmt: skip
    assert headers["Authorization"] == (
        "ACS3-HMAC-SHA256 Credential=YourAccessKeyId,SignedHeaders=host;x-acs-action;x-acs-content-sha256;"
        "x-acs-date;x-acs-signature-nonce;x-acs-version,"
        "Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"
    )
    lower = {name.lower(): value for name, value in headers.items()}
    assert headers["Authorization"] == signature(
        Request("POST", "/", query, lower, b""), "YourAccessKeyId", "YourAccessKeySecret"
    )


def test_an_sms_reaches_the_provider_with_the_template_of_its_kind(aliyun):
    one = letter(template="digest", count="3 ~*件", text="不用的")
    assert sender_for(Channel.SMS).send(one) == "900610001^0"
    assert aliyun.sent == [
        {
            "PhoneNumbers": PHONE,
            "SignName": "柳溪村",
            "TemplateCode": "SMS_200",
            "TemplateParam": '{"n":"3 ~*件"}',
            "OutId": one.reference,
        }
    ]


def test_a_message_without_a_template_of_its_own_goes_by_the_default(aliyun):
    sender_for(Channel.SMS).send(letter(template="round.published", title="十月公示了"))
    assert aliyun.sent[0]["TemplateCode"] == "SMS_100"
    assert "TemplateParam" not in aliyun.sent[0]


def test_the_text_itself_never_leaves_by_a_provider_of_templates(aliyun):
    sender_for(Channel.SMS).send(letter())
    assert "异议" not in str(aliyun.sent)


def test_a_number_that_is_none_is_given_up(aliyun):
    assert isinstance(refused(sender_for(Channel.SMS), letter(to="123")), AddressError)


@pytest.mark.parametrize("code", ["isv.SMS_TEMPLATE_ILLEGAL", "isv.SMS_SIGNATURE_ILLEGAL"])
def test_a_refused_template_or_signature_is_given_up(aliyun, code):
    aliyun.next = [(200, {"Code": code, "Message": f"{PHONE} refused"})]
    assert isinstance(refused(sender_for(Channel.SMS)), AddressError)


@pytest.mark.parametrize(
    "code",
    ["isv.BUSINESS_LIMIT_CONTROL", "Throttling.User", "Throttling", "isv.AMOUNT_NOT_ENOUGH", f"? {PHONE}"],
)
def test_whoever_is_too_busy_or_unpaid_is_asked_again_later(aliyun, code):
    aliyun.next = [(200, {"Code": code, "Message": f"{PHONE} refused"})]
    assert not isinstance(refused(sender_for(Channel.SMS)), AddressError)
    assert sender_for(Channel.SMS).send(letter())


@pytest.mark.parametrize("trouble", [0.8, "drop", "500", "html", "moved", "stall"])
def test_a_provider_in_trouble_is_asked_again_later(aliyun, trouble):
    aliyun.next = [trouble]
    error = refused(sender_for(Channel.SMS))
    assert not isinstance(error, AddressError)
    assert str(error).startswith("127.0.0.1：")


def test_nobody_listening_is_no_reason_to_give_up(aliyun):
    sender = Aliyun("id", "secret", "柳溪村", {"default": "SMS_100"}, "http://127.0.0.1:1", timeout=0.5)
    assert str(refused(sender)) == "127.0.0.1：ConnectionRefusedError"


def test_a_number_is_never_sent_in_clear_over_the_net(aliyun):
    sender = Aliyun("id", "secret", "柳溪村", {"default": "SMS_100"}, "http://sms.example")
    assert str(refused(sender)) == "sms.example：不是https，没有发"


def test_a_wrong_key_is_refused_by_the_provider_and_can_be_mended(aliyun, settings):
    settings.SMS_ALIYUN = {**settings.SMS_ALIYUN, "key_secret": "another"}
    error = refused(sender_for(Channel.SMS))
    assert str(error) == "短信服务商没有收：SignatureDoesNotMatch"
    assert not isinstance(error, AddressError)
    settings.SMS_ALIYUN = {**settings.SMS_ALIYUN, "key_secret": aliyun.key_secret}
    assert sender_for(Channel.SMS).send(letter())


def test_a_clock_that_is_off_is_named(aliyun):
    aliyun.now = timezone.now() + timedelta(minutes=16)
    assert str(refused(sender_for(Channel.SMS))) == "短信服务商没有收：InvalidTimeStamp.Expired"


def test_each_try_is_signed_anew_so_that_none_is_taken_for_a_replay(aliyun):
    one = letter()
    for _ in range(2):
        sender_for(Channel.SMS).send(one)
    assert [sent["OutId"] for sent in aliyun.sent] == [one.reference] * 2
    replayed = aliyun.requests[0]
    assert aliyun.answer(replayed)[1]["Code"] == "SignatureNonceUsed"
    replayed.query = replayed.query.replace(PHONE, "13900001234")
    assert aliyun.answer(replayed)[1]["Code"] == "SignatureDoesNotMatch"


def test_the_secret_is_not_in_what_a_traceback_would_print(aliyun):
    assert aliyun.key_secret not in repr(sender_for(Channel.SMS))


def test_the_sender_is_made_once_for_the_same_settings(aliyun):
    assert sender_for(Channel.SMS) is sender_for("sms")


def test_the_inbox_keeps_what_would_have_been_sent(settings):
    settings.SMS_BACKEND = "inbox"
    assert sender_for(Channel.SMS).send(letter())
    assert accounts.OUTBOX[-1] == (PHONE, "您家的异议有了答复。")


def test_the_console_logs_neither_number_nor_words(settings, caplog):
    with caplog.at_level(logging.INFO, "lianping.sms"):
        sms.Console(shows_text=False).send(letter())
    assert caplog.messages == ["短信 138****1234：10个字"]


def test_the_console_of_a_developer_shows_the_words(caplog):
    with caplog.at_level(logging.INFO, "lianping.sms"):
        sms.Console(shows_text=True).send(letter())
    assert caplog.messages == ["短信 138****1234：您家的异议有了答复。"]


def test_in_production_the_console_is_no_channel(settings):
    settings.SMS_BACKEND, settings.DEBUG = "console", False
    assert sender_for(Channel.SMS) is None
    assert configured() == [Channel.INBOX, Channel.SLIP]
    settings.DEBUG = True
    assert Channel.SMS in configured()
