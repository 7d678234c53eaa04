"""我的积分: every line explained to the household's consenting adults, and to nobody else."""

from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from governance import consents, holds, readings
from governance.models import Consent
from tests import people
from tests.months import photo
from tests.people import NOON
from tests.published import STORY, clock, entry, posted


@pytest.fixture
def month(world):
    return posted(world)


@pytest.fixture
def page(client, world):
    def get(user=world.wang, name="my_points", *args, query="", **later):
        client.force_login(user)
        with clock(**later):
            return client.get(reverse(name, args=args) + query)

    return get


def text(response) -> str:
    return response.content.decode()


def test_the_household_reads_where_each_point_comes_from(month, page):
    body = text(page())
    assert "<b>101</b><span>分</span>" in body  # 100 + 1 - 2 + 2
    assert "比起始分多1分" in body
    for words in ["打扫了门前的路", "在路口倒了一袋垃圾", "清了村东水渠", "细则2.1，5小时，照片1张"]:
        assert words in body
    assert "每小时0.5分，合2.5分；一个月最多2分，所以记2分。" in body
    assert "累计101" in body


def test_the_colour_of_an_open_quarter_is_not_shown(month, page):
    assert "lp-status--" not in text(page())


def test_each_line_in_its_window_can_be_objected_to(month, page):
    body = text(page())
    for name, _words, _extra in STORY:
        assert reverse("objection_file", args=[entry(month, name).key]) in body
    assert "11月21日" in body


def test_after_the_window_a_line_says_what_can_still_be_done(month, page):
    body = text(page(days=8))
    assert "我有异议</a>" not in body
    assert "公示期过了，还能提" in body


def test_a_held_deduction_does_not_count_and_says_so(world, month, page):
    holds.place(entry=entry(month, "litter"), cause=f"objection:{uuid4()}", by=world.wang, at=NOON)
    body = text(page())
    assert "<b>103</b><span>分</span>" in body
    assert "您提了异议，办完以前这条不算分。" in body
    assert "lp-entry--held" in body


def test_a_quarter_without_lines_is_the_base_and_says_so(world, page):
    body = text(page())
    assert "这一季还没有记分" in body
    assert "<b>100</b>" in body


def test_who_has_not_agreed_is_led_to_the_consent_page(world, month, page, client):
    wife = people.account("刘大妈")
    people.adult(world.wang_home, "刘大妈", wife)
    for name, args in [("my_points", []), ("my_line", [entry(month, "sweep").key]), ("my_readings", [])]:
        assert page(wife, name, *args).url == reverse("my_consent")


def test_after_withdrawal_there_is_no_score_page(world, month, page):
    consents.withdraw(member=world.head, by=world.wang, at=NOON)
    assert page().url == reverse("my_consent")


def test_a_member_sees_nothing_once_the_head_has_withdrawn(world, month, page):
    wife = people.account("刘大妈")
    people.consent(people.adult(world.wang_home, "刘大妈", wife))
    assert page(wife).status_code == 200
    consents.withdraw(member=world.head, by=world.wang, at=NOON)
    assert page(wife).url == reverse("my_consent")


def test_an_account_bound_to_nobody_is_led_to_binding(world, page):
    assert page(world.stranger).url == reverse("bind")


def test_a_visitor_signs_in_first(client, world):
    assert client.get(reverse("my_points")).url.startswith(reverse("account_login"))


def test_a_line_tells_its_rule_its_evidence_and_who_did_what(month, page):
    body = text(page(month.world.wang, "my_line", entry(month, "litter").key))
    assert "在公共地方乱倒垃圾" in body
    assert "柳溪村评分细则第1版" in body
    for who in ["联户党员", "承包组长", "和治理事会", "村两委", "文书"]:
        assert who in body
    assert "投票通过：同意" in body
    assert reverse("evidence", args=[month.items["litter"].evidence.get().key]) in body


def test_no_name_of_rater_leader_or_voter_is_told(world, month, page):
    body = text(page(world.wang, "my_line", entry(month, "litter").key))
    for user in [world.li, world.shi, *world.council]:
        assert user.name not in body


def test_the_line_of_another_household_is_not_found(month, page):
    assert page(month.world.wang, "my_line", entry(month, "liu").key).status_code == 404


@pytest.mark.parametrize("quarter", ["2026Q2", "2027Q1", "2025Q4", "rubbish", "2026Q9"])
def test_only_quarters_of_the_household_are_found(world, page, quarter):
    found = page(query=f"?quarter={quarter}").status_code
    assert found == (200 if quarter == "2026Q2" else 404)


def test_who_looked_is_shown_with_role_and_reason(world, page):
    readings.log_reading(user=world.clerk, subject=world.wang_home, role="clerk", why="替他看公示", at=NOON)
    body = text(page(world.wang, "my_readings"))
    assert "文书 沈文书" in body
    assert "替他看公示" in body
    assert "近30天有1人次" in text(page())


def test_nobody_looked_yet(world, page):
    assert "还没有人看过" in text(page(world.wang, "my_readings"))


def test_a_helper_asked_for_is_said(world, page):
    people.consent(world.head, Consent.Purpose.HELPER)
    assert "您请过了" in text(page())


def test_thirty_lines_cost_as_many_queries_as_one(world, page):
    posted(world, facts=[("sweep", f"扫路{n}", {"photos": (photo(),)}) for n in range(30)])
    neighbour = people.account("刘大婶")
    world.liu_home.members.update(user=neighbour)
    counts = []
    for user in [neighbour, world.wang]:
        page(user)  # what is read once per process is read here
        with CaptureQueriesContext(connection) as seen:
            body = text(page(user))
        counts.append(len(seen))
    assert body.count("扫路") == 30
    assert counts[0] == counts[1]
