"""One objection from a slip of paper to the letter, as everybody in it sees it: clerk, officer, rater, household, panel."""

from datetime import timedelta

import pytest
import time_machine

from appeals.models import Objection
from tests import people
from tests.browser.screen import PHONE
from tests.months import photo
from tests.people import NOON
from tests.published import posted

pytestmark = pytest.mark.browser
LAPTOP = {"width": 1280, "height": 800}


def test_from_paper_to_the_letter(site, window):
    with time_machine.travel(NOON + timedelta(hours=1), tick=True):
        world = people.build()
        month = posted(world)
        assert month
        faults = []
        desk = window(LAPTOP).sign_in_as(world.clerk).go("desk", world.village.code)
        desk.fill(name="王大爷").click("^找$").see("王家户", "在路口倒了一袋垃圾")
        faults += desk.faults(LAPTOP, PHONE)
        desk.page.locator("li", has_text="在路口倒了一袋垃圾").get_by_role("link", name="记异议").click()
        desk.choose("王大爷").choose("本人交的纸条").fill(text="那天我在镇上卖菜，袋子不是我家的。").click(
            "^提异议$"
        )
        desk.see("YY-2026-0001", "本人交的纸条")
        faults += desk.faults(LAPTOP, PHONE)
        desk.picture("case-receipt")

        home = window(PHONE).sign_in_as(world.wang).go("my_points").see("异议YY-2026-0001", "暂不计")
        faults += home.faults(PHONE)
        home.picture("case-my-points")

        officer = window(LAPTOP).sign_in_as(world.officer).go("cases").see("YY-2026-0001")
        faults += officer.faults(LAPTOP, PHONE)
        officer.click("YY-2026-0001").see("那天我在镇上卖菜")
        faults += officer.faults(LAPTOP, PHONE)
        officer.page.set_viewport_size(LAPTOP)
        officer.picture("case-file")
        officer.click("^收").see("定这件")
        case = Objection.objects.get()
        officer.page.locator("summary", has_text="问").first.click()
        officer.choose("李党员").fill(question="那天早上您看见谁倒的？")
        officer.page.locator("details[open] button[type=submit]").first.click()
        officer.page.wait_for_load_state()
        officer.see("那天早上您看见谁倒的？")

        rater = window(PHONE).sign_in_as(world.li).go("todo").click("调查函").see("那天早上您看见谁倒的？")
        faults += rater.faults(PHONE)
        rater.picture("case-inquiry")
        rater.fill(answer="看见袋子在路口，没看见是谁放的。").click("^答复$")

        home.go("objection", case.key).click("交材料").fill(text="卖菜的票据").fill(
            files={"name": "p.jpg", "mimeType": "image/jpeg", "buffer": photo().read()}
        )
        home.page.locator("form.lp-card button[type=submit]").last.click()
        home.page.wait_for_load_state()
        home.see("卖菜的票据")
        faults += home.faults(PHONE)

        officer.go("case_decide", case.key).see("没看见是谁放的")
        faults += officer.faults(LAPTOP, PHONE)
        officer.page.set_viewport_size(LAPTOP)
        officer.picture("case-decide")
        officer.choose("^不支持").fill(grounds="照片上的袋子写着您家的门牌。").click("签字决定")
        officer.see("不支持")

        home.go("objection", case.key).see("照片上的袋子写着您家的门牌")
        faults += home.faults(PHONE)
        home.picture("case-answered")
        home.click("复核").fill(text="门牌是旧的")
        home.page.locator("form.lp-card button[type=submit]").last.click()
        home.page.wait_for_load_state()

        panel = window(LAPTOP).sign_in_as(world.panel[0]).go("case_decide", case.key).see("门牌是旧的")
        panel.choose("^支持").fill(grounds="门牌是前年换下来的，看不出是谁倒的。").click("签字决定")
        panel.see("异议复核决定书", "门牌是前年换下来的")
        faults += panel.faults(LAPTOP)
        panel.picture("case-letter")

        home.go("my_points").see("这条已经撤销")
        home.go("objection", case.key).see("支持").click("决定书").see("YY-2026-0001")
        faults += home.faults(PHONE)
        home.picture("case-letter-phone")
        pdf = home.page.request.get(site + f"/cases/{case.key}/letter/pdf/")
        assert pdf.body().startswith(b"%PDF-") or pdf.status in (200, 503)
        assert not faults, "\n".join(faults)
