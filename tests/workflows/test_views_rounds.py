"""The month's pages by HTTP: who must act, and the clerk's acts: open, post, extend."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from governance.models import Rulebook
from tests import people
from tests.months import Month
from tests.people import NOON
from workflows import diagram
from workflows.models import Publication, Round


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOON, tick=False):
        yield


def test_a_village_without_a_month_says_what_comes_first(get, world):
    html = get(world.clerk, "rounds", world.village.code).content.decode()
    assert "还没有开过月评" in html
    assert "开10月的月评" in html
    assert "开11月的月评" in html


def test_the_clerk_opens_a_month_after_reading_what_was_checked(get, post, world):
    asked = get(world.clerk, "round_open", world.village.code, month="2026-10")
    assert "查过了，都齐了" in asked.content.decode()
    post(world.clerk, "round_open", world.village.code, month="2026-10")
    round = Round.objects.get()
    assert round.month.month == 10
    again = post(world.clerk, "round_open", world.village.code, month="2026-10")
    assert again.status_code == 409
    assert get(world.clerk, "round_open", world.village.code, month="2026-10").url == reverse(
        "round", args=[round.key]
    )


def test_a_village_without_rules_cannot_open_and_reads_why(get, post, world):
    Rulebook.objects.filter(pk=world.rulebook.pk).update(state=Rulebook.State.DRAFT)
    html = get(world.clerk, "round_open", world.village.code, month="2026-10").content.decode()
    assert "还没有施行的评分细则" in html
    assert "disabled" in html
    assert post(world.clerk, "round_open", world.village.code, month="2026-10").status_code == 403


def test_a_month_that_is_none_is_refused_with_a_sentence(get, world):
    answer = get(world.clerk, "round_open", world.village.code, month="2026-13")
    assert answer.status_code == 422
    assert "不是月份" in answer.content.decode()


@pytest.mark.parametrize("who", ["lin", "li", "wang", "elsewhere_clerk"])
def test_only_the_clerk_opens_a_month(get, post, world, who):
    user = getattr(world, who)
    assert get(user, "round_open", world.village.code).status_code == 404
    assert post(user, "round_open", world.village.code, month="2026-10").status_code == 404
    assert not Round.objects.exists()


def test_everybody_in_office_sees_where_the_month_stands(get, october, world):
    for user in (world.clerk, world.li, world.shi, world.lin, world.committee[0], world.supervision):
        html = get(user, "round", october.round.key).content.decode()
        assert "第1步，共5步：评户" in html
        assert "轮到联户党员：李党员、周党员" in html


@pytest.mark.parametrize("who", ["wang", "stranger", "elsewhere_clerk"])
def test_who_holds_no_office_here_sees_nothing_of_it(get, october, world, who):
    assert get(getattr(world, who), "round", october.round.key).status_code == 404
    assert get(getattr(world, who), "rounds", world.village.code).status_code == 404


def test_each_step_names_who_must_act(get, october, world):
    def stands():
        html = get(world.clerk, "round", october.round.key).content.decode()
        return re.search(r"第(\d)步，共5步：(\w+)", html).groups()

    october.file_all()
    assert stands() == ("2", "核单")
    october.confirm_all()
    assert stands() == ("3", "审议")
    october.send()
    assert stands() == ("4", "签字")
    october.sign()
    assert stands() == ("5", "公示")
    october.publish().wait(days=10)
    assert "都办结了" in get(world.clerk, "round", october.round.key).content.decode()


def test_a_sheet_that_never_came_is_listed(get, october, world):
    october.wait(days=1)
    html = get(world.clerk, "round", october.round.key).content.decode()
    assert "没交3张，公示里会写明" in html


def test_the_diagram_marks_the_step_that_is_open(october, world):
    october.to_review()
    drawn = diagram.draw(october.round.process)
    assert [node.name for node in drawn.nodes if node.stands == "now"] == ["理事会审议"]
    assert {node.name for node in drawn.nodes if node.stands == "done"} == {"开月评", "收单"}
    assert {node.name for node in drawn.nodes if node.stands == "todo"} >= {"村两委签字", "张贴公示"}


def test_the_diagram_of_a_closed_month_is_all_done(october, world):
    october.to_review().review_all().send().sign().publish().wait(days=10)
    assert {node.stands for node in diagram.draw(october.round.process).nodes} == {"done"}


def test_a_page_holds_no_inline_style(get, october, world):
    assert "style=" not in get(world.clerk, "round", october.round.key).content.decode()


def test_the_council_is_led_to_its_queue_and_the_committee_to_its_signature(get, october, world):
    october.to_review()
    assert (
        reverse("review", args=[october.round.key])
        in get(world.lin, "round", october.round.key).content.decode()
    )
    assert "去审议" not in get(world.clerk, "round", october.round.key).content.decode()
    october.send()
    html = get(world.committee[0], "round", october.round.key).content.decode()
    assert reverse("round_sign", args=[october.round.key]) in html


def test_the_clerk_reads_the_notice_before_posting_it_once(get, post, october, world):
    october.observe("扫路", world.liu_home, "sweep")
    october.to_review().review_all().send()
    early = get(world.clerk, "round_publish", october.round.key)
    assert early.status_code == 403
    assert "签字齐了才能张贴" in early.content.decode()
    october.sign()
    html = get(world.clerk, "round_publish", october.round.key).content.decode()
    assert "柳溪村2026年10月联户评议公示" in html
    assert "刘家户" not in html
    assert not Publication.objects.exists()
    post(world.clerk, "round_publish", october.round.key)
    assert Publication.objects.get().content["dimensions"]
    again = post(world.clerk, "round_publish", october.round.key)
    assert again.status_code == 409
    assert "沈文书" in again.content.decode()


@pytest.mark.parametrize("who", ["lin", "li", "wang", "elsewhere_clerk"])
def test_only_the_clerk_posts(get, post, october, world, who):
    october.to_review().send().sign()
    assert get(getattr(world, who), "round_publish", october.round.key).status_code == 404
    assert post(getattr(world, who), "round_publish", october.round.key).status_code == 404
    assert not Publication.objects.exists()


def test_a_notice_is_kept_up_longer_with_a_reason_and_never_shorter(post, get, october, world):
    october.to_publication()
    notice = Publication.objects.get()
    ends = notice.window_ends
    for wrong in (
        {"days": 3, "why": ""},
        {"days": -3, "why": "快点"},
        {"days": "", "why": "雨"},
        {"days": 31, "why": "雨"},
    ):
        assert post(world.clerk, "notice_extend", notice.key, **wrong).status_code == 422
    post(world.clerk, "notice_extend", notice.key, days=3, why="连下大雨，没人出门")
    notice.refresh_from_db()
    assert notice.window_ends == ends + timedelta(days=3)
    assert "连下大雨" in get(world.clerk, "round", october.round.key).content.decode()
    assert post(world.lin, "notice_extend", notice.key, days=3, why="雨").status_code == 404


def test_the_pages_ask_as_much_for_many_sheets_and_months_as_for_few(get, october, world):
    def asked():
        get(world.clerk, "round", october.round.key)
        get(world.clerk, "rounds", world.village.code)
        with CaptureQueriesContext(connection) as queries:
            get(world.clerk, "round", october.round.key)
            get(world.clerk, "rounds", world.village.code)
        return len(queries)

    few = asked()
    for n in range(10):
        sheet = october.round.sheets.first()
        sheet.pk, sheet.key, sheet.rater, sheet._state.adding = (
            None,
            uuid4(),
            people.account(f"党员{n}"),
            True,
        )
        sheet.save()
    Month(world, NOON, month=NOON.date().replace(day=1)).open()
    assert asked() == few
