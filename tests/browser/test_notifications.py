"""A resident reads what is new, somebody tries how they are told, the clerk carries slips; phone and desktop."""

import pytest
import time_machine
from playwright.sync_api import expect

from notifications.models import Channel, Delivery
from tests import people
from tests.browser.screen import DESK, PHONE
from tests.notifications.made import with_phone
from tests.notifications.messages import State, delivery, inbox_of, message, slip
from tests.people import NOON

pytestmark = pytest.mark.browser


def test_a_resident_opens_what_is_new(window):
    screen, faults = window(PHONE), []
    with time_machine.travel(NOON, tick=True):
        world = people.build()
        screen.sign_in_as(world.wang).go("inbox").see("还没有通知")
        faults += screen.faults(PHONE, DESK)
        inbox_of(world.wang, world.village, 4, read=2)
        failed = message(world.wang, world.village, title="镇里收下了您的异议")
        delivery(failed)
        delivery(failed, Channel.SMS, State.FAILED, error="SendError")
        screen.go("inbox").see("3条没读", "未读", "第4条通知", "发不出去")
        faults += screen.faults(DESK, PHONE)
        screen.picture("inbox")
        screen.page.set_viewport_size(DESK)
        screen.picture("inbox-desk")
        screen.click("镇里收下了您的异议").see("2条没读")
        screen.click("都标成已读").see("2条标成已读了").click("退回去").see("2条又是没读的")
        screen.page.locator("summary", has_text="找一条").click()
        screen.fill(q="第1条").click("^查$").see("第1条通知").miss("第4条通知")
        screen.fill(q="没有这样的").click("^查$").see("没有找到")
        faults += screen.faults(DESK, PHONE)
        screen.page.goto(f"{screen.site}/display/?mode=elder&next=/notifications/")
        screen.page.goto(f"{screen.site}/display/?text=4&next=/notifications/")
        faults += screen.faults(PHONE)
        screen.picture("inbox-elder")
    assert not faults, "\n".join(faults)


def test_the_clerk_prints_carries_and_notes_slips(window):
    screen, faults = window(DESK), []
    with time_machine.travel(NOON, tick=True):
        world = people.build()
        screen.sign_in_as(world.clerk).go("handouts", world.village.code).see("没有等着送的纸条")
        faults += screen.faults(PHONE, DESK)
        for home in (world.liu_home, world.zhao_home, world.sun_home):
            slip(home)
        slip(world.liu_home, title="公示期还剩三天")
        screen.go("handouts", world.village.code).see("3户等着送", "东片", "2号", "西片")
        faults += screen.faults(PHONE, DESK)
        screen.picture("handouts")
        screen.page.set_viewport_size(PHONE)
        screen.picture("handouts-phone")
        screen.page.set_viewport_size(DESK)
        screen.click("打印选中的").see("刘家户", "公示期还剩三天", "沿虚线剪开")
        faults += screen.faults(PHONE, DESK)
        screen.picture("handouts-print")
        screen.page.emulate_media(media="print")
        screen.page.pdf(path="var/browser/handouts.pdf", prefer_css_page_size=True)
        screen.page.emulate_media(media="screen")
        screen.fill(to="本人").click("^都送到了$").see("4张记成送到了", "本人")
        faults += screen.faults(PHONE, DESK)
        screen.picture("handouts-done")
        screen.click("记错了，退回去").see("4张又在等着送", "3户等着送")
    assert Delivery.objects.filter(channel=Channel.SLIP, state=State.WAITING).count() == 4
    assert not faults, "\n".join(faults)


def test_the_clerk_sees_what_arrived(window):
    screen, faults = window(DESK), []
    with time_machine.travel(NOON, tick=True):
        world = people.build()
        screen.sign_in_as(world.clerk).go("deliveries").see("这些天没有通知")
        faults += screen.faults(PHONE, DESK)
        inbox_of(world.wang, world.village, 5)
        delivery(
            message(world.liu_home and world.stranger, world.village),
            Channel.SMS,
            State.FAILED,
            error="号码不对",
        )
        slip(world.liu_home)
        screen.go("deliveries").see("短信", "纸条", "发不出去的", "号码不对")
        faults += screen.faults(PHONE, DESK)
        screen.picture("deliveries")
    assert not faults, "\n".join(faults)


def test_somebody_says_how_they_want_to_be_told_and_tries_it(window):
    screen, faults = window(PHONE), []
    with time_machine.travel(NOON, tick=True):
        world = people.build()
        with_phone(world.li)
        screen.sign_in_as(world.li).go("how_told").see(
            "我家的事", "要我办的事", "138****0001", "放进手机日历"
        )
        faults += screen.faults(DESK, PHONE)
        screen.picture("how")
        screen.page.set_viewport_size(DESK)
        screen.picture("how-desk")
        screen.page.locator("#id_notice_0").check()
        screen.fill(quiet_from="22:00", digest_at="23:00").click("^就这样$").see("还有1处，改好再交")
        faults += screen.faults(DESK, PHONE)
        screen.fill(digest_at="09:00").click("^就这样$").see("记住了")
        screen.click("^发一条试试$").see("短信几分钟里到", "试一条", "短信等着发")
        screen.page.goto(f"{screen.site}/display/?mode=elder&next=/notifications/how/")
        screen.page.goto(f"{screen.site}/display/?text=4&next=/notifications/how/")
        faults += screen.faults(PHONE)
        screen.picture("how-elder")
        screen.page.goto(f"{screen.site}/display/?mode=standard&next=/")
        screen.sign_in_as(world.clerk).go("message_samples").see("种都查过", "没有分数")
        faults += screen.faults(PHONE, DESK)
        screen.fill(words="修复").click("^查$").see("信用修复")
        screen.picture("samples")
        screen.page.set_viewport_size(PHONE)
        screen.picture("samples-phone")
    assert not faults, "\n".join(faults)


def _answering(answer: dict):
    """Answers a request in the server's place: an outage, a page that leads elsewhere."""

    def handle(route):
        route.fulfill(**answer)

    return handle


def _look(screen):
    """Let the bell ask how much is new; returns when it was answered and the page had time to act on it."""
    with screen.page.expect_response("**/notifications/count/*"):
        screen.page.evaluate("document.getElementById('bell').dispatchEvent(new Event('lp:look'))")
    screen.page.wait_for_timeout(300)


def test_the_bell_learns_of_something_new_while_the_page_is_open(window):
    screen = window(PHONE)
    with time_machine.travel(NOON, tick=True):
        world = people.build()
        screen.sign_in_as(world.wang).go("my_points")
        inbox_of(world.wang, world.village, 2)
        _look(screen)
        expect(screen.page.locator("#bell-new b")).to_have_text("2")
        expect(screen.page.locator("#nav-new b")).to_have_text("2")
        for answer in (
            {"status": 502, "body": "<h1>坏了</h1>"},
            {"status": 302, "headers": {"Location": "/villages/"}},
        ):
            screen.page.route("**/notifications/count/*", _answering(answer))
            _look(screen)
            screen.page.unroute("**/notifications/count/*")
            expect(screen.page.locator("#bell-new b")).to_have_text("2")
        screen.page.context.clear_cookies()
        _look(screen)
        screen.complaints = [each for each in screen.complaints if "502" not in each]
        screen.see("王家户")


def test_without_script_everything_still_works(window):
    screen = window(PHONE, javascript=False)
    with time_machine.travel(NOON, tick=True):
        world = people.build()
        inbox_of(world.wang, world.village, 2)
        screen.sign_in_as(world.wang).go("inbox").click("第2条通知").see("1条没读")
        screen.click("都标成已读").see("1条标成已读了")
