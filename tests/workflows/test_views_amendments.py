"""Corrections by HTTP: the signer's page, the quarter's page, the notices on the board, my points."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests import people
from tests.workflows.settled import LATER, Q4, line, october, posted, take_out
from workflows import publications
from workflows.models import Publication

SOON = LATER + timedelta(hours=1)
COLOURS = ("达标户", "待提升户")


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(SOON, tick=False):
        yield


@pytest.fixture
def month(world):
    return october(world)


@pytest.fixture
def quarter(world, month):
    return posted(world)


@pytest.fixture
def row(world, month, quarter):
    [row] = take_out(world, line(month, "堆柴"))
    return row


@pytest.fixture
def signed(get, post, world, row):
    """Signed by two through the pages; the notice of correction."""
    for signer in world.committee[:2]:
        get(signer, "amendment", row.key)
        assert post(signer, "amendment", row.key, word="看过").status_code == 302
    return Publication.objects.get(amends__isnull=False)


def html(answer) -> str:
    return answer.content.decode()


def test_a_signer_finds_looks_and_signs(get, post, row, quarter, world):
    first, second = world.committee[:2]
    assert reverse("amendment", args=[row.key]) in html(get(first, "todo"))
    page = html(get(first, "amendment", row.key))
    assert "96" in page
    assert "99" in page
    assert "签字以后记的" in page
    assert "disabled" not in page
    answer = post(first, "amendment", row.key, word="看过照片")
    assert answer.url == reverse("settlement", args=[quarter.key])
    page = html(get(second, "amendment", row.key))
    assert "看过照片" in page
    assert post(second, "amendment", row.key).status_code == 302
    assert get(second, "amendment", row.key).status_code == 409


def test_signing_unseen_is_answered_with_what_to_do(get, post, row, world):
    answer = post(world.committee[0], "amendment", row.key)
    assert answer.status_code == 409
    assert "请看一遍再签" in html(answer)


def test_words_too_long_come_back_as_typed(get, post, row, world):
    get(world.committee[0], "amendment", row.key)
    answer = post(world.committee[0], "amendment", row.key, word="长" * 501)
    assert answer.status_code == 422
    assert "长" * 501 in html(answer)


def test_kin_and_others_do_not_see_the_card(get, row, world):
    people.kin(world.committee[0], world.wang_home)
    assert get(world.committee[0], "amendment", row.key).status_code == 403
    assert get(world.panel[0], "amendment", row.key).status_code == 403
    assert get(world.clerk, "amendment", row.key).status_code == 404


def test_the_quarter_s_page_names_the_household_to_its_signers_only(get, row, quarter, world):
    assert "王家户" in html(get(world.committee[0], "settlement", quarter.key))
    page = html(get(world.clerk, "settlement", quarter.key))
    assert "1户的分改了" in page
    assert "王家户" not in page
    assert not [colour for colour in COLOURS if colour in page]


def test_the_quarter_s_page_costs_the_same_for_more_corrections(get, month, row, quarter, world):
    costs = []
    for _ in range(2):
        get(world.committee[0], "settlement", quarter.key)
        with CaptureQueriesContext(connection) as queries:
            get(world.committee[0], "settlement", quarter.key)
        costs.append(len(queries))
        take_out(world, line(month, "扫路"), cause="case:2") if len(costs) == 1 else None
    assert costs[0] == costs[1]


def test_both_notices_lead_to_each_other_and_the_board_has_both(get, signed, quarter, world):
    code = world.village.code
    old, new = ([code, n.year, n.number] for n in (quarter.publication, signed))
    page = html(get(None, "notice", *old))
    assert "后来有更正" in page
    assert reverse("notice", args=new) in page
    page = html(get(None, "notice", *new))
    assert "更正的是哪一张" in page
    assert reverse("notice", args=old) in page
    assert "有1户的诚信档案更正了" in page
    assert "更正前" not in page
    assert "王家户" not in page
    assert signed.content["title"] in html(get(None, "public_village", code))


def test_a_month_s_correction_is_a_table_of_counts(get, month, world):
    entries = take_out(world, line(month, "堆柴"), follow=False)
    notice = publications.correct_month(round=month.round, entries=entries, by=world.officer, at=LATER)
    page = html(get(None, "notice", world.village.code, notice.year, notice.number))
    assert "不再算的" in page
    assert "+3" in page
    assert get(world.clerk, "notice_extend", notice.key).status_code == 200


def test_the_clerk_prints_it_and_says_so(get, post, signed, world):
    assert "更正公示，打印张贴" in html(get(world.clerk, "todo"))
    assert "贴好了" in html(get(world.clerk, "notice_hang_up", signed.key))
    assert post(world.clerk, "notice_hang_up", signed.key).status_code == 302
    assert "更正公示，打印张贴" not in html(get(world.clerk, "todo"))
    assert "贴好了" not in html(get(world.clerk, "notice_hang_up", signed.key))
    assert post(world.clerk, "notice_hang_up", signed.key).status_code == 409


def test_the_household_reads_that_its_quarter_is_changing_and_then_the_new_one(get, post, row, world):
    page = html(get(world.wang, "my_points", quarter=Q4))
    assert "这一季的分改了，等两位委员签字，签好就更新" in page
    assert "<b>96</b>" in page
    for signer in world.committee[:2]:
        get(signer, "amendment", row.key)
        post(signer, "amendment", row.key)
    page = html(get(world.wang, "my_points", quarter=Q4))
    assert "等两位委员签字" not in page
    assert "<b>99</b>" in page


def test_a_quarter_overtaken_by_a_correction_offers_to_compute_again(get, post, month, world):
    from tests.workflows.settled import computed

    settlement = computed(world)
    take_out(world, line(month, "堆柴"))
    page = html(get(world.committee[0], "settlement", settlement.key))
    assert "算分以后有记分更正了，请先重新算" in page
    assert "<details open>" in page
    again = post(world.committee[0], "settlement_recompute", settlement.key, why="有记分更正了")
    assert again.status_code == 302
    assert "请先重新算" not in html(get(world.committee[0], "settlement", settlement.key))
