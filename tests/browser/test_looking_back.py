"""A supervisor looks back, replays a quarter and opens a household's sheet; the household prints its own on one page."""

import re

import pytest
import time_machine

from governance import rulebooks
from tests import people
from tests.browser.screen import DESK, PHONE
from tests.months import Month
from tests.oversight import ledgers
from tests.oversight.looking_back import AUGUST
from tests.people import NOON

pytestmark = pytest.mark.browser
LINES = 10  # what a household of a real county has in a quarter


@pytest.fixture
def world(site):
    """柳溪村, written in August, on 16 November: October posted, the third quarter posted."""
    with time_machine.travel(AUGUST, tick=False):
        built = people.build()
        ledgers.homes(built, 12)
    with time_machine.travel(NOON, tick=True):
        ledgers.line(built, built.wang_home, "litter", -20)
        ledgers.post(built)
        built.month = Month(built, NOON).open()
        for n in range(LINES):
            rule = ("litter", "sweep")[n % 2]
            built.month.observe(
                f"{n}", built.wang_home, rule, fact=f"第{n}件事，写得长一点，看印出来放不放得下"
            )
        built.month.to_publication()
        built.draft = rulebooks.copy(rulebook=built.rulebook, by=built.clerk, at=NOON)
        yield built


def test_a_supervisor_goes_from_a_day_to_a_household_s_sheet(world, window):
    screen = window(DESK).sign_in_as(world.supervision).go("asof_rulebook", world.village.code)
    faults = screen.faults(PHONE, DESK)
    screen.fill(then="2026-08-20").click("^看$").see("一条也没有变")
    screen.click("^户册$").see("东片")
    faults += screen.faults(PHONE, DESK)
    screen.fill(words="王家户").click("找一户").click("东片的一户").see("先写为什么")
    screen.fill(open_why="查第3号异议").click("写好了").see("您看这一户")
    faults += screen.faults(PHONE, DESK)
    screen.open(
        f"{screen.page.url.removeprefix(screen.site).partition('?')[0]}?quarter=2026Q4&then=2026-11-10"
    )
    screen.see(f"新加{LINES}，去掉0，改了0")
    faults += screen.faults(PHONE, DESK)
    screen.go("asof_roles", world.village.code).see("沈文书")
    faults += screen.faults(PHONE, DESK)
    assert faults == []


def test_a_quarter_is_replayed_and_a_draft_tried(world, window):
    screen = window(DESK).sign_in_as(world.supervisor).go("replays", world.village.code)
    screen.click("^重算$").see("核了18户，全部对得上")
    faults = screen.faults(PHONE, DESK)
    world.draft.rules.get(number="1.2").delete()
    screen.go("rulebook", world.draft.key).click("拿上季的账试算").see("不过线", "没有算进去的")
    faults += screen.faults(PHONE, DESK)
    assert faults == []


def test_the_household_prints_ten_lines_with_all_that_is_behind_them_on_one_page(world, window):
    screen = window(PHONE).sign_in_as(world.wang).go("my_points").click("每一条的依据").see("每一条的依据")
    faults = screen.faults(PHONE, DESK)
    pages = [printed(screen)]
    line = world.month.items["0"]
    line.refresh_from_db()
    screen.go("my_line", line.entry.key).see("表决和签字", "打印这一条")
    faults += screen.faults(PHONE, DESK)
    pages.append(printed(screen))
    assert (faults, pages) == ([], [1, 1])


def printed(screen) -> int:
    """How many A4 pages the page takes on paper."""
    return len(re.findall(rb"/Type\s*/Page\b", screen.page.pdf(prefer_css_page_size=True)))
