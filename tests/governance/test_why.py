"""每一条的依据: the household's quarter with everything behind each line, on one page."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from governance import stories
from tests import people
from tests.appeals.cases import Case
from tests.months import Month, photo
from tests.people import NOON
from tests.published import clock, entry, posted
from tests.workflows import settled


@pytest.fixture
def month(world):
    return posted(world)


@pytest.fixture
def page(client, world):
    def get(user=world.wang, name="my_why", *args, query="", **later):
        with clock(**later):
            client.force_login(user)
            return client.get(reverse(name, args=args) + query)

    return get


def text(response) -> str:
    return response.content.decode()


def test_each_line_tells_rule_in_its_version_evidence_votes_hands_signatures_and_deadline(month, page):
    body = text(page())
    for words in (
        "打扫了门前的路", "细则1.2“在公共地方乱倒垃圾”，每次减2分，要照片", "第1版", "照片1", "表决：同意5票",
        "联户党员写下这件事", "签字：村两委", "累计", "11月21日</time>前可提异议",
    ):  # fmt: skip
        assert words in body
    assert reverse("objection_file", args=[entry(month, "litter").key]) in body


def test_after_the_window_it_still_leads_to_an_objection(month, page):
    body = text(page(days=10))
    assert "公示期" in body
    assert reverse("objection_file", args=[entry(month, "litter").key]) in body
    assert "还能提异议" in body


def test_the_print_says_how_to_object(month, page):
    body = text(page())
    closing = next(line for line in body.splitlines() if "随时可以说" in line)
    assert "lp-noprint" not in closing
    assert "口头说也算，提了不扣分" in closing
    assert reverse("my_points") in closing


def test_an_answered_objection_reads_as_it_does_on_the_page_of_points(world, month, page):
    case = Case(world, month).file().accept().decide("rejected")
    body = text(page())
    assert "在办" not in body
    [told] = stories.open_cases(world.wang_home.pk)
    assert told.sentence in body
    assert told.sentence in text(page(name="my_points"))
    assert reverse("objection", args=[case.row.key]) in body


def test_votes_are_counts_and_nobody_is_named(world, month, page):
    for name, args in (("my_why", []), ("my_line", [entry(month, "litter").key])):
        body = text(page(world.wang, name, *args))
        for user in (world.li, world.shi, *world.council, *world.committee):
            assert user.name not in body


def test_votes_against_are_counted_too(world, page):
    month = Month(world, NOON).open()
    month.observe("litter", world.wang_home, "litter", fact="倒了一袋垃圾")
    month.to_review()
    month.vote(month.items["litter"], "approve", "approve", "approve", "reject", "reject")
    month.send().sign().publish()
    assert "表决：同意3票，不同意2票" in text(page())


def test_the_line_s_own_page_tells_votes_and_signatures_apart(world, month, page):
    body = text(page(world.wang, "my_line", entry(month, "litter").key))
    assert "表决和签字" in body
    assert "同意5票" in body
    assert "每次减2分，要照片" in body


def test_a_signed_quarter_names_the_roles_that_signed_it(world, page):
    settled.october(world)
    settled.posted(world)
    body = text(page(query="?quarter=2026Q4", days=61))
    assert body.count("村两委2人看过这一季的结果，签了字") == 1
    assert "待提升户" in body


def test_the_signature_that_is_told_covers_the_line(world, month):
    told = stories.story(entry(month, "litter").source)
    assert [step.who for step in told.signed] == ["村两委"]
    assert told.signed[0] in told.steps
    assert told.signed[0] not in told.hands


@pytest.mark.parametrize("quarter", ["2025Q4", "2027Q1", "rubbish"])
def test_only_quarters_of_the_household_are_found(page, quarter):
    assert page(query=f"?quarter={quarter}").status_code == 404


def test_an_empty_quarter_says_so(page):
    assert "这一季没有记分" in text(page())


def test_who_has_not_agreed_does_not_read_it(world, month, page):
    wife = people.account("王大妈")
    people.adult(world.wang_home, "王大妈", wife)
    assert page(wife).url == reverse("my_consent")


def test_the_page_of_points_leads_there(page):
    assert reverse("my_why") in text(page(name="my_points"))


def test_thirty_lines_cost_as_many_queries_as_one(world, page):
    month = Month(world, NOON).open()
    month.observe("one", world.liu_home, "litter", fact="扔了一袋")
    for n in range(30):
        month.observe(f"many{n}", world.wang_home, "litter", fact=f"扔了一袋{n}", photos=(photo(),))
    month.to_publication()
    neighbour = people.account("刘大婶")
    world.liu_home.members.update(user=neighbour)
    counts = []
    for user in (neighbour, world.wang):
        page(user)
        with CaptureQueriesContext(connection) as seen:
            body = text(page(user))
        counts.append(len(seen))
    assert body.count("扔了一袋") == 30
    assert counts[0] == counts[1]
