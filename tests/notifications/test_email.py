"""E-mail: what arrives at a real mail server, and what its answers mean for the next try."""

from datetime import UTC
from uuid import uuid4

import pytest
from django.utils import timezone

from config import mail
from notifications.channels import configured, sender_for
from notifications.channels.base import AddressError, Letter, SendError
from notifications.models import Channel
from tests.notifications.postbox import turned_away

WANG = "wangdaye@example.com"


def letter(to=WANG, subject="您家的异议有了答复"):
    return Letter(
        to, str(uuid4()), subject, "您家的异议有了答复，请登录联评看。", url="https://lianping.example/my/"
    )


def refused(one=None) -> SendError:
    with pytest.raises(SendError) as caught:
        sender_for(Channel.EMAIL).send(one or letter())
    assert WANG not in str(caught.value)
    return caught.value


def test_a_mail_arrives_in_plain_text_with_the_link_and_a_way_to_stop(postbox):
    one = letter()
    number = sender_for(Channel.EMAIL).send(one)
    [mail] = postbox.mails
    assert mail["Subject"] == "您家的异议有了答复"
    assert mail["To"] == WANG
    assert mail["From"] == "联评 <lianping@village.example>"
    assert mail["Message-ID"] == number == f"<{one.reference}@lianping.example>"
    assert mail["List-Unsubscribe"] == "<https://lianping.example/notifications/email/>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert abs((mail["Date"].datetime.replace(tzinfo=UTC) - timezone.now()).total_seconds()) < 60
    assert mail.get_content_type() == "text/plain"
    lines = mail.get_content().splitlines()
    assert lines[:4] == ["您家的异议有了答复，请登录联评看。", "", "https://lianping.example/my/", ""]


def test_a_second_try_carries_the_same_number(postbox):
    one = letter()
    assert sender_for(Channel.EMAIL).send(one) == sender_for(Channel.EMAIL).send(one)
    assert len({mail["Message-ID"] for mail in postbox.mails}) == 1


def test_an_address_that_does_not_exist_is_given_up(postbox):
    postbox.refuses[WANG] = "550 5.1.1 no such user"
    assert isinstance(refused(), AddressError)


@pytest.mark.parametrize(
    "answer",
    ["550 No such user here", "553 User unknown", "550 5.1.1 <wang> mailbox gone", "501 5.1.3 bad syntax"],
)
def test_so_is_one_of_which_the_server_says_so_in_words(postbox, answer):
    postbox.refuses[WANG] = answer
    assert isinstance(refused(), AddressError)


@pytest.mark.parametrize(
    "answer",
    [
        "550 Domain frequency limited",
        "553 Mail from must equal authorized user",
        "550 5.7.1 relaying denied",
        "553 5.1.8 sender address rejected",
    ],
)
def test_what_the_operator_must_mend_is_no_bad_address(postbox, answer):
    postbox.refuses[WANG] = answer
    assert not isinstance(refused(), AddressError)


@pytest.mark.parametrize(("greets", "signs_in"), [("554 blocked", ""), ("220 hello", "550 no permission")])
def test_neither_is_a_server_that_turns_this_installation_away(settings, greets, signs_in):
    with turned_away(greets, signs_in) as (host, port):
        settings.SITE_URL = "https://lianping.example"
        connection = mail.connection(f"smtp+plain://u:p@{host}:{port}") | {"timeout": 5}
        settings.EMAIL = {"connection": connection, "sender": "lianping@village.example"}
        assert not isinstance(refused(), AddressError)


def test_a_server_that_asks_to_come_again_is_tried_again(postbox):
    postbox.refuses[WANG] = "450 4.2.0 greylisted"
    assert not isinstance(refused(), AddressError)
    postbox.refuses.clear()
    assert sender_for(Channel.EMAIL).send(letter())


@pytest.mark.parametrize(("answer", "is_over"), [("452 4.3.1 disk full", False), ("554 5.7.1 refused", True)])
def test_a_refused_mail_is_tried_again_only_if_the_server_says_it_may(postbox, answer, is_over):
    postbox.full = answer
    assert isinstance(refused(), AddressError) is is_over


def test_a_server_that_is_away_is_tried_again(postbox, settings):
    connection = settings.EMAIL["connection"] | {"port": 1}
    settings.EMAIL = {**settings.EMAIL, "connection": connection}
    assert str(refused()) == "邮件服务器：ConnectionRefusedError"


def test_a_line_break_in_an_address_adds_no_header(postbox):
    assert isinstance(refused(letter(to="a@example.com\nBcc: b@example.com")), AddressError)
    sender_for(Channel.EMAIL).send(letter(subject="一行\n又一行"))
    assert postbox.mails[0]["Subject"] == "一行 又一行"


def test_without_a_server_there_is_no_such_channel(settings):
    assert sender_for(Channel.EMAIL) is None
    assert Channel.EMAIL not in configured()


def test_the_password_is_not_in_what_a_traceback_would_print(postbox, settings):
    connection = settings.EMAIL["connection"] | {"password": "geheim"}
    settings.EMAIL = {**settings.EMAIL, "connection": connection}
    assert "geheim" not in repr(sender_for(Channel.EMAIL))
