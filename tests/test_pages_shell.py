"""The frame of every page: strict CSP, Chinese, an error page for every refusal."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template import Context
from django.template.loader import get_template

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


@pytest.mark.parametrize("name", ["400.html", "500.html"])
def test_an_error_page_stands_without_request_or_database(name):
    html = get_template(name).template.render(Context())
    assert "回首页" in html
    assert 'lang="zh-Hans"' in html


@pytest.mark.django_db
@pytest.mark.parametrize("url", ["/accounts/login/", "/accounts/login/code/"])
def test_a_visitor_reads_the_door_in_chinese_under_a_strict_policy(client, url):
    response = client.get(url)
    assert response.status_code == 200
    assert "default-src 'none'" in response["Content-Security-Policy"]
    assert "unsafe" not in response["Content-Security-Policy"]
    assert "长辈版" in response.content.decode()


@pytest.mark.django_db
def test_a_wrong_password_is_said_at_the_top_of_the_page(client):
    page = client.post("/accounts/login/", {"login": "nobody", "password": "x"}).content.decode()
    assert "还有1处，改好再交" in page
