"""A correction after the quarter, in the browser: two sign it, the board has it, the household reads it."""

from datetime import timedelta

import pytest
import time_machine

from tests import people
from tests.browser.screen import PHONE
from tests.workflows.settled import LATER, Q4, line, october, posted, take_out

pytestmark = pytest.mark.browser
LAPTOP = {"width": 1280, "height": 800}


def test_a_corrected_card_is_signed_posted_and_read(site, window):
    with time_machine.travel(LATER + timedelta(hours=1), tick=True):
        world = people.build()
        month = october(world)
        quarter = posted(world)
        take_out(world, line(month, "堆柴"))
        faults = []
        household = window(PHONE).sign_in_as(world.wang).open(f"/my/?quarter={Q4}")
        household.see("这一季的分改了，等两位委员签字")
        for signer in world.committee[:2]:
            desk = window(LAPTOP).sign_in_as(signer).go("todo").click("有1户的分更正了")
            desk.see("王家户的更正", "签字以后记的")
            faults += desk.faults(LAPTOP, PHONE)
            desk.picture("amendment-390")
            desk.page.set_viewport_size(LAPTOP)
            desk.picture("amendment-1280")
            desk.fill(word="看过了").click("签字").see("更正")
        faults += desk.faults(LAPTOP, PHONE)
        desk.picture("amendment-quarter")
        clerk = window(LAPTOP).sign_in_as(world.clerk).go("todo").click("更正公示，打印张贴").see("贴好了")
        faults += clerk.faults(LAPTOP, PHONE)
        clerk.picture("amendment-hang")
        clerk.click("打开，打印").see("更正的是哪一张")
        faults += clerk.faults(LAPTOP, PHONE)
        clerk.picture("amendment-notice-390")
        clerk.page.set_viewport_size(LAPTOP)
        clerk.picture("amendment-notice-1280")
        notice = quarter.publication
        clerk.go("notice", world.village.code, notice.year, notice.number).see("后来有更正")
        clerk.picture("amendment-old")
        household.open(f"/my/?quarter={Q4}").miss("等两位委员签字")
        assert not faults
