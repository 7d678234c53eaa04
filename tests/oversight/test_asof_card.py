"""One household's scorecard as of a day: behind the gate, explained line by line, compared with another day."""

from datetime import date, timedelta
from io import BytesIO
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from governance import consents, holds, subjects
from governance.models import Kinship, Reading, Scorecard
from tests import people
from tests.months import photo
from tests.oversight.looking_back import built, clock, opened, text
from tests.people import NOON
from tests.published import entry, posted
from tests.workflows import settled

TODAY, BEFORE = date(2026, 11, 16), date(2026, 11, 10)


@pytest.fixture
def world(db):
    return built()


@pytest.fixture
def month(world):
    return posted(world)


# -- the gate ----------------------------------------------------------------------------------------------------


def test_without_a_reason_nothing_of_the_household_is_shown(client, month):
    world = month.world
    client.force_login(world.supervisor)
    with clock():
        for name in ("asof_card", "asof_card_export"):
            body = text(client.get(reverse(name, args=[world.wang_home.key])))
            assert "先写为什么" in body
            assert world.wang_home.name not in body
            assert "<b>101" not in body
    assert not Reading.objects.exists()


def test_with_a_reason_the_sheet_opens_and_the_household_reads_who_looked(client, month):
    world = month.world
    body = text(opened(client, world.supervisor, world.wang_home))
    assert "<b>101</b>" in body
    client.force_login(world.wang)
    with clock():
        looked = text(client.get(reverse("my_readings")))
    assert "温监督" in looked
    assert "查第3号异议" in looked


def test_after_half_an_hour_the_reason_is_asked_for_again(client, month):
    world = month.world
    opened(client, world.supervisor, world.wang_home)
    with clock(minutes=31):
        body = text(client.get(reverse("asof_card", args=[world.wang_home.key])))
    assert "先写为什么" in body


def test_a_reason_for_one_household_opens_no_other(client, month):
    world = month.world
    opened(client, world.supervisor, world.wang_home)
    with clock():
        assert "先写为什么" in text(client.get(reverse("asof_card", args=[world.liu_home.key])))


def test_kin_of_the_household_and_those_who_do_not_supervise_it_are_kept_out(client, month):
    world = month.world
    people.kin(world.supervision, world.wang_home)
    assert opened(client, world.supervision, world.wang_home).status_code == 403
    for user in (world.clerk, world.officer, world.elsewhere_clerk, world.stranger):
        assert opened(client, user, world.wang_home).status_code == 404
    assert Kinship.objects.exists()


def test_evidence_opens_with_the_file_and_only_then(client, month):
    world = month.world
    address = reverse("evidence", args=[month.items["litter"].evidence.get().key])
    client.force_login(world.supervisor)
    with clock():
        assert client.get(address).status_code == 404
    assert address in text(opened(client, world.supervisor, world.wang_home))
    other = reverse("evidence", args=[month.items["liu"].evidence.get().key])
    with clock():
        assert client.get(address).status_code == 200
        assert client.get(other).status_code == 404


# -- as of a day -------------------------------------------------------------------------------------------------


def test_the_sheet_tells_rule_evidence_votes_hands_and_signatures(client, month):
    body = text(opened(client, month.world.supervisor, month.world.wang_home))
    for words in (
        "在路口倒了一袋垃圾", "细则1.2“在公共地方乱倒垃圾”，每次减2分", "第1版", "照片1", "表决：同意",
        "承包组长", "签字：村两委", "文书张贴公示", "前可提异议",
    ):  # fmt: skip
        assert words in body
    assert "我有异议</a>" not in body


def test_no_voter_rater_or_leader_is_named(client, month):
    world = month.world
    body = text(opened(client, world.supervisor, world.wang_home))
    for user in (world.li, world.shi, *world.council, *world.committee):
        assert user.name not in body


def test_before_the_month_was_posted_there_is_only_the_start(client, month):
    body = text(opened(client, month.world.supervisor, month.world.wang_home, on=BEFORE))
    assert "<b>100</b>" in body
    assert "这一季没有记分" in body


def test_two_days_differ_by_the_lines_between_them(client, month):
    body = text(opened(client, month.world.supervisor, month.world.wang_home, on=TODAY, then=BEFORE))
    assert "<b>100分</b>" in body
    assert "<b>101分</b>" in body
    assert "新加3，去掉0，改了0" in body


def test_a_line_that_was_held_meanwhile_is_a_change(client, world):
    at = NOON - timedelta(days=5)
    month = posted(world, at=at)
    with clock(days=-2):
        holds.place(
            entry=entry(month, "litter"),
            cause=f"objection:{uuid4()}",
            by=world.wang,
            at=NOON - timedelta(days=2),
        )
    body = text(
        opened(client, world.supervisor, world.wang_home, on=TODAY, then=(NOON - timedelta(days=3)).date())
    )
    assert "算几分" in body
    assert '<td data-th="原来">−2</td><td data-th="现在">暂不计</td>' in body


def test_a_settled_quarter_is_shown_as_it_was_signed_then_and_corrected_since(client, world):
    month = settled.october(world)
    settled.posted(world)
    settled.take_out(world, settled.line(month, "乱倒"))
    address = reverse("asof_card", args=[world.wang_home.key])
    with clock(days=62):
        client.force_login(world.supervisor)
        client.post(address, {"open_why": "查这一季更正"})
        then = text(client.get(address, {"quarter": "2026Q4", "on": "2027-01-15"}))
        early = text(client.get(address, {"quarter": "2026Q4", "on": "2026-12-31"}))
    assert "待提升户" in then
    assert "签了字" in then
    assert "重算一遍，一致" in then
    assert "颜色还没定" in early
    assert "重算一遍" not in early


def test_a_card_changed_behind_the_application_is_named_with_both_values(client, world):
    settled.october(world)
    settled.posted(world)
    Scorecard.objects.filter(subject=world.wang_home).update(total_tenths=1200)
    address = reverse("asof_card", args=[world.wang_home.key])
    with clock(days=62):
        client.force_login(world.supervisor)
        client.post(address, {"open_why": "查这一季重算"})
        body = text(client.get(address, {"quarter": "2026Q4"}))
    assert "重算一遍，对不上" in body
    assert '<td>合计</td><td class="num">120</td><td class="num">96</td>' in body


# -- households one may not see ----------------------------------------------------------------------------------


@pytest.mark.parametrize("case", ["never agreed", "withdrew", "not yet"])
def test_without_consent_the_page_says_the_same_neutral_sentence(client, month, case):
    world, home, on = month.world, month.world.wang_home, TODAY
    if case == "never agreed":
        home = world.chen_home
    elif case == "withdrew":
        consents.withdraw(member=world.head, by=world.wang, at=NOON)
    else:
        on = date(2026, 2, 1)
    body = text(opened(client, world.supervisor, home, on=on))
    assert "那天还没有这一户的诚信档案" in body
    assert "<b>100</b>" not in body
    with clock():
        export = client.get(reverse("asof_card_export", args=[home.key]), {"on": on})
    assert export.status_code == 422


def test_a_closed_file_is_still_there_to_look_into(client, month):
    world = month.world
    subjects.close(subject=world.wang_home, on=TODAY, why="搬走了", by=world.clerk, at=NOON)
    assert "<b>101</b>" in text(opened(client, world.supervisor, world.wang_home))


# -- out -----------------------------------------------------------------------------------------------------------


def test_the_sheet_goes_into_a_spreadsheet_without_formulas(client, world):
    posted(world, facts=[("sweep", "=1+1", {})])
    opened(client, world.supervisor, world.wang_home)
    with clock():
        answer = client.get(reverse("asof_card_export", args=[world.wang_home.key]), {"on": TODAY})
    sheet = load_workbook(BytesIO(answer.content)).active
    assert [cell.value for cell in sheet[2]][:5] == [
        "2026-10-10", "1.1", "第1版", "=1+1", "每次加1分，要照片",
    ]  # fmt: skip
    assert sheet.cell(2, 4).data_type == "s"


def test_thirty_lines_cost_as_many_queries_as_one(client, world):
    posted(world, facts=[("sweep", f"扫路{n}", {"photos": (photo(),)}) for n in range(30)])
    counts = []
    for home in (world.liu_home, world.wang_home):
        opened(client, world.supervisor, home)
        with clock(), CaptureQueriesContext(connection) as seen:
            body = text(client.get(reverse("asof_card", args=[home.key])))
        counts.append(len(seen))
    assert body.count("扫路") == 30
    assert counts[0] == counts[1]
