"""The main pages of each role: fit for a phone, readable for everybody, quiet console; and without JavaScript."""

from datetime import timedelta

import pytest
import time_machine

from governance.models import Rulebook
from tests import people
from tests.browser.screen import DESK, PHONE
from tests.months import Month, photo
from tests.people import NOON
from workflows import settlements
from workflows.models import SheetLine

pytestmark = pytest.mark.browser

SWEPT = "扫了门前的路"
LAPTOP = {"width": 1280, "height": 800}
JANUARY = NOON + timedelta(days=50)


@pytest.fixture
def world(site):
    """柳溪村, at noon of 16 November."""
    with time_machine.travel(NOON, tick=True) as clock:
        built = people.build()
        built.clock = clock
        yield built


@pytest.fixture
def october(world) -> Month:
    """October, open, with one fact of each kind."""
    month = Month(world, NOON).open()
    month.observe("扫路", world.wang_home, "sweep", fact=SWEPT)
    month.observe("乱倒", world.wang_home, "litter", fact="在路口倒了一袋垃圾")
    month.observe("清渠", world.liu_home, "volunteer", fact="清了村东水渠", quantity_milli=5000)
    return month


@pytest.fixture
def look(window):
    """look(user, size, pages): opens pages as somebody, at the size they work at; `look.faults` is what was wrong."""

    def at_pages(user, size, *pages):
        screen = window(size)
        if user:
            screen.sign_in_as(user)
        for name, *args in pages:
            at_pages.faults += screen.go(name, *args).faults(size)
        return screen

    at_pages.faults = []
    return at_pages


def test_each_role_s_pages_are_fit_to_read_through_month_and_quarter(october, world, look):
    here, month = world.village.code, october.round
    look_around_the_desk(world, look)
    sheet = october.sheet(world.li).key
    to_rate = ("observation_add", sheet, world.wang_home.key)
    look(world.li, PHONE, ("todo",), ("sheet", sheet), to_rate, ("sheet_check", sheet))
    october.file_all()
    for size in (PHONE, DESK):
        look(world.shi, size, ("area", month.key))
    october.confirm_all()
    look(world.lin, DESK, ("todo",), ("review_send", month.key))
    for size in (PHONE, LAPTOP, DESK):
        look(world.lin, size, ("review", month.key))
    october.review_all().send()
    look(world.committee[0], DESK, ("round_sign", month.key))
    october.sign()
    look(world.clerk, DESK, ("round", month.key), ("round_publish", month.key))
    october.publish()
    look_as_a_resident(october, world, look)
    look_as_a_visitor(month, here, look)
    look_at_the_quarter(world, look)
    assert look.faults == []


def look_around_the_desk(world, look):
    by_village = ["people", "appoint", "links", "imports", "policy", "rulebooks", "rounds", "desk"]
    book = Rulebook.objects.get(village=world.village)
    pages = [*((name, world.village.code) for name in by_village), ("rulebook", book.key)]
    look(world.clerk, DESK, *pages)
    for size in (PHONE, DESK):
        look(world.clerk, size, ("roster", world.village.code), ("subject", world.wang_home.key))


def look_as_a_resident(october, world, look):
    item = october.items["扫路"]
    item.refresh_from_db()
    pages = [("my_points",), ("my_line", item.entry.key), ("my_consent",), ("objection_file", item.entry.key)]
    screen = look(world.wang, PHONE, *pages, ("my_readings",))
    screen.open("/display/?mode=elder&next=/my/").see(SWEPT)
    for name, *args in pages:
        look.faults += screen.go(name, *args).faults(PHONE)


def look_as_a_visitor(month, here, look):
    notice = month.publication
    pages = [
        ("account_login",),
        ("bind",),
        ("public_village", here),
        ("notice", here, notice.year, notice.number),
    ]
    look(None, PHONE, *pages)


def look_at_the_quarter(world, look):
    world.clock.move_to(JANUARY)
    quarter = settlements.start(village=world.village, quarter="2026Q4", by=world.clerk, at=JANUARY)
    card = settlements.cards(quarter).get(subject=world.wang_home)
    for size in (PHONE, DESK):
        look(
            world.committee[0], size, ("settlement", quarter.key), ("settlement_card", quarter.key, card.key)
        )


def test_a_sheet_is_rated_and_handed_in_without_javascript(world, window):
    sheet = Month(world, NOON).open().sheet(world.li)
    screen = window(PHONE, javascript=False).sign_in_as(world.li).go("sheet", sheet.key).click("^王家户$")
    screen.fill(fact="清了村东水渠", occurred_on="2026-10-10", rule="参加村里的志愿服务").click("^算一算$")
    screen.fill(quantity="3").click("^算一算$").see("合1.5分")
    picture = {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": photo().read()}
    screen.fill(id_photos=picture).click("^存好，评下一户$").see("王家户记好了")
    screen.go("sheet", sheet.key).click("户本月都没变化$").click("^看一遍，交单$").click("^都对，交单$")
    screen.see("的单交了")
    item = sheet.observations.get()
    assert (item.subject, item.raw_tenths, item.evidence.count()) == (world.wang_home, 15, 1)
    assert sheet.lines.get(subject=world.liu_home).verdict == SheetLine.Verdict.NOTHING


def test_what_is_wrong_with_a_page_is_found(window):
    screen = window(PHONE).go("account_login")
    with screen.page.expect_console_message():
        screen.page.evaluate("document.body.setAttribute('style', 'color: red')")
    with pytest.raises(AssertionError, match="Content Security Policy"):
        screen.no_complaints()
    screen.complaints.clear()
    screen.page.set_content("<main><table width=900><tr><td><img src='data:,'></table></main>")
    faults = "\n".join(screen.faults(PHONE))
    assert "px too wide" in faults
    assert "critical image-alt" in faults
