"""公示 by HTTP: the frozen copy for whoever looks; counts and consented names, never a household's score."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from governance import consents
from governance.models import Consent
from tests import people
from tests.months import Month
from tests.people import NOON
from tests.published import clock, posted
from transparency import signing
from workflows import publications, settlements
from workflows.models import Publication


@pytest.fixture
def month(world):
    """October, posted and signed."""
    month = posted(world)
    signing.sign_village(world.village.code, NOON)
    return month


@pytest.fixture
def read(client):
    def get(name, *args, **later):
        with clock(**later):
            return client.get(reverse(name, args=args))

    return get


@pytest.fixture
def quarter(world):
    """The fourth quarter of 2026, settled in January, with 王家户 honoured by consent."""
    people.consent(world.head, Consent.Purpose.HONOUR)
    for month in (10, 11, 12):
        at = NOON.replace(month=month, day=28) + timedelta(days=5)
        step = Month(world, at, month=date(2026, month, 1)).open()
        if month == 10:
            step.observe("sweep", world.wang_home, "sweep", fact="打扫了门前的路")
            step.observe("liu", world.liu_home, "sweep", fact="扫了雪")
        step.to_publication()
    at = NOON.replace(year=2027, month=1, day=20)
    settled = settlements.start(village=world.village, quarter="2026Q4", by=world.clerk, at=at)
    for signer in world.committee[:2]:
        for card in settlements.cards(settled):
            settlements.view_card(settlement=settled, card=card, by=signer, at=at)
        settlements.sign(settlement=settled, word="看过", by=signer, at=at)
    publications.publish_settlement(settlement=settled, by=world.clerk, at=at)
    return at


def text(response) -> str:
    return response.content.decode()


def test_a_months_notice_is_read_without_signing_in(world, month, read):
    response = read("notice", world.village.code, 2026, 1)
    body = text(response)
    assert response.status_code == 200
    assert "柳溪村2026年10月联户评议公示" in body
    assert "柳评公〔2026〕1号" in body
    assert "2026年11月16日" in body
    assert "2026年11月21日" in body
    assert "本月评议6户" in body


def test_it_tells_nothing_of_a_single_household(world, month, read):
    body = text(read("notice", world.village.code, 2026, 1))
    for words in ["王家户", "王大爷", "刘家户", "打扫了门前的路", "东片1号", "lp-pt--"]:
        assert words not in body


def test_its_table_counts_lines_and_sums_points(world, month, read):
    body = text(read("notice", world.village.code, 2026, 1))
    row = body[body.index("社会公德") :][:300]
    assert '<td class="num" data-th="加分">3</td>' in row
    assert '<td class="num" data-th="减分">1</td>' in row
    assert '<td class="num" data-th="合计">+2.5</td>' in row  # before caps: 1 + 1 + 2.5 - 2


def test_the_root_of_the_log_is_printed_in_groups_of_four(world, month, read):
    row = Publication.objects.get()
    body = text(read("notice", world.village.code, 2026, 1))
    assert f"到第{row.log_size}条为止" in body
    assert f"<span>{row.log_root[:4]}</span><span>{row.log_root[4:8]}</span>" in body
    assert 'class="lp-qr"' in body


def test_an_extended_window_is_said_with_its_reason(world, month, read):
    row = Publication.objects.get()
    publications.extend(publication=row, days=3, why="下大雪，公告栏去不了", by=world.clerk, at=NOON)
    body = text(read("notice", world.village.code, 2026, 1))
    assert "下大雪，公告栏去不了" in body
    assert "2026年11月24日" in body


def test_a_missing_sheet_is_listed(world, read):
    october = Month(world, NOON.replace(month=10, day=20)).open()
    sheet = october.sheet(world.li)
    october.wait(20)
    assert sheet.round.sheets.filter(state="missing").exists()
    october.review_all().send().sign().publish()
    assert "东片李党员" in text(read("notice", world.village.code, 2026, 1))


def test_a_quarters_notice_counts_colours_and_names_who_agreed(world, quarter, read, client):
    with clock(quarter):
        body = text(client.get(reverse("notice", args=[world.village.code, 2027, 2])))
    assert "2026年第四季度季亮晒公示" in body
    assert "<b>2</b>户" in body  # 王 and 刘 are green
    assert "下面1户另行同意公布姓名" in body
    assert "<li>王家户</li>" in body
    assert "刘家户" not in body


def test_what_was_posted_stays_though_the_household_leaves(world, quarter, client):
    consents.withdraw(member=world.head, by=world.wang, at=quarter)
    with clock(quarter):
        assert "<b>2</b>户" in text(client.get(reverse("notice", args=[world.village.code, 2027, 2])))


def test_the_board_tells_open_notices_from_past_ones(world, month, read):
    assert "正在公示" in text(read("public_village", world.village.code))
    later = text(read("public_village", world.village.code, days=10))
    assert "现在没有正在公示的" in later
    assert "柳评公〔2026〕1号" in later


def test_the_first_page_lists_villages_that_posted(world, read):
    assert "还没有公示" in text(read("public_home"))
    posted(world)
    body = text(read("public_home"))
    assert "柳溪村" in body
    assert "桃源村" not in body


def test_a_notice_that_is_not_there_is_not_found(world, month, read):
    assert read("notice", world.village.code, 2026, 9).status_code == 404
    assert read("notice", world.elsewhere.code, 2026, 1).status_code == 404
    assert read("public_village", "000000000000").status_code == 404
    assert read("public_village", world.township.code).status_code == 404


def test_a_cache_may_keep_a_notice_and_it_is_the_same_for_everybody(world, month, read, client):
    visitor = read("notice", world.village.code, 2026, 1)
    assert "public" in visitor["Cache-Control"]
    assert "max-age=300" in visitor["Cache-Control"]
    client.force_login(world.clerk)
    assert text(read("notice", world.village.code, 2026, 1)) == text(visitor)


def test_thirty_notices_cost_as_many_queries_as_one(world, month, read):
    def cost():
        with CaptureQueriesContext(connection) as seen:
            read("public_village", world.village.code)
        return len(seen)

    one = cost()
    row = Publication.objects.get()
    for number in range(2, 31):
        Publication.objects.create(
            village=row.village, settlement=None, round=_copy_round(row.round, number), year=2025, number=number,
            content=row.content, published_at=NOON, window_ends=NOON, log_size=1, log_root="0" * 64,
        )  # fmt: skip
    assert cost() == one


def _copy_round(round, number):
    month = date(2020 + number // 12, number % 12 + 1, 1)
    return type(round).objects.create(village=round.village, month=month, opened_at=NOON)
