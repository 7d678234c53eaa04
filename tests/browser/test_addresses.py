"""Where somebody is reached, in a real browser: e-mail by a code, WeChat by its own page, the calendar's address."""

import re
from datetime import date

import pytest
import time_machine

from notifications import addresses
from notifications.models import CalendarKey, Channel
from tests import people
from tests.browser.screen import DESK, PHONE
from tests.months import Month
from tests.notifications.conftest import postbox, weixin  # noqa: F401 -- fixtures
from tests.people import NOON

pytestmark = pytest.mark.browser
WECHAT = {"User-Agent": "Mozilla/5.0 (Linux; Android 14) Chrome/130.0 Mobile MicroMessenger/8.0.50"}


@pytest.fixture
def world(site, settings):
    """柳溪村 with November open, at an address that the providers come back to."""
    settings.SITE_URL = site
    with time_machine.travel(NOON, tick=True):
        built = people.build()
        Month(built, NOON, date(2026, 11, 1)).open()
        yield built


def test_a_resident_gives_an_e_mail_address(postbox, world, window, site, settings):  # noqa: F811
    settings.SITE_URL = site
    faults, screen = [], window(PHONE).sign_in_as(world.wang).go("notify_email")
    faults += screen.see("填邮箱").faults(PHONE, DESK)
    screen.click("发验证码").see("请填邮箱")
    faults += screen.faults(PHONE)
    screen.picture("email-empty")
    screen.fill(email="wangdaye@example.com").click("发验证码").see("wangdaye@example.com", "10分钟内")
    faults += screen.faults(PHONE, DESK)
    screen.picture("email-code")
    code = re.search(r"验证码是(\d{6})", postbox.mails[0].get_content())[1]
    screen.fill(code="1").click("填好了").see("还能试4次")
    screen.fill(code=f"{code[:3]} {code[3:]}").click("填好了").see("确认好了", "现在发到", "换一个邮箱")
    faults += screen.faults(PHONE, DESK)
    screen.picture("email-done")
    assert addresses.address_of(world.wang, Channel.EMAIL) == "wangdaye@example.com"
    screen.click("停用这个邮箱").see("邮箱停用了")
    assert faults == []


def test_a_resident_binds_wechat_and_unbinds_it(weixin, world, window):  # noqa: F811
    faults, desk = [], window(DESK).sign_in_as(world.wang).go("notify_wechat")
    faults += desk.see("要在微信里打开", "用手机微信扫下面的码").faults(DESK, PHONE)
    desk.picture("wechat-desk")
    phone = window(PHONE).sign_in_as(world.wang)
    phone.page.set_extra_http_headers(WECHAT)
    phone.go("notify_wechat").see("绑这个微信")
    faults += phone.faults(PHONE)
    phone.picture("wechat-phone")
    phone.click("^绑定微信$").see("微信绑好了")
    phone.go("notify_wechat").see("换成这个微信")  # set headers do not last over WeChat's redirect
    faults += phone.faults(PHONE, DESK)
    phone.picture("wechat-bound")
    assert addresses.address_of(world.wang, Channel.WECHAT) == "openid-wang"
    phone.click("^解绑$").see("微信解绑了")
    weixin.asks = ""
    phone.go("notify_wechat")
    phone.click("^绑定微信$").see("微信没有告诉我们是哪个微信")
    faults += phone.faults(PHONE)
    phone.picture("wechat-declined")
    assert faults == []


def test_where_nothing_is_set_up_the_pages_say_so(world, window):
    faults, screen = [], window(PHONE).sign_in_as(world.wang)
    for name, words in (("notify_wechat", "还没有微信通知"), ("notify_email", "还没有邮件通知")):
        faults += screen.go(name).see(words).faults(PHONE, DESK)
    faults += screen.go("notify_calendar").see("没有要办的事").faults(PHONE, DESK)
    screen.picture("calendar-none")
    assert faults == []


def test_a_rater_puts_the_calendar_into_the_phone(world, window):
    faults, screen = [], window(PHONE).sign_in_as(world.li).go("notify_calendar")
    faults += screen.see("让日历自己更新").faults(PHONE, DESK)
    screen.picture("calendar")
    screen.click("开一个地址").see("只显示这一次", "换一个或停用")
    faults += screen.faults(PHONE, DESK)
    screen.picture("calendar-address")
    address = screen.page.get_by_label("地址", exact=True).input_value()
    assert "BEGIN:VEVENT" in screen.page.request.get(address).text()
    faults += screen.go("notify_calendar").see("已经有一个地址").faults(PHONE, DESK)
    screen.picture("calendar-kept")
    with screen.page.expect_download() as found:
        screen.page.get_by_role("link", name="存日历文件").click()
    assert found.value.path().read_bytes().startswith(b"BEGIN:VCALENDAR")
    screen.click("^停用$").see("现在还没有改动")
    faults += screen.faults(PHONE, DESK)
    screen.click("^停用$").see("停用了")
    assert not CalendarKey.objects.exists()
    screen.open("/display/?mode=elder&next=/notifications/calendar/").see("开一个地址")
    faults += screen.faults(PHONE)
    screen.picture("calendar-elder")
    assert faults == []
