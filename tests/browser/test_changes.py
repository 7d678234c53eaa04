"""改动记录 in a real browser: a supervisor finds who changed what, opens its story, and the household reads about it."""

import pytest
import time_machine

from tests import people
from tests.browser.screen import DESK, PHONE
from tests.months import Month
from tests.people import NOON
from workflows import sheets

pytestmark = pytest.mark.browser


@pytest.fixture
def world(site):
    """柳溪村 at noon of 16 November, October posted but for one sheet that was returned before."""
    with time_machine.travel(NOON, tick=True):
        built = people.build()
        month = Month(built, NOON).open()
        month.observe("乱倒", built.wang_home, "litter", fact="在路口倒了一袋垃圾")
        month.file_all()
        sheets.send_back(sheet=month.sheet(built.li), why="照片看不清", by=built.shi, at=NOON)
        month.to_publication()
        yield built


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_a_supervisor_traces_a_change_and_the_household_knows_who_looked(world, window, size):
    screen = window(size).sign_in_as(world.supervisor).go("changes")
    faults = screen.see("改动记录", "月评公示，记到账上").faults(size)
    screen.fill(name="退回评户单").click("^查$").see("退回改", "这一页1条，后面没有了")
    screen.click("^退回评户单$")
    faults += screen.see("照片看不清", "片组长核单").faults(size)
    screen.go("changes").fill(kind="改了哪些内容", name="核了一件事").click("^查$").click("^核了一件事$")
    faults += screen.see("先写为什么").faults(size)
    screen.fill(open_why="查第1号异议").click("^写好了，打开$")
    faults += screen.see("投票", "记到账上的").faults(size)
    screen.click("^这一户的全部改动$")
    faults += screen.see("查第1号异议").faults(size)
    assert faults == []
    reader = window(PHONE).sign_in_as(world.wang).go("my_readings")
    reader.see("县镇监督 温监督", "查第1号异议")


def test_the_search_works_without_javascript(world, window):
    screen = window(PHONE, javascript=False).sign_in_as(world.supervision).go("changes")
    screen.fill(rule="1.2", span="从头到现在").click("^查$").see("按这些细则找")
    screen.page.get_by_text("看一户的全部改动").click()
    screen.fill(area="东片", door="1号").click("^去写为什么$").see("先写为什么")
