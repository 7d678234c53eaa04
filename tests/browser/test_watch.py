"""The watch and the second look, on a phone and on a desk, as their readers go through them."""

from datetime import date

import pytest
import time_machine

from oversight.models import Finding
from oversight.watch import look
from tests import people
from tests.browser.screen import DESK, PHONE
from tests.months import Month
from tests.oversight.conftest import noon
from workflows.models import SecondRating

pytestmark = pytest.mark.browser
LATER = noon(date(2026, 10, 28))
TABS = ("findings", "people", "changed", "steps", "second")


@pytest.fixture
def world(site):
    """柳溪村 at the end of October."""
    with time_machine.travel(LATER, tick=True):
        yield people.build()


def three_months(world):
    more = [people.household(f"{n}号", world.east, f"马{n}叔", rater=world.li) for n in (9, 51, 52)]
    for number in (7, 8, 9):
        first = date(2026, number, 1)
        made = Month(world, noon(first), first).open()
        made.at = noon(date(2026, number, 20))
        for n, home in enumerate((world.wang_home, world.liu_home, *more)):
            made.observe(str(n), home, "sweep")
        made.to_publication().wait(6)
    look.look(village=world.village, by=None, at=LATER)
    return made


def test_a_finding_is_answered_on_a_phone_and_closed_at_a_desk(world, window):
    three_months(world)
    faults = []
    phone = window(PHONE).sign_in_as(world.li).go("todo").click("监督想听您说一句")
    faults += phone.faults(PHONE)
    phone.fill(answer="每月一次一起扫路。").click("^就这样说$").see("记下了，监督会看", "每月一次一起扫路。")
    desk = window(DESK).sign_in_as(world.supervision).go("todo").click("有人说明了")
    desk.click("李党员：连着几个月家家一个样").see("每月一次一起扫路。")
    faults += desk.faults(DESK, PHONE)
    desk.fill(why="看了签到表，没事。").click("^办结$").see("看了签到表，没事。")
    for tab in TABS:
        desk.open(f"/villages/{world.village.code}/watch/?tab={tab}&months=12")
        faults += desk.faults(DESK, PHONE)
    desk.go("watch_person", world.village.code, world.li.key)
    faults += desk.faults(DESK, PHONE)
    faults += desk.go("watch_all").faults(DESK, PHONE)
    faults += phone.go("findings_mine").faults(PHONE)
    assert faults == []
    assert Finding.objects.get(kind="identical").state == "closed"


@pytest.mark.parametrize("javascript", [True, False])
def test_a_household_is_looked_at_again_in_three_taps(world, window, javascript):
    october = Month(world, noon(date(2026, 10, 25)), date(2026, 10, 1)).open().to_review()
    october.round.second_ratings.all().delete()
    row = SecondRating.objects.create(
        village=world.village, round=october.round, area=world.east, subject=world.wang_home, rater=world.zhou,
        asked_at=LATER,
    )  # fmt: skip
    phone = window(PHONE, javascript=javascript).sign_in_as(world.zhou).go("todo")
    phone.click("抽到您再看一户").see("王家户")
    faults = phone.faults(PHONE) if javascript else []
    phone.choose("没变化").click("^就这样，交了$").see("记下了，谢谢")
    row.refresh_from_db()
    assert (row.state, row.rules, faults) == ("answered", [], [])
