"""The case page, what its household can do there, and 我的异议和修复."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from appeals import hearings, inquiries, papers, waits
from appeals.against import Against
from appeals.models import Objection
from governance.models import Consent, Scorecard
from tests import people
from tests.appeals.cases import GROUNDS, Case
from tests.months import photo
from tests.people import NOON
from tests.published import clock, entry

HOUR = timedelta(hours=1)


@pytest.fixture
def told(world, month) -> Case:
    """An objection told from an hour after the notice."""
    return Case(world, month, NOON + HOUR)


@pytest.fixture
def send(client):
    def call(user, name, *args, data=None, hours=2):
        client.force_login(user)
        url = reverse(name, args=args)
        with clock(hours=hours):
            return client.get(url) if data is None else client.post(url, data)

    return call


def body_of(response) -> str:
    assert response.status_code == 200
    return response.content.decode()


# -- filing -----------------------------------------------------------------------


def test_a_missing_plus_is_filed_from_my_points_in_two_taps(world, month, send):
    home = world.wang_home.key
    assert reverse("objection_missing", args=[home]) in body_of(send(world.wang, "my_points"))
    assert "说不清" in body_of(send(world.wang, "objection_missing", home))
    said = {"occurred_on": "2026-10-12", "rule": "", "text": "修了村口的桥"}
    sent = send(world.wang, "objection_missing", home, data=said)
    case = Objection.objects.get()
    assert (case.about, case.occurred_on, case.rule) == ("missing", date(2026, 10, 12), None)
    assert sent.url == reverse("objection", args=[case.key])
    assert "该加没加" in body_of(send(world.wang, "my_points"))


def test_a_missing_plus_offers_plus_rules_only_and_asks_for_day_and_words(world, month, send):
    body = body_of(send(world.wang, "objection_missing", world.wang_home.key))
    rules = {month.items["sweep"].rule.text: True, month.items["litter"].rule.text: False}
    assert {words: words in body for words in rules} == rules
    assert send(world.wang, "objection_missing", world.wang_home.key, data={}).status_code == 422
    assert Objection.objects.count() == 0


@pytest.mark.parametrize("who", ["li", "helper", "elsewhere_clerk", "stranger", "officer"])
def test_nobody_else_says_what_a_household_misses(world, month, send, who):
    said = {"occurred_on": "2026-10-12", "text": "修桥"}
    assert send(getattr(world, who), "objection_missing", world.wang_home.key, data=said).status_code == 404


def test_the_helper_says_it_for_who_asked_them(world, month, send):
    people.consent(world.head, Consent.Purpose.HELPER)
    said = {"for_member": world.head.pk, "occurred_on": "2026-10-12", "text": "修了桥"}
    send(world.helper, "objection_missing", world.wang_home.key, data=said)
    assert Objection.objects.get().how == "helper"


def test_a_posted_quarter_is_objected_to_and_marked_on_its_card(world, month, send):
    card = Scorecard.objects.create(
        village=world.village, subject=world.wang_home, quarter="2026Q3", base_tenths=1000, index_tenths=1000,
        total_tenths=1000, colour="blue", computed_at=NOON, confirmed_at=NOON, published_at=NOON,
    )  # fmt: skip
    assert "要写为什么现在才提" in body_of(send(world.wang, "objection_card", card.key))  # no notice names it
    assert send(world.wang, "objection_card", card.key, data={"text": ""}).status_code == 422
    send(world.wang, "objection_card", card.key, data={"text": "少算了一条"})
    case = Objection.objects.get()
    assert case.scorecard == card
    assert "已经提过异议" in body_of(send(world.wang, "objection_card", card.key))
    assert "第三季度的分" in body_of(send(world.wang, "my_points"))


# -- what is next -----------------------------------------------------------------


def test_each_state_says_who_acts_by_when_and_what_follows(world, told, send):
    def page():
        return body_of(send(world.wang, "objection", told.row.key))

    told.file()
    assert "告诉您收不收。到日子没说，就算收了" in page()
    told.accept()
    assert "到日子没定，这条减分就撤销" in page()
    waits.suspend(objection=told.row, why="请带那天的票", by=world.officer, at=told.at)
    assert "请带那天的票" in page()
    assert "轮到您" in body_of(send(world.wang, "my_cases"))
    papers.hand_in(objection=told.row, files=[], text="票在这里", by=world.wang, at=told.at)
    told.decide("rejected")
    answered = page()
    assert GROUNDS in answered
    assert reverse("objection_review", args=[told.row.key]) in answered
    told.ask_review()
    assert "换了别的人在复核" in page()


def test_my_points_says_what_fits_the_state(world, told, send):
    told.file().accept()
    body = body_of(send(world.wang, "my_points"))
    assert "镇里在查" in body
    assert "收不收" not in body


def test_an_answer_of_somebody_asked_is_read_once_the_case_is_decided(world, told, send):
    told.file().accept()
    asked = inquiries.ask(
        objection=told.row, kind="rater", to_user=world.li, question="谁倒的？", by=world.officer, at=told.at
    )
    inquiries.answer(inquiry=asked, text="没看见人", by=world.li, at=told.at)
    before = body_of(send(world.wang, "objection", told.row.key))
    assert "联户党员答了" in before
    assert "没看见人" not in before
    told.decide("rejected")
    after = body_of(send(world.wang, "objection", told.row.key))
    assert "没看见人" in after
    assert "李党员" not in after


def test_a_hearing_is_announced_with_time_and_place_until_the_case_is_over(world, told, send):
    told.file().accept()
    hearings.call(
        objection=told.row, takes_place_at=NOON + timedelta(days=2), place="村部会议室", by=world.officer, at=told.at
    )  # fmt: skip
    assert "您可以带一个人来" in body_of(send(world.wang, "objection", told.row.key))
    told.decide("upheld")
    assert "您可以带一个人来" not in body_of(send(world.wang, "objection", told.row.key))


def test_the_score_before_and_after_is_shown_to_the_household_alone(world, told, send):
    told.file().accept().decide("upheld")
    own = body_of(send(world.wang, "objection", told.row.key))
    assert "101" in own
    assert "103" in own
    desk = body_of(send(world.clerk, "objection", told.row.key))
    assert "改后" not in desk
    assert GROUNDS in desk


# -- acts -------------------------------------------------------------------------


def test_the_household_agrees_and_it_is_over(world, told, send):
    told.file().accept().decide("rejected")
    assert "不能再请复核" in body_of(send(world.wang, "objection_agree", told.row.key))
    send(world.wang, "objection_agree", told.row.key, data={})
    assert told.again().row.state == "closed"
    assert send(world.wang, "objection_agree", told.row.key, data={}).status_code == 409
    assert "重新提" in body_of(send(world.wang, "objection", told.row.key))


def test_what_is_brought_up_again_is_linked_to_the_earlier_case(world, told, send):
    first = told.file().accept().decide("rejected").row
    send(world.wang, "objection_agree", first.key, data={})
    send(world.wang, "objection_file", entry(told.month, "litter").key, data={"text": "有新照片"})
    again = Objection.objects.first()
    assert again.earlier == first
    assert first.number in body_of(send(world.wang, "objection", again.key))
    assert again.number in body_of(send(world.wang, "objection", first.key))


def test_the_household_asks_for_a_second_review(world, told, send):
    told.file().accept().decide("rejected")
    send(world.wang, "objection_review", told.row.key, data={"text": "袋子是别人的"})
    assert told.again().row.state == "reviewing"
    assert "袋子是别人的" in body_of(send(world.wang, "objection", told.row.key))


def test_a_photo_is_handed_in_and_opened_by_the_household_and_the_officer_only(world, told, send):
    told.file()
    send(world.wang, "objection_hand_in", told.row.key, data={"files": [photo()], "text": ""})
    kept = told.row.exhibits.get()
    for user, status in [(world.wang, 200), (world.officer, 200), (world.clerk, 404), (world.li, 404)]:
        assert send(user, "exhibit", kept.key).status_code == status
    assert reverse("exhibit", args=[kept.key]) in body_of(send(world.wang, "objection", told.row.key))
    assert reverse("exhibit", args=[kept.key]) not in body_of(send(world.clerk, "objection", told.row.key))


def test_nothing_handed_in_and_too_much_are_said_beside_the_field(world, told, send):
    told.file()
    assert send(world.wang, "objection_hand_in", told.row.key, data={}).status_code == 422
    many = {"files": [photo(f"{n}.jpg") for n in range(7)]}
    sent = send(world.wang, "objection_hand_in", told.row.key, data=many)
    assert sent.status_code == 422
    assert "最多6份" in sent.content.decode()


@pytest.mark.parametrize("name", ["objection_agree", "objection_review", "objection_withdraw"])
def test_the_helper_goes_on_only_for_who_asked_them(world, told, send, name):
    told.file().accept().decide("rejected")
    assert send(world.helper, name, told.row.key, data={}).status_code == 404
    people.consent(world.head, Consent.Purpose.HELPER)
    assert send(world.helper, name, told.row.key, data={}).status_code == 302


# -- lists ------------------------------------------------------------------------


def test_the_desk_finds_a_case_by_the_number_on_the_receipt(world, told, send):
    told.file()
    found = send(world.clerk, "desk", world.village.code, data={"number": "yy-2026-0001"})
    assert found.url == reverse("objection", args=[told.row.key])
    assert send(world.clerk, "desk", world.village.code, data={"number": "YY-2026-0009"}).status_code == 422


def test_the_list_is_empty_and_says_what_to_do(world, month, send):
    assert "还没有提过异议" in body_of(send(world.wang, "my_cases"))


@pytest.mark.parametrize(("who", "name"), [("wang", "my_cases"), ("helper", "desk")])
def test_a_list_costs_the_same_for_one_case_and_for_many(world, told, client, send, who, name):
    people.consent(world.head, Consent.Purpose.HELPER)
    user, args = getattr(world, who), [world.village.code] if name == "desk" else []

    def cost(days):
        for day in days:
            against = Against.missing(world.wang_home, date(2026, 10, day))
            told.file(against=against, how="helper", by=world.helper)
        body_of(send(user, name, *args))  # signs in
        url = reverse(name, args=args)
        with clock(hours=2), CaptureQueriesContext(connection) as seen:
            body_of(client.get(url))
        return len(seen)

    assert cost([1]) == cost(range(2, 12))
