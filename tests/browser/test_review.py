"""The council's queue and case in a browser: the case one has opened is the one one votes on."""

import pytest
import time_machine
from playwright.sync_api import expect

from tests import people
from tests.browser.screen import DESK, PHONE
from tests.months import Month
from tests.people import NOON

pytestmark = pytest.mark.browser

FIRST, SECOND = "院子里堆了垃圾", "路口倒了一袋垃圾"


@pytest.fixture
def world(site):
    """柳溪村, at noon of 16 November."""
    with time_machine.travel(NOON, tick=True):
        yield people.build()


@pytest.fixture
def queue(world, window):
    """The queue of a month with two deductions, before a member of the council: queue(size)."""
    month = Month(world, NOON).open()
    month.observe("院子", world.wang_home, "litter", fact=FIRST)
    month.observe("路口", world.liu_home, "litter", fact=SECOND)
    month.file_all().confirm_all()

    def open_queue(size):
        return window(size).sign_in_as(world.lin).go("review", month.round.key)

    return open_queue


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("opened", [FIRST, SECOND])
def test_the_line_that_was_tapped_stays(queue, size, opened):
    screen = queue(size)
    screen.page.get_by_role("link", name=opened).click()
    expect(screen.page.locator("#case h2")).to_have_text(opened)
    screen.choose("^同意")
    screen.page.wait_for_load_state("networkidle")
    expect(screen.page.locator("#case h2")).to_have_text(opened)
    expect(screen.page.get_by_label("同意").first).to_be_checked()


@pytest.fixture
def slow(queue):
    """The queue at a desk with the first case open; what is asked from then on waits in `slow.waiting`."""
    screen = queue(DESK)
    screen.case, screen.waiting = screen.page.locator("#case"), []
    expect(screen.case.locator("h2")).to_have_text(FIRST)
    screen.page.route("**/review/**", lambda route: screen.waiting.append(route))
    return screen


def _tap(screen, words):
    """Open a line; returns when what it asks for has come to wait: a tap too early would go unasked."""
    asked = len(screen.waiting)
    screen.page.get_by_role("link", name=words).click()
    for _ in range(200):
        if len(screen.waiting) > asked:
            return
        screen.page.wait_for_timeout(50)
    raise AssertionError(f"{words}: nothing was asked for")


def test_a_case_about_to_be_replaced_cannot_be_chosen_in(slow):
    _tap(slow, SECOND)
    expect(slow.case).to_have_js_property("inert", True)
    slow.waiting[0].continue_()
    expect(slow.case.locator("h2")).to_have_text(SECOND)
    expect(slow.case).to_have_js_property("inert", False)
    slow.choose("^不同意")
    expect(slow.page.get_by_label("不同意").first).to_be_checked()


def test_the_last_of_two_quick_taps_counts(slow):
    _tap(slow, SECOND)
    _tap(slow, FIRST)
    expect(slow.case).to_have_js_property("inert", True)
    slow.waiting[1].continue_()
    expect(slow.case).to_have_js_property("inert", False)
    slow.waiting[0].continue_()
    slow.page.wait_for_load_state("networkidle")
    expect(slow.case.locator("h2")).to_have_text(FIRST)
    expect(slow.case).to_have_js_property("inert", False)
