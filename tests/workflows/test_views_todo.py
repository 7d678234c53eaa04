"""The first page and 我的待办, as people open them."""

import pytest
from django.test import Client

from tests.workflows.pages import at_noon, browser, text


@pytest.fixture(autouse=True)
def _noon():
    with at_noon():
        yield


def test_a_visitor_is_led_to_the_public_notices(db):
    assert Client().get("/")["Location"] == "/villages/"


def test_a_resident_is_led_to_their_points(world):
    assert browser(world.wang).get("/")["Location"] == "/my/"


def test_a_rater_who_is_also_a_resident_is_led_to_their_work(world):
    assert browser(world.li).get("/")["Location"] == "/todo/"


def test_a_rater_sees_what_waits_and_by_when(october, world):
    page = browser(world.li).get("/todo/")
    assert "10月联户评议" in text(page)
    assert "还有2户没评，11月16日前" in text(page)
    assert f"/sheets/{october.sheet(world.li).key}/" in page.content.decode()


def test_an_empty_list_says_what_is_going_on(october, world):
    assert "现在没有要您办的事现在是联户党员评户，到11月16日" in text(browser(world.lin).get("/todo/"))


def test_an_account_without_office_is_told_so(world):
    assert "您现在没有职务" in text(browser(world.stranger).get("/todo/"))


def test_a_visitor_signs_in_first(db):
    assert "/accounts/login/" in Client().get("/todo/")["Location"]
