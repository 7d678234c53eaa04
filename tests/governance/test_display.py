"""长辈版 and the village one works for: kept for the reader, by plain links, without script."""

from datetime import date

import pytest
from django.template.loader import render_to_string
from django.test import RequestFactory

from governance.context import Display, Shell
from governance.models import Appointment, Division, User
from governance.requests import reading


@pytest.fixture
def villages(db):
    township = Division.objects.create(code="990101101000", name="青禾镇", level="township")
    rows = [("990101101201", "柳溪村"), ("990101101202", "东岸村"), ("990101101203", "西岸村")]
    return [
        Division.objects.create(code=code, name=name, level="village", parent=township) for code, name in rows
    ]


@pytest.fixture
def clerk(villages):
    user = User.objects.create(username="wenshu", name="沈某某")
    for village in villages[:2]:
        Appointment.objects.create(user=user, role="clerk", division=village, starts=date(2020, 1, 1))
    return user


def shell_of(user, **session):
    request = RequestFactory().get("/")
    request.user, request.session = user, session
    return Shell(request)


def desk_of(user):
    shell = shell_of(user)
    with reading():  # as governance.middleware.answers does for every page
        return render_to_string("shell/desk.html", {"shell": shell}, shell.request)


def test_elder_mode_is_kept_in_a_cookie_and_leads_back(client):
    response = client.get("/display/", {"mode": "elder", "next": "/accounts/login/?next=/x"})
    assert response.url == "/accounts/login/?next=/x"
    page = client.get("/accounts/login/").content.decode()
    assert '<html lang="zh-Hans" data-mode="elder" data-text="1">' in page
    assert "标准版" in page


def test_text_size_is_kept_beside_the_mode(client):
    client.get("/display/", {"mode": "elder", "text": "3"})
    assert 'data-text="3"' in client.get("/accounts/login/").content.decode()
    client.get("/display/", {"mode": "standard"})
    assert "data-mode" not in client.get("/accounts/login/").content.decode()


@pytest.mark.parametrize("target", ["https://example.org/", "//example.org/", "javascript:alert(1)", ""])
def test_a_way_back_outside_this_site_leads_home(client, target):
    assert client.get("/display/", {"mode": "elder", "next": target}).url == "/"


def test_an_unknown_mode_or_size_changes_nothing(client):
    assert not client.get("/display/", {"mode": "huge", "text": "9"}).cookies
    assert Display.of({"lp-mode": "x", "lp-text": "9"}) == Display(elder=False, text="1")


def test_a_clerk_of_two_villages_starts_in_the_first_and_may_choose_the_other(client, clerk, villages):
    client.force_login(clerk)
    assert shell_of(clerk).village == villages[0]
    assert client.get(f"/village/{villages[1].code}/").status_code == 302
    assert client.session["village"] == villages[1].code
    assert shell_of(clerk, village=villages[1].code).village == villages[1]


def test_a_village_one_does_not_work_for_cannot_be_chosen(client, clerk, villages):
    client.force_login(clerk)
    assert client.get(f"/village/{villages[2].code}/").status_code == 404
    assert shell_of(clerk, village=villages[2].code).village == villages[0]


def test_the_frame_names_post_and_township(clerk, villages):
    shell = shell_of(clerk)
    assert (shell.who, shell.roles, shell.township.name) == ("沈某某", ["文书"], "青禾镇")


def test_the_desk_frame_costs_the_same_queries_for_two_villages_or_one(clerk, django_assert_num_queries):
    with django_assert_num_queries(2):  # posts, and how many messages are new
        page = desk_of(clerk)
    assert "lp-village__list" in page
    assert page.count('aria-label="主菜单"') == 2  # beside the page, and behind 菜单 on a phone
    clerk.appointments.filter(division__name="东岸村").delete()
    with django_assert_num_queries(2):
        page = desk_of(clerk)
    assert "lp-village__list" not in page
    assert "柳溪村" in page


def test_a_page_without_a_frame_asks_the_database_nothing(db, client, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert client.get("/no-such-page/").status_code == 404
