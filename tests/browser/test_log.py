"""Somebody with a photographed notice checks it, on the phone and at a desk, without signing in."""

import pytest
import time_machine

from tests import people
from tests.browser.screen import DESK, PHONE
from tests.people import NOON
from tests.published import posted
from transparency import signing
from workflows.models import Publication
from workflows.notice_marks import checkpoint_of

pytestmark = pytest.mark.browser


@pytest.fixture
def notice(site):
    """October's notice of 柳溪村, posted and signed."""
    with time_machine.travel(NOON, tick=True):
        world = people.build()
        posted(world)
        row = Publication.objects.get()
        signing.sign_village(world.village.code, NOON, row.log_size)
        yield row


def test_a_photographed_notice_is_checked_on_the_phone_and_at_a_desk(notice, window):
    code, note = notice.village.code, checkpoint_of(notice).note
    faults = []
    for size in (PHONE, DESK):
        screen = window(size).go("notice", code, notice.year, notice.number)
        faults += screen.faults(size)
        screen.click("^怎么核对$").see("只能添，不能改")
        faults += screen.faults(size)
        screen.fill(text=note).click("^核对$").see("签名也是真的")
        faults += screen.faults(size)
        screen.fill(text="ab" * 32, size=str(notice.log_size)).click("^核对$").see("照片留好")
        faults += screen.faults(size)
    assert faults == []


def test_it_is_checked_without_javascript(notice, window):
    screen = window(PHONE, javascript=False).go("public_log", notice.village.code)
    screen.fill(text="你好").click("^核对$").see("看不懂")
    screen.fill(text=notice.log_root).click("^核对$").see("今天还原样都在")
