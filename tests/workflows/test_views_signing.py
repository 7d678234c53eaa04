"""The committee's signature by HTTP: what is shown, what is hidden from kin, who may sign and send back."""

from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from governance.models.people import Role
from tests import people
from tests.people import NOON
from workflows import observations
from workflows.models import Observation, Round


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def sent(october, world):
    """October before the committee: one deduction and one plus passed, one item not taken."""
    october.observe("乱倒", world.wang_home, "litter", fact="把装修垃圾倒进水渠")
    october.observe("扫路", world.liu_home, "sweep", fact="扫了门前的路")
    october.observe("扫巷", world.sun_home, "sweep", fact="扫了巷子")
    october.file_all()
    observations.reject(observation=october.items["扫巷"], why="巷子是别人扫的", by=world.gao, at=NOON)
    october.confirm_all().review_all().send()
    for item in october.items.values():
        item.refresh_from_db()
    return october


@pytest.fixture
def page(client, sent):
    """Open the signature page as somebody."""

    def get(user):
        client.force_login(user)
        return client.get(reverse("round_sign", args=[sent.round.key]))

    return get


@pytest.fixture
def sign(client, sent):
    """Sign as somebody."""

    def post(user, word=""):
        client.force_login(user)
        return client.post(reverse("round_sign", args=[sent.round.key]), {"word": word})

    return post


@pytest.fixture
def send_back(client):
    """Send an item back as somebody."""

    def post(user, item, why="照片里看不出是哪条渠"):
        client.force_login(user)
        return client.post(reverse("item_send_back", args=[item.key]), {"why": why})

    return post


def state_of(month):
    return Round.objects.get(pk=month.round.pk).state


def test_a_signer_sees_what_passed_by_area_and_what_was_not_taken_with_its_reason(page, world):
    html = page(world.committee[0]).content.decode()
    assert "理事会通过了2条" in html
    assert html.index("东片") < html.index("把装修垃圾倒进水渠")
    assert "巷子是别人扫的" in html
    assert "和治理事会 林理事" in html


def test_a_committee_member_signs_with_a_word_and_the_month_is_resolved(sign, sent, world):
    answer = sign(world.committee[0], "都看了")
    assert answer.url == reverse("round", args=[sent.round.key])
    assert state_of(sent) == Round.State.RESOLVED
    assert sent.round.signatures.get(signer=world.committee[0]).word == "都看了"


def test_kins_items_are_veiled_and_need_another_signer(page, sign, sent, world):
    people.kin(world.committee[0], world.wang_home)
    html = page(world.committee[0]).content.decode()
    assert "把装修垃圾倒进水渠" not in html
    assert "转给别的委员签" in html
    sign(world.committee[0])
    assert state_of(sent) == Round.State.RESOLVING
    sign(world.committee[1])
    assert state_of(sent) == Round.State.RESOLVED


def test_who_has_rated_reads_why_they_cannot_sign(page, sign, sent, world):
    people.appoint(world.zhou, Role.COMMITTEE, world.village)
    html = page(world.zhou).content.decode()
    assert "评过的人不能签字" in html
    assert 'type="submit" disabled' in html
    assert sign(world.zhou).status_code == 403


def test_nobody_signs_twice(sign, sent, world):
    people.kin(world.committee[0], world.wang_home)
    sign(world.committee[0])
    answer = sign(world.committee[0])
    assert answer.status_code == 409
    assert "已经签过了" in answer.content.decode()


def test_the_second_of_two_reads_who_was_first(sign, sent, world):
    sign(world.committee[0])
    answer = sign(world.committee[1])
    assert answer.status_code == 409
    assert "蒋委员" in answer.content.decode()


@pytest.mark.parametrize("who", ["lin", "clerk", "li", "wang", "stranger", "elsewhere_clerk"])
def test_nobody_else_opens_or_signs(page, sign, sent, world, who):
    assert page(getattr(world, who)).status_code == 404
    assert sign(getattr(world, who)).status_code == 404
    assert state_of(sent) == Round.State.RESOLVING


def test_one_item_goes_back_to_the_council_with_a_reason(client, page, sign, send_back, sent, world):
    item = sent.items["乱倒"]
    client.force_login(world.committee[0])
    assert "把装修垃圾倒进水渠" in client.get(reverse("item_send_back", args=[item.key])).content.decode()
    assert send_back(world.committee[0], item, why="").status_code == 422
    send_back(world.committee[0], item)
    item.refresh_from_db()
    assert item.state == Observation.State.CONFIRMED
    assert send_back(world.committee[1], item).status_code == 404
    assert "有1条退回理事会重投" in page(world.committee[0]).content.decode()
    sign(world.committee[0])
    assert state_of(sent) == Round.State.RESOLVING
    sent.vote(item, "approve")
    sign(world.committee[0])
    assert state_of(sent) == Round.State.RESOLVED


def test_kin_neither_read_nor_send_back_an_item(client, send_back, sent, world):
    people.kin(world.committee[0], world.wang_home)
    client.force_login(world.committee[0])
    answer = client.get(reverse("item_send_back", args=[sent.items["乱倒"].key]))
    assert answer.status_code == 403
    assert "把装修垃圾倒进水渠" not in answer.content.decode()
    assert send_back(world.committee[0], sent.items["乱倒"]).status_code == 403


def test_a_month_without_items_is_signed_too(client, october, world):
    october.to_review().send()
    client.force_login(world.committee[0])
    url = reverse("round_sign", args=[october.round.key])
    assert "这个月没有通过的" in client.get(url).content.decode()
    client.post(url, {"word": ""})
    assert state_of(october) == Round.State.RESOLVED


def test_before_and_after_its_step_the_page_leads_to_the_month(client, page, sign, sent, world):
    sign(world.committee[0])
    assert page(world.committee[1]).url == reverse("round", args=[sent.round.key])
    assert "不在签字这一步" in client.get(reverse("round", args=[sent.round.key])).content.decode()


def test_the_page_asks_as_much_for_many_items_as_for_few(page, sent, world):
    page(world.committee[0])
    with CaptureQueriesContext(connection) as few:
        page(world.committee[0])
    for item in list(sent.items.values()) * 10:
        item.pk, item.key, item._state.adding = None, uuid4(), True
        item.save()
    with CaptureQueriesContext(connection) as many:
        answer = page(world.committee[0])
    assert "理事会通过了22条" in answer.content.decode()
    assert len(many) == len(few)
