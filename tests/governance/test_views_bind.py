"""绑定 by HTTP: a slip's code and an account come together, once."""

import pytest
from django.urls import reverse

from governance import slips
from governance.models import User
from tests import people
from tests.people import NOON
from tests.published import clock

PAGE = reverse("bind")
NEW = {"username": "chenshifu3", "password": "liuxi-dongpian-3"}


@pytest.fixture
def member(world):
    return world.chen_home.members.get()


@pytest.fixture
def code(world, member):
    return slips.make(member=member, by=world.clerk, at=NOON)


@pytest.fixture
def post(client):
    def send(data, url=PAGE):
        with clock():
            return client.post(url, data)

    return send


def test_who_has_no_account_makes_one_with_the_code_and_is_signed_in(client, member, code, post):
    response = post({"code": code.lower(), **NEW})
    assert response.url == reverse("my_consent")
    member.refresh_from_db()
    assert member.user.username == "chenshifu3"
    assert client.session["_auth_user_id"] == str(member.user_id)


def test_who_is_signed_in_needs_the_code_only(client, world, member, code, post):
    client.force_login(world.stranger)
    assert "登录名" not in client.get(PAGE).content.decode()
    post({"code": code})
    member.refresh_from_db()
    assert member.user == world.stranger


def test_a_code_works_once(client, code, post):
    post({"code": code, **NEW})
    client.logout()
    response = post({"code": code, **NEW, "username": "another"})
    assert response.status_code == 422
    assert "这个码不对" in response.content.decode()
    assert not User.objects.filter(username="another").exists()


def test_a_weak_password_keeps_what_was_typed_and_the_code(member, code, post):
    response = post({"code": code, "username": "chenshifu3", "password": "123"})
    assert response.status_code == 422
    assert 'value="chenshifu3"' in response.content.decode()
    assert slips.bind(code=code, at=NOON, ip="", **NEW) == member.__class__.objects.get(pk=member.pk).user


def test_after_five_wrong_codes_nobody_may_guess_on(code, post):
    for _ in range(5):
        post({"code": "AAAA AAAA", **NEW})
    response = post({"code": code, **NEW})
    assert response.status_code == 403
    assert "输错了5次" in response.content.decode()


def test_a_bound_account_reads_whose_it_is(client, world, post):
    client.force_login(world.wang)
    assert "这个账号已经绑好了" in client.get(PAGE).content.decode()


def test_a_verified_phone_binds_the_adult_with_this_number(client, world, member, post):
    member.phone = "13800000003"
    member.save()
    user = people.account("", phone="13800000003", phone_verified=True)
    client.force_login(user)
    assert "用这个手机号绑定" in client.get(PAGE).content.decode()
    post({}, reverse("bind_phone"))
    member.refresh_from_db()
    assert member.user == user


def test_a_phone_that_is_not_verified_binds_nobody(client, world, member, post):
    member.phone = "13800000003"
    member.save()
    client.force_login(people.account("", phone="13800000003"))
    assert "用这个手机号绑定" not in client.get(PAGE).content.decode()
    assert post({}, reverse("bind_phone")).status_code == 403
