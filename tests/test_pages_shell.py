"""The frame of every page: strict CSP, Chinese, an error page for every refusal."""

import re
from pathlib import Path

import pytest
from allauth.account.forms import BaseConfirmCodeForm
from django.conf import settings
from django.template import Context
from django.template.loader import get_template, render_to_string

TEMPLATES = sorted(Path(settings.BASE_DIR, "templates").rglob("*.html"))
SPRITE = Path(settings.BASE_DIR, "static/icons/icons.svg").read_text()


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(settings.BASE_DIR)))
def test_no_template_needs_what_the_csp_forbids(path):
    source = path.read_text()
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=\"|javascript:|hx-on", source)
    assert not re.search(r"<script(?![^>]*\ssrc=)", source)
    assert "//cdn" not in source


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(settings.BASE_DIR)))
def test_every_icon_named_in_a_template_is_drawn(path):
    for name in re.findall(r'{% icon "([\w-]+)"', path.read_text()):
        symbol = name if name.startswith(("s-", "d-")) else f"i-{name}"
        assert f'id="{symbol}"' in SPRITE


@pytest.mark.parametrize("name", ["400.html", "500.html", "503.html"])
def test_an_error_page_stands_without_request_or_database(name):
    html = get_template(name).template.render(Context())
    assert "回首页" in html
    assert 'lang="zh-Hans"' in html


def test_a_lost_race_offers_the_page_one_came_from(rf):
    sentence = "这一条刚才有人改过。"
    page = render_to_string("409.html", {"sentence": sentence}, rf.post("/votes/7/"))
    assert sentence in page
    assert 'href="/votes/7/"' in page
    page = render_to_string(
        "409.html", request=rf.post("/votes/7/", headers={"referer": "http://testserver/votes/"})
    )
    assert 'href="http://testserver/votes/"' in page


def test_a_code_sent_to_a_phone_names_the_phone(rf):
    page = render_to_string(
        "account/base_confirm_code.html",
        {"phone": "13800000000", "verify_form": BaseConfirmCodeForm()},
        rf.get("/"),
    )
    assert "13800000000" in page


@pytest.mark.django_db
@pytest.mark.parametrize("url", ["/accounts/login/", "/accounts/login/code/"])
def test_a_visitor_reads_the_door_in_chinese_under_a_strict_policy(client, url):
    response = client.get(url)
    assert response.status_code == 200
    assert "default-src 'none'" in response["Content-Security-Policy"]
    assert "unsafe" not in response["Content-Security-Policy"]
    assert "长辈版" in response.content.decode()


@pytest.mark.django_db
def test_a_phone_gets_its_code_and_reads_where_it_went(client):
    client.post("/accounts/login/code/", {"phone": "13800000000"})
    page = client.get("/accounts/login/code/confirm/").content.decode()
    assert "13800000000" in page
    assert "填验证码" in page


@pytest.mark.django_db
@pytest.mark.parametrize(
    "url",
    [
        "/accounts/2fa/",
        "/accounts/password/change/",
        "/accounts/phone/change/",
        "/accounts/sessions/",
        "/accounts/logout/",
        "/accounts/reauthenticate/",
        "/accounts/2fa/totp/activate/",
    ],
)
def test_ones_own_account_pages_speak_our_words(client, django_user_model, url):
    user = django_user_model(username="wenshu")
    user.set_password("long-enough-for-all")
    user.save()
    client.force_login(user)
    page = client.get(url, follow=True).content.decode()
    assert "· 联评</title>" in page
    assert "退出" in page
    assert "你" not in page


@pytest.mark.django_db
def test_a_wrong_password_is_said_at_the_top_of_the_page(client):
    page = client.post("/accounts/login/", {"login": "nobody", "password": "x"}).content.decode()
    assert "还有1处，改好再交" in page
