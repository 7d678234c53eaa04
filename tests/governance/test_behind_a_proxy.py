"""Behind nginx and a Unix socket nobody has an address of their own: it comes in a header, believed only when said so."""

import pytest
from django.test import Client

from tests import people
from tests.reading import ROOT

pytestmark = pytest.mark.django_db


def sign_in(user, password, **meta):
    return Client().post("/accounts/login/", {"login": user.username, "password": password}, **meta)


@pytest.fixture
def clerk():
    user = people.account("方文书")
    user.set_password("yi-ge-mi-ma")
    user.save()
    return user


def test_somebody_signs_in_through_a_socket_that_tells_no_address(clerk, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    answer = sign_in(clerk, "yi-ge-mi-ma", REMOTE_ADDR="", HTTP_X_FORWARDED_FOR="203.0.113.9")
    assert answer.status_code == 302


@pytest.mark.parametrize(("proxies", "counted"), [(0, "10.0.0.9"), (1, "203.0.113.9")])
def test_a_forged_address_is_believed_of_nobody(clerk, settings, rf, proxies, counted):
    """Only what the last proxy wrote counts, and without a proxy nothing of the header."""
    from allauth.account.adapter import get_adapter

    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    asked = rf.get("/", REMOTE_ADDR="10.0.0.9", HTTP_X_FORWARDED_FOR="198.51.100.1, 203.0.113.9")
    assert get_adapter().get_client_ip(asked) == counted


def test_without_a_proxy_said_the_header_is_not_believed():
    from django.conf import settings

    assert settings.ALLAUTH_TRUSTED_PROXY_COUNT == 0


def test_the_handbooks_installation_says_that_there_is_one():
    folder = ROOT / "docs" / "operations"
    assert "PROXY_COUNT='1'" in (folder / "lianping.env").read_text(encoding="utf-8")
    assert "X-Forwarded-For $remote_addr" in (folder / "nginx.conf").read_text(encoding="utf-8")
