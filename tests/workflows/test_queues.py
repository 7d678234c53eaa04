"""我的待办: each sees what waits for them now, and nothing they must stand aside from."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import people
from tests.months import Month
from tests.people import NOON
from workflows import ballots, observations, rounds
from workflows.queues import waiting_for, what_comes_next

SMALL = "10月审议，小额加分"


def titles(user, at=NOON):
    return [waiting.title for waiting in waiting_for(user, at=at)]


def names(user, at=NOON):
    return {(waiting.url_name, waiting.count) for waiting in waiting_for(user, at=at)}


class TestRater:
    def test_an_open_sheet_waits_with_its_households_and_its_date(self, october, world):
        [waiting] = waiting_for(world.li, at=NOON)
        assert (waiting.url_name, waiting.count, waiting.key) == ("sheet", 2, october.sheet(world.li).key)
        assert waiting.due.date() >= NOON.date()

    def test_a_sheet_handed_in_no_longer_waits(self, october, world):
        october.file_all()
        assert waiting_for(world.li, at=NOON) == []

    def test_whose_role_has_ended_has_nothing_waiting(self, october, world):
        world.li.appointments.update(ends=NOON.date().replace(day=1))
        assert waiting_for(world.li, at=NOON) == []


class TestLeader:
    def test_items_and_then_the_sheets_wait(self, october, world):
        item = october.observe("扫路", world.wang_home, "sweep")
        october.file_all()
        [waiting] = waiting_for(world.shi, at=NOON)
        assert waiting.where == "柳溪村，要核1条事、1张单"
        observations.confirm(observation=item, by=world.shi, at=NOON)
        [waiting] = waiting_for(world.shi, at=NOON)
        assert waiting.where == "柳溪村，要核2张单"

    def test_the_item_of_kin_waits_for_the_other_leader(self, october, world):
        people.kin(world.shi, world.wang_home)
        october.observe("扫路", world.wang_home, "sweep")
        october.file_all()
        [shi], [gao] = waiting_for(world.shi, at=NOON), waiting_for(world.gao, at=NOON)
        assert (shi.where, gao.where) == ("柳溪村，要核1张单", "柳溪村，要核1条事、1张单")

    def test_an_item_the_council_sent_back_waits_again(self, october, world):
        item = october.observe("乱倒", world.wang_home, "litter")
        october.to_review()
        october.vote(item, "send_back")
        assert names(world.shi) == {("area", 1)}

    def test_when_no_leader_is_left_the_township_confirms(self, october, world):
        for leader in (world.shi, world.gao):
            leader.appointments.update(ends=NOON.date().replace(day=1))
        october.file_all()
        assert waiting_for(world.shi, at=NOON) == []
        assert names(world.panel[0]) == {("area", 3)}


class TestCouncil:
    @pytest.fixture
    def reviewing(self, october, world):
        october.observe("乱倒", world.wang_home, "litter")
        october.observe("扫路", world.liu_home, "sweep")
        return october.to_review()

    def test_votes_and_small_items_wait_apart(self, reviewing, world):
        assert titles(world.lin) == ["10月审议，要您投票", SMALL]
        assert names(world.lin) == {("review", 1)}  # both from the queue, where small items are ticked

    def test_a_vote_cast_no_longer_waits(self, reviewing, world):
        item = reviewing.items["乱倒"]
        ballots.cast(observation=item, choice="approve", reason="有照片", by=world.lin, at=NOON)
        assert titles(world.lin) == [SMALL]

    def test_kin_is_not_counted(self, reviewing, world):
        people.kin(world.lin, world.wang_home)
        people.kin(world.lin, world.liu_home)
        assert names(world.lin) == set()

    def test_below_the_quorum_the_vote_waits_for_the_township_only(self, reviewing, world):
        for member in world.council[:3]:
            people.kin(member, world.wang_home)
        assert names(world.panel[0]) == {("review", 1)}
        assert titles(world.council[4]) == [SMALL]

    def test_a_settled_month_waits_to_be_sent(self, reviewing, world):
        reviewing.review_all()
        assert names(world.lin) == {("review_send", 1)}


class TestSigningAndPosting:
    @pytest.fixture
    def sent(self, october, world):
        october.observe("扫路", world.liu_home, "sweep")
        return october.to_review().review_all().send()

    def test_the_month_waits_for_the_committee_but_not_for_who_rated(self, sent, world):
        people.appoint(world.li, "committee", world.village)
        assert titles(world.committee[0]) == ["10月月评，等您签字"]
        assert [title for title in titles(world.li) if "签字" in title] == []

    def test_signed_it_waits_for_the_clerk(self, sent, world):
        sent.sign()
        assert titles(world.committee[0]) == []
        assert ("round", 1) in names(world.clerk)

    def test_posted_it_waits_for_nobody(self, sent, world):
        sent.sign().publish()
        assert [titles(user) for user in (world.lin, world.committee[1])] == [[], []]
        assert not [title for title in titles(world.clerk) if "10月" in title]


def test_other_villages_people_see_nothing(october, world):
    assert waiting_for(world.elsewhere_clerk, at=NOON) == waiting_for(world.stranger, at=NOON) == []


def test_an_empty_list_says_when_the_next_thing_comes(october, world):
    assert "联户党员评户，到11月16日" in what_comes_next(world.lin, at=NOON)
    assert "这里" in what_comes_next(world.stranger, at=NOON)
    assert "月评" not in what_comes_next(world.operator, at=NOON)


@pytest.mark.parametrize("role", ["li", "shi", "lin"])
def test_thirty_items_cost_no_more_queries_than_one(world, role):
    homes = [people.household(f"{n}号", world.east, f"郑{n}", rater=world.li) for n in range(100, 130)]

    def queries(month, count):
        for n in range(count):
            month.observe(f"{month.month}-{n}", homes[n], "litter", rater=world.li)
        if role != "li":
            month.file_all()
        if role == "lin":
            month.confirm_all()
        with CaptureQueriesContext(
            connection,
        ) as found:
            assert waiting_for(getattr(world, role), at=month.at)
        return len(found)

    assert queries(Month(world, NOON).open(), 1) == queries(
        Month(world, NOON, month=people.date(2026, 9, 1)).open(), 30
    )


def test_the_clerk_is_told_of_a_month_not_opened(world):
    assert "11月的月评还没开" in titles(world.clerk)
    rounds.open_month(village=world.village, month=NOON.date().replace(day=1), by=world.clerk, at=NOON)
    assert "11月的月评还没开" not in titles(world.clerk)


def test_the_clerk_is_told_of_a_quarter_that_is_over(october, world):
    assert not [title for title in titles(world.clerk) if "还没算分" in title]
    later = NOON + timedelta(days=60)
    assert "2026年第四季度还没算分" in titles(world.clerk, at=later)


def test_the_clerk_is_told_of_a_draft_rulebook(world):
    people.rulebook(world.village, state="draft", version=2)
    assert "评分细则第2版还是草稿" in titles(world.clerk)
    assert not titles(world.li)
