"""An e-mail address counts once the code that was sent to it is typed back."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from notifications import addresses, email_codes
from notifications.models import Channel, Preference
from tests.people import NOON

PAGE, CODE, DROP = (reverse(name) for name in ("notify_email", "notify_email_code", "notify_email_drop"))
MAIL = "wangdaye@example.com"


@pytest.fixture
def wang(world, client):
    client.force_login(world.wang)
    with time_machine.travel(NOON, tick=False):
        yield world.wang


def code_in(mail) -> str:
    return re.search(r"验证码是(\d{6})", mail.get_content())[1]


def text(response) -> str:
    return response.content.decode()


def address(user) -> str:
    return addresses.address_of(user, Channel.EMAIL)


def test_an_address_counts_after_its_code(postbox, wang, client):
    assert client.post(PAGE, {"email": MAIL}).url == CODE
    assert postbox.mails[0]["To"] == MAIL
    assert address(wang) == ""
    assert MAIL in text(client.get(CODE))
    assert "确认好了" in text(client.post(CODE, {"code": code_in(postbox.mails[0])}, follow=True))
    assert address(wang) == MAIL
    assert MAIL in text(client.get(PAGE))


def test_neither_table_nor_session_shows_the_address(postbox, wang, client):
    client.post(PAGE, {"email": MAIL})
    assert MAIL not in str(dict(client.session))
    assert code_in(postbox.mails[0]) not in str(dict(client.session))
    client.post(CODE, {"code": code_in(postbox.mails[0])})
    assert MAIL.encode() not in bytes(Preference.objects.values_list("email", flat=True).get())


def test_a_wrong_code_may_be_corrected_but_not_guessed(postbox, wang, client):
    client.post(PAGE, {"email": MAIL})
    right = code_in(postbox.mails[0])
    wrong = "000000" if right != "000000" else "111111"
    for left in (4, 3, 2, 1):
        response = client.post(CODE, {"code": wrong})
        assert response.status_code == 422
        assert f"还能试{left}次" in text(response)
    assert client.post(CODE, {"code": wrong}).status_code == 409
    assert client.post(CODE, {"code": right}).url == PAGE
    assert address(wang) == ""


def test_a_code_is_good_for_ten_minutes(postbox, wang, client):
    client.post(PAGE, {"email": MAIL})
    with time_machine.travel(NOON + timedelta(minutes=11), tick=False):
        response = client.post(CODE, {"code": code_in(postbox.mails[0])})
    assert response.status_code == 409
    assert "过期了" in text(response)
    assert address(wang) == ""


def test_a_code_of_one_browser_is_no_good_in_another(postbox, wang, client, world):
    client.post(PAGE, {"email": MAIL})
    client.force_login(world.stranger)
    assert client.post(CODE, {"code": code_in(postbox.mails[0])}).url == PAGE
    assert address(world.stranger) == ""


def test_the_newest_code_counts(postbox, wang, client):
    for _ in range(2):
        client.post(PAGE, {"email": MAIL})
    first, second = map(code_in, postbox.mails)
    if first != second:
        assert client.post(CODE, {"code": first}).status_code == 422
    client.post(CODE, {"code": second})
    assert address(wang) == MAIL


def test_nobody_is_flooded_with_codes(postbox, wang, client):
    for _ in range(5):
        client.post(PAGE, {"email": MAIL})
    response = client.post(PAGE, {"email": MAIL})
    assert response.status_code == 403
    assert "过一小时再试" in text(response)
    assert len(postbox.mails) == 5


@pytest.mark.parametrize(("typed", "said"), [("", "请填邮箱"), ("wangdaye", "中间要有一个@")])
def test_what_is_no_address_is_said_beside_the_field(postbox, wang, client, typed, said):
    response = client.post(PAGE, {"email": typed})
    assert response.status_code == 422
    assert said in text(response)


def test_an_address_that_takes_no_mail_is_said_beside_the_field(postbox, wang, client):
    postbox.refuses[MAIL] = "550 no such user"
    response = client.post(PAGE, {"email": MAIL})
    assert response.status_code == 422
    assert "请核对有没有写错" in text(response)


def test_a_server_in_trouble_says_to_come_back_later(postbox, wang, client):
    postbox.full = "452 disk full"
    response = client.post(PAGE, {"email": MAIL})
    assert response.status_code == 403
    assert "过几分钟再试" in text(response)


def test_who_stops_it_gets_no_more_mail(postbox, wang, client):
    client.post(PAGE, {"email": MAIL})
    client.post(CODE, {"code": code_in(postbox.mails[0])})
    assert "邮箱停用了" in text(client.post(DROP, follow=True))
    assert address(wang) == ""


def test_where_e_mail_is_not_set_up_the_page_says_so(wang, client):
    assert email_codes.NOT_HERE in text(client.get(PAGE))
    assert client.post(PAGE, {"email": MAIL}).status_code == 403
