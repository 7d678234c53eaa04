"""再看一户, as a rater opens and answers it; and the plain numbers on the village's board."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests import people
from tests.people import NOON
from tests.workflows.pages import at_noon, browser, text
from workflows.models import Round, SecondRating


@pytest.fixture(autouse=True)
def _noon():
    with at_noon():
        yield


@pytest.fixture
def row(october, world) -> SecondRating:
    october.observe("扫路", world.wang_home, "sweep", fact="扫了村口的路")
    october.to_review()
    october.round.second_ratings.all().delete()
    return SecondRating.objects.create(
        village=world.village, round=october.round, area=world.east, subject=world.wang_home, rater=world.zhou,
        asked_at=NOON,
    )  # fmt: skip


def url(row):
    return reverse("second_rating", args=[row.key])


def test_the_page_asks_about_the_household_and_shows_nothing_of_the_first_sheet(row, world):
    page = text(browser(world.zhou).get(url(row)))
    assert "王家户" in page
    assert "扫了村口的路" not in page
    assert "李党员" not in page


def test_anybody_else_does_not_find_it(row, world):
    assert browser(world.li).get(url(row)).status_code == 404
    assert Client().get(url(row)).status_code == 302


def test_three_taps_are_enough(row, world):
    client = browser(world.zhou)
    answer = client.post(url(row), {"view": "nothing"}, follow=True)
    row.refresh_from_db()
    assert row.state == "answered"
    assert "记下了，谢谢" in text(answer)


def test_something_is_ticked(row, world):
    browser(world.zhou).post(url(row), {"view": "something", "plus": [str(world.rules["sweep"].key)]})
    row.refresh_from_db()
    assert row.rules == [str(world.rules["sweep"].key)]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({}, "请选一项"),
        ({"view": "something"}, "请勾是哪一条"),
        ({"view": "nothing", "plus": ["rule"]}, "请选“有事”"),
    ],
)
def test_what_does_not_fit_together_is_said_beside_the_field(row, world, data, sentence):
    if "plus" in data:
        data["plus"] = [str(world.rules["sweep"].key)]
    answer = browser(world.zhou).post(url(row), data)
    assert answer.status_code == 422
    assert sentence in text(answer)


def test_who_does_not_know_says_so_and_goes_on_to_the_next(row, world):
    other = SecondRating.objects.create(
        village=world.village, round=row.round, area=world.east, subject=world.liu_home, rater=world.zhou,
        asked_at=NOON,
    )  # fmt: skip
    answer = browser(world.zhou).post(url(row), {"view": "unsure"})
    assert answer["Location"] == url(other)


def test_what_was_answered_is_shown_as_done(row, world):
    client = browser(world.zhou)
    client.post(url(row), {"view": "unsure"})
    assert "不用再答" in text(client.get(url(row)))
    assert client.post(url(row), {"view": "nothing"}).status_code == 409


def test_a_rater_s_to_do_costs_the_same_queries_for_one_and_for_thirty(row, world):
    client = browser(world.zhou)

    def cost():
        with CaptureQueriesContext(connection) as seen:
            assert client.get("/todo/").status_code == 200
        return len(seen)

    one = cost()
    for n in range(30, 60):
        home = people.household(f"{n}号", world.east, "某人")
        SecondRating.objects.create(
            village=world.village,
            round=row.round,
            area=world.east,
            subject=home,
            rater=world.zhou,
            asked_at=NOON,
        )
    assert cost() == one


def test_the_board_tells_numbers_and_no_household(row, world):
    round = Round.objects.create(
        village=world.village, month=NOON.date().replace(month=9, day=1), state="closed", opened_at=NOON
    )
    for n in range(6):
        home = people.household(f"再{n}号", world.east, f"甲乙丙{n}")
        SecondRating.objects.create(
            village=world.village, round=round, area=world.east, subject=home, rater=world.zhou, asked_at=NOON,
            state="answered", rules=[],
        )  # fmt: skip
    page = text(Client().get(reverse("public_village", args=[world.village.code])))
    assert "东片抽了5户再看，5户看法一样" in page
    assert "甲乙丙" not in page
