"""A household and its data in a real browser: the whole file in one tap, a mistake said, a deletion asked for and taken back."""

import pytest
import time_machine

from governance import consents
from governance.models import Event
from rights import rectifications
from rights.models import Erasure, Rectification
from tests import people
from tests.browser.screen import DESK, PHONE
from tests.people import NOON
from tests.published import posted

pytestmark = pytest.mark.browser


@pytest.fixture
def world(site):
    """柳溪村 with October posted, an hour after noon of 16 November."""
    with time_machine.travel(NOON, tick=True):
        built = people.build()
        posted(built)
        yield built


def test_a_resident_takes_corrects_and_deletes_on_the_phone(world, window):
    faults, screen = [], window(PHONE).sign_in_as(world.wang).go("my_points")
    screen.click("我的数据").see("我家的资料，存一份")
    with screen.page.expect_download(timeout=60_000) as found:  # the first PDF loads its fonts
        screen.page.get_by_role("button", name="存一份", exact=True).click(timeout=60_000)
    path = found.value.path()
    assert path.read_bytes().startswith(b"%PDF")
    assert found.value.suggested_filename == "资料-20261116.pdf"
    assert Event.objects.filter(name="file.exported").count() == 1
    faults += screen.go("my_data").see("您自己").faults(PHONE, DESK)
    screen.picture("rights-data")
    faults += screen.click("说哪里写错了").faults(PHONE, DESK)
    screen.picture("rights-wrong")
    screen.click("^请文书改$").see("请选是哪一样不对。")
    screen.choose("家里人的手机号").fill(text="尾号应该是3208").click("^请文书改$").see(
        "更正申请ZL-2026-0001"
    )
    faults += screen.faults(PHONE, DESK)
    screen.picture("rights-rectification")
    faults += screen.go("my_erase").see("您家还在参加").faults(PHONE, DESK)
    screen.picture("rights-erase-stopped")
    consents.withdraw(member=world.head, by=world.wang, at=NOON)
    screen.go("my_erase").choose("全家的").click("下一步").see("再看一遍：删全家的", "找不回来")
    faults += screen.faults(PHONE, DESK)
    screen.picture("rights-erase-sure")
    screen.click("就这样，申请删除").see("删除申请SC-2026-0001")
    faults += screen.faults(PHONE, DESK)
    screen.picture("rights-erasure")
    screen.click("我反悔了，不删").see("资料都还在")
    assert Erasure.objects.get().state == Erasure.State.UNDONE
    screen.open("/display/?mode=elder&next=/my/data/").see("存一份")
    faults += screen.faults(PHONE)
    screen.picture("rights-elder")
    assert faults == []


def test_it_works_without_javascript(world, window):
    screen = window(PHONE, javascript=False).sign_in_as(world.wang).go("my_data")
    with screen.page.expect_download() as found:
        screen.page.get_by_role("button", name="给电脑读的一份").click()
    assert "王家户" in found.value.path().read_text(encoding="utf-8")


def test_the_desk_helps_and_the_clerk_answers(world, window):
    rectifications.file(
        for_member=world.head, what="name", text="“华”写成了“化”", how="online", by=world.wang, at=NOON
    )
    faults, screen = [], window(DESK).sign_in_as(world.clerk).go("requests", world.village.code)
    faults += screen.see("ZL-2026-0001").faults(DESK, PHONE)
    screen.picture("rights-requests")
    screen.go("requests", world.village.code).fill(name="王家户").click("^找$").see("替他存一份资料")
    faults += screen.faults(DESK, PHONE)
    screen.picture("rights-desk")
    screen.fill(witness="邻居老吴").choose("本人到村部说的")
    with screen.page.expect_download() as found:
        screen.page.get_by_role("button", name="存一份").click()
    assert found.value.path().read_bytes().startswith(b"%PDF")
    row = Rectification.objects.get()
    screen.go("rectification", row.key).see("户册里还没有改动")
    faults += screen.faults(DESK, PHONE)
    screen.picture("rights-answer")
    screen.fill(answer="身份证上就是这个字").click("不改，写原因").see("答复好了")
    row.refresh_from_db()
    assert row.state == Rectification.State.REFUSED
    assert faults == []
