"""What a supervisor and the office see of all cases together: figures, alarms, absences. Never a household."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from appeals import decisions, objections
from appeals.against import Against
from appeals.models import Delegation
from appeals.workbench import figures
from governance.access import villages
from governance.spreadsheets import read_table
from tests import people
from tests.appeals.cases import Case
from tests.people import NOON
from tests.published import clock
from tests.workflows.pages import browser, text


@pytest.fixture(autouse=True)
def _now():
    with clock():
        yield


@pytest.fixture
def case(world, month) -> Case:
    return Case(world, month, at=NOON + timedelta(hours=1))


def report(case) -> figures.Report:
    where = villages(case.world.officer, "officer", at=case.at)
    return figures.report(where, date(2026, 11, 1), date(2026, 12, 31))


def page(user, name, **query):
    return browser(user).get(reverse(name), query)


def test_a_case_counts_where_it_ended(case, world):
    case.file().accept().wait(days=2).decide("rejected").ask_review("还是不对").decide(
        "upheld", by=world.panel[0]
    )
    whole = report(case).whole
    assert (whole.received, whole.decided, whole.upheld, whole.share) == (1, 1, 1, "100%")
    assert (whole.reviewed, whole.overturned, whole.days, whole.lapsed) == (1, 1, [2], 0)


def test_what_nobody_decided_is_counted_as_lapsed_and_for_the_household(case):
    case.file().accept().to_due()
    whole = report(case).whole
    assert (whole.lapsed, whole.upheld, whole.open) == (1, 1, 0)


def test_a_rater_s_cases_stand_beside_what_they_had_posted(case, world):
    decisions.refuse(objection=case.file().row, grounds="办过", by=world.officer, at=case.at)
    [(name, found)] = report(case).raters
    assert name == "李党员"
    assert (found.received, found.rated) == (1, 0)  # October's entries are of other days
    where = villages(world.officer, "officer", at=case.at)
    assert figures.report(where, date(2026, 10, 1), date(2026, 11, 30)).raters[0][1].rated == 4


def test_nine_of_ten():
    assert figures.nth([], 50) is None
    assert figures.nth([3], 90) == 3
    assert figures.nth(range(1, 11), 50) == 5
    assert figures.nth(range(1, 11), 90) == 9


def test_the_figures_name_no_household_and_go_out_as_a_table(case, world):
    case.file()
    for user in (world.officer, world.panel[0], world.supervisor, world.supervision):
        shown = text(page(user, "case_statistics"))
        assert "柳溪村" in shown
        assert "王家" not in shown
    assert page(world.clerk, "case_statistics").status_code == 403
    table = read_table(page(world.officer, "case_statistics_export").content)
    assert table[1][1] == "1"
    assert "没有人提异议" in text(
        page(world.officer, "case_statistics", first="2020-01-01", last="2020-02-01")
    )
    assert page(world.officer, "case_statistics", first="x", village="y").status_code == 200


def test_the_figures_ask_as_much_for_many_cases_as_for_one(case, world):
    case.file()
    asked = []
    for first in (60, 70):
        for door in range(first, first + 6):
            home = people.household(f"{door}号", world.east, f"何{door}", rater=world.li)
            objections.file(
                against=Against.missing(home, date(2026, 10, 16), world.rules["sweep"]), text="漏了", how="desk",
                for_member=home.members.get(), by=world.clerk, at=NOON,
            )  # fmt: skip
        for name in ("case_statistics", "cases_alarms"):
            with CaptureQueriesContext(connection) as queries:
                page(world.officer, name)
            asked.append(len(queries))
    assert asked[:2] == asked[2:]


def test_where_nobody_may_act_the_supervisor_reads_it_first(case, world):
    case.file()
    assert "没有人能办，0件" in text(page(world.supervisor, "cases_alarms"))
    for user in (world.officer, *world.panel, world.supervisor):
        people.kin(user, world.wang_home)
    shown = text(page(world.supervisor, "cases_alarms"))
    assert "没有人能办，1件" in shown
    assert case.row.number in shown
    assert "王家" not in shown


def test_days_that_passed_are_told(case, world):
    case.file().accept().to_due()
    with clock(case.at):
        assert "减分自动撤了" in text(page(world.supervisor, "cases_alarms"))


def test_while_away_another_handles_the_cases(case, world):
    second = people.person("钱专员", "officer", world.township)
    case.file().accept()
    officer = browser(world.officer)
    sent = {"to": str(second.key), "starts": "2026-11-16", "ends": "2026-11-20", "why": "出差"}
    assert officer.post(reverse("delegations"), sent | {"ends": "2026-11-01"}).status_code == 422
    assert officer.post(reverse("delegations"), sent).status_code == 302
    assert "您正在替别人办" in text(page(second, "delegations"))
    address = reverse("case_act", args=[case.row.key, "extend"])
    assert browser(second).post(address, {"days": "1", "why": "等照片"}).status_code == 302
    row = Delegation.objects.get()
    assert browser(second).post(reverse("delegation_end", args=[row.key])).status_code == 404
    officer.post(reverse("delegation_end", args=[row.key]))
    row.refresh_from_db()
    assert row.ends == date(2026, 11, 16)
    assert page(world.clerk, "delegations").status_code == 403
