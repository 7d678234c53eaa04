"""The clerk's desk by HTTP: every page opens for the clerk, for nobody else, at a constant number of queries."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from governance.models import Subject
from tests import people

BY_VILLAGE = ["village", "roster", "imports", "people", "links", "rulebooks", "policy"]
FORMS_BY_VILLAGE = ["subject_new", "account_new", "appoint", "election", "area_new"]
BY_SUBJECT = [
    "subject", "subject_edit", "subject_move", "subject_split", "subject_merge", "subject_head_died",
    "subject_close", "subject_rater", "subject_kin", "member_add",
]  # fmt: skip
BY_MEMBER = [
    "member_edit", "member_leave", "member_head", "member_unbind", "consent_paper", "consent_withdraw", "slip",
]  # fmt: skip


@pytest.fixture
def family(world) -> Subject:
    """王家户 with a second adult, so that it can be split and its head followed."""
    people.adult(world.wang_home, "王大娘")
    return world.wang_home


def pages(world, home) -> list[str]:
    urls = [reverse(name, args=[world.village.code]) for name in BY_VILLAGE + FORMS_BY_VILLAGE]
    urls += [reverse("policy_set", args=[world.village.code, "quorum"])]
    urls += [reverse("area_edit", args=[world.village.code, world.east.pk])]
    urls += [reverse("links", args=[world.village.code]) + f"?rater={world.li.key}"]
    urls += [reverse(name, args=[home.key]) for name in BY_SUBJECT]
    urls += [reverse(name, args=[home.members.get(is_head=True).key]) for name in BY_MEMBER]
    urls += [
        reverse(name, args=[world.rulebook.key]) for name in ("rulebook", "rulebook_print", "rulebook_export")
    ]
    urls += [reverse("appointment_end", args=[world.li.appointments.get().key])]
    return urls


def test_every_page_of_the_desk_opens_for_the_clerk(client, world, family):
    client.force_login(world.clerk)
    for url in pages(world, family):
        answer = client.get(url)
        assert answer.status_code == 200, url
        if "html" in answer["Content-Type"]:
            assert answer.text.count("<h1") == 1, url


def test_no_page_of_the_desk_opens_for_a_clerk_next_door_or_a_stranger(client, world, family):
    open_to_all = {reverse("rulebook_print", args=[world.rulebook.key])}
    for user in (world.elsewhere_clerk, world.stranger):
        client.force_login(user)
        for url in pages(world, family):
            assert client.get(url).status_code == (200 if url in open_to_all else 404), (user.name, url)


def test_who_rates_but_keeps_no_books_reads_rules_and_numbers_only(client, world, family):
    client.force_login(world.li)
    may = {reverse(name, args=[world.village.code]) for name in ("rulebooks", "policy")}
    may |= {reverse(name, args=[world.rulebook.key]) for name in ("rulebook", "rulebook_print")}
    for url in pages(world, family):
        assert client.get(url).status_code in ({200} if url in may else {403, 404}), url


def test_a_visitor_is_led_to_the_door(client, world):
    for name in BY_VILLAGE:
        assert client.get(reverse(name, args=[world.village.code])).status_code == 302


@pytest.mark.parametrize("name", ["roster", "links", "people", "village"])
def test_a_list_takes_as_many_queries_for_one_household_as_for_thirty(client, world, name):
    client.force_login(world.clerk)
    url = reverse(name, args=[world.village.code])
    client.get(url)
    with CaptureQueriesContext(
        connection,
    ) as few:
        client.get(url)
    for n in range(30):
        people.household(f"{n + 50}号", world.west, "马大哥", rater=world.zhou)
    with CaptureQueriesContext(connection) as many:
        client.get(url)
    assert len(many) == len(few)
