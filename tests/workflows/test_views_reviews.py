"""The council's pages by HTTP: who sees a ballot, who votes, what stays sealed, what is refused."""

from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from governance.models import Appointment
from tests import people
from tests.people import NOON
from workflows import council_queue, reviews
from workflows.models import Ballot, Observation, Round
from workflows.who import voters

State = Observation.State


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def review(october, world):
    """October before the council: a deduction for 王家户, two small plus items."""
    october.observe("乱倒", world.wang_home, "litter", fact="把装修垃圾倒进水渠")
    october.observe("扫路", world.liu_home, "sweep", fact="扫了门前的路")
    october.observe("扫巷", world.zhao_home, "sweep", fact="扫了巷子")
    october.to_review()
    for item in october.items.values():
        item.refresh_from_db()
    return october


@pytest.fixture
def page(client, review):
    """Open the review as somebody: page(user, item=None, **query)."""

    def get(user, item=None, **query):
        client.force_login(user)
        if item:
            query["item"] = item.key
        return client.get(reverse("review", args=[review.round.key]), query)

    return get


@pytest.fixture
def cast(client):
    """Post a vote as somebody."""

    def post(user, item, choice="approve", reason="看了照片。"):
        client.force_login(user)
        return client.post(reverse("review_cast", args=[item.key]), {"choice": choice, "reason": reason})

    return post


def test_a_member_sees_the_queue_and_goes_on_to_the_first_case_that_waits_for_them(page, world, review):
    answer = page(world.lin)
    html = answer.content.decode()
    assert "把装修垃圾倒进水渠" in html
    assert "要投票，1条" in html
    assert "可以一并通过，2条" in html
    assert answer.context["first"].key == review.items["乱倒"].key
    assert f'item={review.items["乱倒"].key}">看第一条' in html
    assert "减2分，您同意吗" in page(world.lin, review.items["乱倒"]).content.decode()


def test_a_case_is_drawn_without_the_queue_and_leads_back_to_it(page, world, review):
    html = page(world.lin, review.items["乱倒"]).content.decode()
    assert "扫了巷子" not in html
    assert "看清单" in html
    assert "回清单" in html


@pytest.mark.parametrize("shown", [None, "乱倒"])
def test_beside_what_is_open_the_browser_fetches_the_other_side_alone(client, page, world, review, shown):
    page(world.lin)
    url = reverse("review", args=[review.round.key])
    query = {"item": review.items[shown].key} if shown else {}
    part = client.get(url, query, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert ("同意吗" in part) == bool(shown)
    assert ("要投票，1条" in part) == (not shown)
    again = client.get(
        url, query, headers={"HX-Request": "true", "HX-History-Restore-Request": "true"}
    ).content.decode()
    assert "<html" in again


def test_one_goes_from_case_to_case_down_and_up_to_the_ends_of_the_queue(client, page, world, review):
    page(world.lin)
    url = reverse("review", args=[review.round.key])
    large, first, last = (review.items[name] for name in ("乱倒", "扫路", "扫巷"))

    def step(item, which):
        return client.get(url, {"item": item.key, "step": which}).url.partition("item=")[2]

    assert [step(item, "next") for item in (large, first, last)] == [
        str(item.key) for item in (first, last, last)
    ]
    assert [step(item, "back") for item in (last, first, large)] == [
        str(item.key) for item in (first, large, large)
    ]
    assert "上面没有了" in page(world.lin, large).content.decode()


def test_nothing_is_chosen_beforehand(page, world, review):
    html = page(world.lin, review.items["乱倒"]).content.decode()
    assert 'type="radio"' in html
    assert "checked" not in html


def test_the_raters_name_is_hidden_until_the_item_is_decided(page, world, review):
    item = review.items["乱倒"]
    assert "李党员" not in page(world.lin, item).content.decode()
    review.vote(item, "approve")
    assert "李党员" in page(world.lin, item).content.decode()


def test_votes_stay_sealed_until_everybody_has_voted(page, cast, world, review):
    item = review.items["乱倒"]
    cast(world.lin, item, "reject", "照片看不清。")
    html = page(world.council[1], item).content.decode()
    assert "应投5人，已投1人" in html
    assert "照片看不清" not in html
    assert "林理事" not in html
    for member in world.council[1:]:
        cast(member, item)
    html = page(world.lin, item).content.decode()
    assert "同意4票" in html
    assert "不同意1票" in html
    assert "郑理事" not in html


def test_after_a_vote_comes_the_next_item_that_waits(client, cast, world, review):
    large, small = review.items["乱倒"], review.items["扫路"]
    reviews.contest(observation=small, why="扫的不是公共路面", by=world.council[1], at=NOON)
    assert cast(world.lin, large).url.endswith(f"?item={small.key}")
    assert cast(world.lin, small).url == reverse("review", args=[review.round.key])


def test_a_deduction_without_a_reason_comes_back_with_what_was_chosen(cast, world, review):
    answer = cast(world.lin, review.items["乱倒"], reason=" ")
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "都要写理由" in html
    assert 'value="approve" checked' in html
    assert not Ballot.objects.exists()


def test_a_vote_without_a_choice_is_asked_for_one(cast, world, review):
    answer = cast(world.lin, review.items["乱倒"], choice="")
    assert answer.status_code == 422
    assert "请选一项" in answer.content.decode()


def test_a_choice_that_does_not_exist_is_no_vote(cast, world, review):
    assert cast(world.lin, review.items["乱倒"], choice="purge").status_code == 422
    assert not Ballot.objects.exists()


def test_a_second_vote_is_answered_with_a_conflict(cast, world, review):
    item = review.items["乱倒"]
    cast(world.lin, item)
    answer = cast(world.lin, item, "reject")
    assert answer.status_code == 409
    assert "已经投了" in answer.content.decode()
    assert Ballot.objects.get().choice == "approve"


def test_a_member_of_kin_sees_neither_ballot_nor_votes_nor_rater(page, cast, world, review):
    item = review.items["乱倒"]
    people.kin(world.lin, world.wang_home)
    cast(world.council[1], item)
    html = page(world.lin, item).content.decode()
    assert "您回避" in html
    assert "同意吗" not in html
    assert "已投" not in html
    assert "李党员" not in html
    answer = cast(world.lin, item)
    assert answer.status_code == 403
    assert "回避" in answer.content.decode()


def test_a_member_of_kin_cannot_ask_for_a_ballot_on_it_either(client, world, review):
    people.kin(world.lin, world.liu_home)
    client.force_login(world.lin)
    item = review.items["扫路"]
    assert client.post(reverse("review_contest", args=[item.key]), {"why": "不对"}).status_code == 403
    item.refresh_from_db()
    assert not item.needs_ballot


@pytest.mark.parametrize("who", ["li", "shi", "clerk", "wang", "stranger", "elsewhere_clerk"])
def test_nobody_outside_the_council_opens_the_review_or_votes(page, cast, world, review, who):
    user = getattr(world, who)
    assert page(user).status_code == 404
    assert cast(user, review.items["乱倒"]).status_code == 404


def test_a_visitor_is_asked_to_sign_in(client, review):
    assert client.get(reverse("review", args=[review.round.key])).status_code == 302


def test_an_item_of_another_month_or_no_key_at_all_is_not_found(client, world, review):
    url = reverse("review", args=[review.round.key])
    client.force_login(world.lin)
    assert client.get(url, {"item": uuid4()}).status_code == 404
    assert client.get(url, {"item": "1 or 1=1"}).status_code == 404


def test_a_member_whose_appointment_ended_after_opening_the_page_cannot_vote(page, cast, world, review):
    page(world.lin)
    Appointment.objects.filter(user=world.lin).update(ends="2026-11-15")
    assert cast(world.lin, review.items["乱倒"]).status_code == 404
    assert not Ballot.objects.exists()


def test_a_small_item_is_contested_with_a_reason_and_then_needs_a_ballot(client, page, world, review):
    item = review.items["扫路"]
    client.force_login(world.lin)
    url = reverse("review_contest", args=[item.key])
    refused = client.post(url, {"why": ""})
    assert refused.status_code == 422
    assert "哪里有疑问" in refused.content.decode()
    client.post(url, {"why": "扫的是自家院子"})
    assert "扫的是自家院子" in page(world.council[1], item).content.decode()
    assert client.post(url, {"why": "再来"}).status_code == 409


def test_ticked_items_are_first_a_list_with_its_sum_then_one_signature(client, world, review):
    client.force_login(world.lin)
    ticked = {"tick": [review.items[name].key for name in ("扫路", "扫巷")]}
    url = reverse("review_bulk", args=[review.round.key])
    html = client.get(url, ticked).content.decode()
    assert "2条，2户" in html
    assert ">+2<" in html
    client.post(url, ticked)
    assert Observation.objects.filter(state=State.APPROVED).count() == 2


def test_own_kin_and_large_items_are_left_out_of_the_list_and_refused_when_forged(client, world, review):
    people.kin(world.lin, world.liu_home)
    client.force_login(world.lin)
    ticked = {"tick": [item.key for item in review.items.values()]}
    url = reverse("review_bulk", args=[review.round.key])
    html = client.get(url, ticked).content.decode()
    assert "扫了巷子" in html
    assert "扫了门前的路" not in html
    assert "2条您要回避，或者要投票" in html
    assert client.post(url, ticked).status_code == 403
    assert not Observation.objects.filter(state=State.APPROVED).exists()


def test_of_kin_there_is_no_box_to_tick(page, world, review):
    people.kin(world.lin, world.liu_home)
    html = page(world.lin).content.decode()
    assert html.count('type="checkbox"') == 1


def test_the_whole_page_is_ticked_by_a_plain_link(page, world):
    assert page(world.lin, tick="all").content.decode().count("checked") == 2


def test_what_was_settled_meanwhile_is_said_and_nothing_passes(client, world, review):
    client.force_login(world.lin)
    ticked = {"tick": [review.items[name].key for name in ("扫路", "扫巷")]}
    reviews.approve_together(
        round=review.round, observations=[review.items["扫路"]], by=world.council[1], at=NOON
    )
    answer = client.post(reverse("review_bulk", args=[review.round.key]), ticked, follow=True)
    assert "刚才已经定了" in answer.content.decode()
    assert Observation.objects.filter(state=State.APPROVED).count() == 1


def test_the_month_is_sent_on_only_when_all_is_decided(client, world, review):
    client.force_login(world.lin)
    url = reverse("review_send", args=[review.round.key])
    html = client.get(url).content.decode()
    assert "还有3条没定" in html
    assert "disabled" in html
    assert client.post(url, {"word": ""}).status_code == 403
    review.review_all()
    assert "disabled" not in client.get(url).content.decode()
    client.post(url, {"word": "都看过了"})
    round = Round.objects.get(pk=review.round.pk)
    assert round.state == Round.State.RESOLVING
    assert round.signatures.get().word == "都看过了"
    assert client.post(url, {"word": "再签"}).status_code == 409


def test_an_earlier_decision_on_the_same_rule_stands_beside_and_names_nobody(page, world, review):
    html = page(world.lin, review.items["扫巷"]).content.decode()
    assert "村里以前没有定过" in html
    reviews.approve_together(round=review.round, observations=[review.items["扫路"]], by=world.lin, at=NOON)
    html = page(world.lin, review.items["扫巷"], tab="back").content.decode()
    assert "同一条细则，以前怎么定的" in html
    assert "刘家户" not in html


def test_what_the_leader_changed_is_drawn_beside_what_was_filed(october, client, world):
    from workflows import observations
    from workflows.observations import Fact

    item = october.observe("占道", world.wang_home, "block", chosen_tenths=50, grounds="堵了半条路")
    october.file_all()
    fact = Fact(fact="", occurred_on=item.occurred_on, chosen_tenths=30)
    observations.adjust(observation=item, fact=fact, why="量过，只占三分之一", by=world.shi, at=NOON)
    october.confirm_all()
    client.force_login(world.lin)
    html = client.get(reverse("review", args=[october.round.key]), {"item": item.key}).content.decode()
    assert "量过，只占三分之一" in html
    assert '<rect class="lp-f-line" width="300"' in html
    assert '<rect class="lp-f-b" width="180"' in html


def test_an_item_at_the_township_waits_for_the_panel_and_not_for_the_council(page, world, review):
    item = review.items["乱倒"]
    for member in world.council[:3]:
        people.kin(member, world.wang_home)
    assert [user.name for user in voters(item, at=NOON)] == sorted(user.name for user in world.panel)
    assert "同意吗" in page(world.panel[0], item).content.decode()
    assert "转到镇评审组" in page(world.council[4], item).content.decode()


def test_an_empty_queue_says_so(page, world, review):
    review.review_all()
    assert "都定了" in page(world.lin).content.decode()
    assert "没有退回的" in page(world.lin, tab="back").content.decode()
    assert "把装修垃圾倒进水渠" in page(world.lin, tab="settled").content.decode()


def test_an_item_sent_back_is_listed_as_such(page, world, review):
    review.vote(review.items["乱倒"], "send_back")
    html = page(world.lin, tab="back").content.decode()
    assert "把装修垃圾倒进水渠" in html
    assert "退回再看" in html


def test_the_queue_goes_on_below_its_page(page, world, review, monkeypatch):
    monkeypatch.setattr(council_queue, "PAGE", 2)
    first = page(world.lin)
    assert "往下看" in first.content.decode()
    after = first.context["more"]
    html = page(world.lin, after=after.key).content.decode()
    assert "扫了巷子" in html
    assert "往下看" not in html


def test_counts_stop_at_nine_hundred_and_ninety_nine(review, monkeypatch):
    monkeypatch.setattr(council_queue, "MANY", 2)
    tabs, groups = council_queue.counts(review.round, "open")
    assert tabs == ["1+", "0", "0"]
    assert groups == ["1", "1+"]


def test_the_page_asks_as_much_for_many_items_as_for_three(client, page, world, review):
    page(world.lin)
    url = reverse("review", args=[review.round.key])
    with CaptureQueriesContext(connection) as few:
        client.get(url)
    for item in list(review.items.values()) * 10:
        item.pk, item.key, item._state.adding = None, uuid4(), True
        item.save()
    with CaptureQueriesContext(connection) as many:
        answer = client.get(url)
    assert answer.content.count(b"lp-q__t") == council_queue.PAGE
    assert len(many) == len(few) <= 14
    assert len(answer.content) < 100 * 1024
