"""The leader's matrix: one row a sheet, one item at a time, and the whole sheet."""

from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import people
from tests.months import Month
from tests.people import NOON
from tests.workflows.pages import at_noon, browser, text
from workflows.models import Observation, Sheet

State = Observation.State


@pytest.fixture(autouse=True)
def _noon():
    with at_noon():
        yield


@pytest.fixture
def items(october, world):
    """李党员's sheet with a deduction and a quantity, everything handed in."""
    october.observe("乱倒", world.wang_home, "litter")
    october.observe("做工", world.liu_home, "volunteer", quantity_milli=4000, photos=())
    october.file_all()
    return october.items


@pytest.fixture
def shi(world):
    return browser(world.shi)


def area(october):
    return f"/rounds/{october.round.key}/area/"


def confirm(item):
    return f"/observations/{item.key}/confirm/"


class TestMatrix:
    def test_a_row_a_sheet_and_a_cell_a_household(self, october, items, shi):
        page = shi.get(area(october))
        assert "东片10月核单" in text(page)
        assert "李党员的单" in text(page)
        assert "要核2条" in text(page)
        assert 'aria-label="王家户，−2，等您核"' in page.content.decode()
        assert "西片" not in text(page)

    def test_the_first_item_stands_beside_it(self, october, items, shi):
        assert "要核的第1条，共2条在公共地方乱倒垃圾" in text(shi.get(area(october)))

    def test_the_address_names_another_item(self, october, items, shi):
        assert "要核的第2条" in text(shi.get(area(october), {"item": items["做工"].key}))

    def test_drafts_of_a_sheet_not_handed_in_are_not_shown(self, october, world, shi):
        october.observe("乱倒", world.wang_home, "litter")
        page = shi.get(area(october))
        assert 'aria-label="王家户，还没评"' in page.content.decode()
        assert "−2" not in text(page)

    def test_a_missing_sheet_is_listed(self, october, shi):
        october.wait(1)
        assert "李党员的单东片，2户，没交" in text(shi.get(area(october)))

    def test_one_s_own_sheet_is_locked_with_the_reason(self, world):
        people.appoint(world.shi, "rater", world.village)
        world.wang_home.links.all().update(rater=world.shi)
        october = Month(world, NOON).open().file_all()
        page = text(browser(world.shi).get(area(october)))
        assert "您自己的单" in page
        assert "自己评的不能自己核" in page
        own = october.sheet(world.shi)
        assert browser(world.shi).post(f"/sheets/{own.key}/confirm/").status_code == 403

    def test_the_item_of_kin_is_hidden_and_refused(self, october, items, world, shi):
        people.kin(world.shi, world.wang_home)
        page = shi.get(area(october), {"item": items["乱倒"].key})
        assert "乱倒" not in text(page)
        assert "由别的组长核" in page.content.decode()
        refused = shi.post(confirm(items["乱倒"]), {"verdict": "confirm"})
        assert refused.status_code == 403
        assert "亲属" in text(refused)

    def test_the_other_leader_gets_the_item_of_kin_with_its_sheet(self, october, items, world):
        people.kin(world.shi, world.wang_home)
        page = text(browser(world.gao).get(area(october)))
        assert "李党员的单" in page
        assert "要核的第1条，共1条在公共地方乱倒垃圾" in page

    def test_who_was_handed_to_another_rater_stands_in_both_rows(self, world):
        people.kin(world.li, world.wang_home)
        october = Month(world, NOON).open().file_all()
        assert "评议人回避，转给周党员" in browser(world.shi).get(area(october)).content.decode()

    def test_nothing_to_confirm_says_so(self, october, world):
        for leader in (world.shi, world.gao):
            assert browser(leader).get(area(october)).status_code == 200
        assert "没有要您核的单" in text(browser(world.panel[0]).get(area(october)))

    @pytest.mark.parametrize("who", ["li", "lin", "clerk", "wang", "stranger", "elsewhere_clerk"])
    def test_nobody_else_opens_it(self, october, items, world, who):
        other = browser(getattr(world, who))
        assert other.get(area(october)).status_code == 404
        assert other.post(confirm(items["乱倒"]), {"verdict": "confirm"}).status_code == 404
        for act in ("confirm", "return"):
            assert (
                other.post(f"/sheets/{october.sheet(world.li).key}/{act}/", {"why": "x"}).status_code == 404
            )

    def test_a_made_up_key_is_not_found(self, october, shi):
        assert shi.get(f"/rounds/{uuid4()}/area/").status_code == 404
        assert shi.post(f"/observations/{uuid4()}/confirm/").status_code == 404
        assert shi.get(area(october), {"item": "x", "sheet": "x"}).status_code == 200

    def test_thirty_households_cost_no_more_queries_than_one(self, world):
        def queries(month):
            with CaptureQueriesContext(connection) as found:
                assert browser(world.shi).get(area(month)).status_code == 200
            return len(found)

        few = Month(world, NOON).open()
        few.observe("一", world.wang_home, "litter")
        before = queries(few.file_all())
        homes = [people.household(f"{n}号", world.east, f"郑{n}", rater=world.li) for n in range(100, 130)]
        many = Month(world, NOON, month=people.date(2026, 9, 1)).open()
        for home in homes:
            many.observe(home.door, home, "litter")
        assert queries(many.file_all()) == before


class TestItem:
    def test_as_filed(self, october, items, shi):
        assert shi.post(confirm(items["乱倒"]), {"verdict": "confirm"})["Location"] == area(october)
        items["乱倒"].refresh_from_db()
        assert items["乱倒"].state == State.CONFIRMED

    def test_another_quantity_with_a_reason(self, items, shi):
        shi.post(confirm(items["做工"]), {"verdict": "adjust", "quantity": "2", "why": "只做了两小时"})
        items["做工"].refresh_from_db()
        assert (items["做工"].raw_tenths, items["做工"].filed_tenths) == (10, 20)

    def test_not_taken_with_a_reason(self, items, shi):
        shi.post(confirm(items["乱倒"]), {"verdict": "reject", "why": "不是他家倒的"})
        items["乱倒"].refresh_from_db()
        assert items["乱倒"].state == State.REJECTED

    @pytest.mark.parametrize(
        ("data", "sentence"),
        [
            ({}, "请选一项"),
            ({"verdict": "reject"}, "都要写理由"),
            ({"verdict": "adjust", "quantity": "2"}, "都要写理由"),
            ({"verdict": "adjust", "quantity": "", "why": "量过"}, "还没填数量"),
            ({"verdict": "adjust", "quantity": "多", "why": "量过"}, "请填数字"),
            ({"verdict": "approve"}, "请从列出来的里面选"),
        ],
    )
    def test_what_is_missing_is_said_and_nothing_changes(self, items, shi, data, sentence):
        page = shi.post(confirm(items["做工"]), data)
        assert page.status_code == 422
        assert sentence in text(page)
        items["做工"].refresh_from_db()
        assert items["做工"].state == State.FILED

    def test_computing_saves_nothing(self, items, shi):
        page = shi.post(confirm(items["做工"]), {"quantity": "2", "calc": "1"})
        assert page.status_code == 200
        assert "合1分" in text(page)
        items["做工"].refresh_from_db()
        assert items["做工"].state == State.FILED

    def test_a_rule_that_measures_nothing_offers_no_other_quantity(self, october, items, shi):
        page = text(shi.get(area(october), {"item": items["乱倒"].key}))
        assert "照单确认" in page
        assert "改数量" not in page
        assert shi.post(confirm(items["乱倒"]), {"verdict": "adjust", "why": "x"}).status_code == 422

    def test_settled_meanwhile_the_second_is_told(self, items, shi):
        shi.post(confirm(items["乱倒"]), {"verdict": "confirm"})
        again = shi.post(confirm(items["乱倒"]), {"verdict": "reject", "why": "x"})
        assert again.status_code == 409
        assert "刚才已经" in text(again)


class TestSheet:
    def test_with_items_open_the_button_is_off_and_says_why(self, october, items, world, shi):
        sheet = october.sheet(world.li)
        page = shi.get(area(october), {"sheet": sheet.key})
        assert "还有2条没核" in text(page)
        assert "disabled" in page.content.decode()
        refused = shi.post(f"/sheets/{sheet.key}/confirm/")
        assert refused.status_code == 403
        assert "还有2条没核" in text(refused)

    def test_once_all_are_settled_the_sheet_is_confirmed_once(self, october, items, world, shi):
        sheet = october.sheet(world.li)
        for item in items.values():
            shi.post(confirm(item), {"verdict": "confirm"})
        assert "每一条都核过了" in text(shi.get(area(october), {"sheet": sheet.key}))
        assert shi.post(f"/sheets/{sheet.key}/confirm/").status_code == 302
        assert Sheet.objects.get(pk=sheet.pk).state == "confirmed"
        again = shi.post(f"/sheets/{sheet.key}/confirm/")
        assert again.status_code == 409
        assert "石组长" in text(again)

    def test_a_sheet_goes_back_with_a_reason(self, october, items, world, shi):
        sheet = october.sheet(world.li)
        page = shi.post(f"/sheets/{sheet.key}/return/", {"why": " "})
        assert page.status_code == 422
        assert "请写为什么退" in text(page)
        assert shi.post(f"/sheets/{sheet.key}/return/", {"why": "照片看不清"}).status_code == 302
        assert Sheet.objects.get(pk=sheet.pk).state == "returned"
        assert "退回去在改" in text(shi.get(area(october)))

    def test_the_other_area_s_leader_neither_confirms_nor_returns(self, october, items, world):
        gao, sheet = browser(world.gao), october.sheet(world.li)
        for act in ("confirm", "return"):
            refused = gao.post(f"/sheets/{sheet.key}/{act}/", {"why": "x"})
            assert refused.status_code == 403
            assert "石组长" in text(refused)
