"""The rater's pages: the sheet, a fact, the check before handing in, and the evidence."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import people
from tests.months import Month, photo
from tests.people import NOON
from tests.workflows.pages import at_noon, browser, text
from workflows import observations, sheets
from workflows.models import Observation, Sheet, SheetLine


@pytest.fixture(autouse=True)
def _noon():
    with at_noon():
        yield


@pytest.fixture
def sheet(october, world):
    return october.sheet(world.li)


@pytest.fixture
def li(world):
    return browser(world.li)


def add_url(sheet, subject):
    return f"/sheets/{sheet.key}/subjects/{subject.key}/add/"


def typed(world, rule="sweep", **fields):
    rule = str(world.rules[rule].key)
    return {"fact": "早上扫了门前的路", "occurred_on": "2026-10-10", "rule": rule, **fields}


def verdicts(sheet):
    return dict(sheet.lines.values_list("subject__door", "verdict"))


def opened(response) -> bool:
    return response.status_code == 200


class TestSheet:
    def test_the_rater_sees_who_is_to_rate_and_by_when(self, li, sheet):
        page = text(li.get(f"/sheets/{sheet.key}/"))
        assert "还没评2户" in page
        assert "11月16日前交单" in page
        assert "这2户本月都没变化" in page

    def test_one_tap_marks_all_and_each_can_be_taken_back(self, li, sheet, world):
        li.post(f"/sheets/{sheet.key}/nothing/")
        assert verdicts(sheet) == {"1号": "nothing", "2号": "nothing"}
        li.post(f"/sheets/{sheet.key}/undo/", {"subject": world.wang_home.key})
        assert verdicts(sheet) == {"1号": "todo", "2号": "nothing"}

    def test_nothing_for_one_household_leads_to_the_next(self, li, sheet, world):
        answer = li.post(f"/sheets/{sheet.key}/nothing/", {"subject": world.wang_home.key})
        assert answer["Location"] == add_url(sheet, world.liu_home)
        answer = li.post(f"/sheets/{sheet.key}/nothing/", {"subject": world.liu_home.key})
        assert answer["Location"] == f"/sheets/{sheet.key}/check/"

    def test_a_second_tap_changes_nothing(self, li, sheet):
        assert li.post(f"/sheets/{sheet.key}/nothing/").status_code == 302
        assert li.post(f"/sheets/{sheet.key}/nothing/").status_code == 302

    @pytest.mark.parametrize("key", ["zhao", "nobody", "x"])
    def test_a_household_of_another_sheet_is_not_found(self, li, sheet, world, key):
        keys = {"zhao": world.zhao_home.key, "nobody": uuid4(), "x": "x"}
        assert li.post(f"/sheets/{sheet.key}/nothing/", {"subject": keys[key]}).status_code == 404

    @pytest.mark.parametrize("who", ["zhou", "shi", "clerk", "wang", "stranger"])
    def test_nobody_else_opens_it(self, sheet, world, who):
        other = browser(getattr(world, who))
        for page in ("", "check/"):
            assert other.get(f"/sheets/{sheet.key}/{page}").status_code == 404
        assert other.post(f"/sheets/{sheet.key}/nothing/").status_code == 404

    def test_who_stands_aside_sees_who_rates_instead(self, world):
        people.kin(world.li, world.wang_home)
        sheet = Month(world, NOON).open().sheet(world.li)
        page = text(browser(world.li).get(f"/sheets/{sheet.key}/"))
        assert "已转给周党员您回避" in page

    def test_a_returned_sheet_says_why(self, october, li, sheet, world):
        october.file_all()
        sheets.send_back(sheet=sheet, why="照片看不清", by=world.shi, at=NOON)
        assert "石组长11月16日把单退了回来：照片看不清" in text(li.get(f"/sheets/{sheet.key}/"))

    def test_handed_in_it_shows_the_facts_and_the_leader_s_words(self, october, li, sheet, world):
        item = october.observe("扫路", world.wang_home, "sweep")
        october.file_all()
        observations.reject(observation=item, why="日子不对", by=world.shi, at=NOON)
        page = text(li.get(f"/sheets/{sheet.key}/"))
        assert "等组长核" in page
        assert "组长说日子不对" in page
        assert li.post(f"/sheets/{sheet.key}/nothing/").status_code == 409

    def test_last_month_stands_beside_each_household(self, october, world):
        october.observe("扫路", world.wang_home, "sweep")
        october.file_all()
        november = Month(world, NOON, month=NOON.date().replace(day=1)).open()
        page = text(browser(world.li).get(f"/sheets/{november.sheet(world.li).key}/"))
        assert "1号，上月加1分" in page
        assert "2号，上月没变化" in page

    def test_whose_role_has_ended_sees_why_the_buttons_are_off(self, li, sheet, world):
        world.li.appointments.update(ends=(NOON - timedelta(days=1)).date())
        page = li.get(f"/sheets/{sheet.key}/")
        assert "您现在没有这个职务" in text(page)
        assert "disabled" in page.content.decode()
        assert li.post(f"/sheets/{sheet.key}/nothing/").status_code == 403

    def test_thirty_households_cost_no_more_queries_than_two(self, world):
        def queries(month):
            key = month.sheet(world.li).key
            with CaptureQueriesContext(connection) as found:
                assert browser(world.li).get(f"/sheets/{key}/check/").status_code == 200
            return len(found)

        few = Month(world, NOON).open()
        few.observe("一", world.wang_home, "sweep", rater=world.li)
        before = queries(few)
        homes = [people.household(f"{n}号", world.east, f"郑{n}", rater=world.li) for n in range(100, 128)]
        many = Month(world, NOON, month=people.date(2026, 9, 1)).open()
        for home in homes:
            many.observe(home.door, home, "sweep", rater=world.li)
        assert queries(many) == before


class TestFact:
    def test_a_fact_with_its_photo_is_kept_and_the_next_household_follows(self, li, sheet, world):
        answer = li.post(
            add_url(sheet, world.wang_home), typed(world, photos=[photo(), photo()], witness_1="邻居")
        )
        assert answer["Location"] == add_url(sheet, world.liu_home)
        item = Observation.objects.get()
        assert (item.fact, item.raw_tenths, item.subject) == ("早上扫了门前的路", 10, world.wang_home)
        assert sorted(item.evidence.values_list("kind", flat=True)) == ["photo", "photo", "witness"]

    @pytest.mark.parametrize(
        ("rule", "fields", "tenths"),
        [
            ("volunteer", {"quantity": "３.5"}, 18),
            ("giving", {"quantity": "2000"}, 20),
            ("block", {"chosen": "2.5", "grounds": "占了半个通道"}, -25),
            ("honour", {"labels": "镇级"}, 50),
            ("yard", {"labels": ["卫生", "绿化"]}, 15),
            ("burning", {}, -80),
        ],
    )
    def test_points_come_from_the_rule_whatever_its_shape(self, li, sheet, world, rule, fields, tenths):
        assert li.post(add_url(sheet, world.wang_home), typed(world, rule, **fields)).status_code == 302
        assert Observation.objects.get().raw_tenths == tenths

    def test_points_sent_along_are_not_taken(self, li, sheet, world):
        li.post(add_url(sheet, world.wang_home), typed(world, raw_tenths="999", chosen="99"))
        assert Observation.objects.get().raw_tenths == 10

    @pytest.mark.parametrize(
        ("fields", "sentence"),
        [
            ({"fact": " "}, "只写看见的事"),
            ({"occurred_on": "2026-11-02"}, "10月的单只收"),
            ({"occurred_on": "明天"}, "请填日子"),
            ({"rule": ""}, "请选一条细则"),
            ({"rule": str(uuid4())}, "看到了什么"),
        ],
    )
    def test_what_is_missing_is_said_on_top_and_the_rest_stays(self, li, sheet, world, fields, sentence):
        page = li.post(add_url(sheet, world.wang_home), typed(world, place="村口") | fields)
        assert page.status_code == 422
        assert sentence in text(page)
        assert "改好再交" in text(page)
        assert 'value="村口"' in page.content.decode()
        assert not Observation.objects.exists()

    def test_a_number_that_is_none_is_said_beside_its_field(self, li, sheet, world):
        page = li.post(add_url(sheet, world.wang_home), typed(world, "volunteer", quantity="很多"))
        assert "请填数字" in text(page)

    def test_a_shop_s_rule_is_not_offered_to_a_household(self, li, sheet, world):
        assert "明码标价" not in text(li.get(add_url(sheet, world.wang_home)))
        assert li.post(add_url(sheet, world.wang_home), typed(world, "prices")).status_code == 422

    def test_computing_without_javascript_saves_nothing(self, li, sheet, world):
        page = li.post(
            add_url(sheet, world.wang_home), typed(world, "volunteer", quantity="3", calc="1", fact="")
        )
        assert page.status_code == 200
        assert "合1.5分" in text(page)
        assert "+1.5" in text(page)
        assert not Observation.objects.exists()

    def test_the_cap_left_counts_what_is_already_on_the_way(self, october, li, sheet, world):
        october.observe("做工", world.wang_home, "volunteer", quantity_milli=2000, photos=())
        page = li.post(add_url(sheet, world.wang_home), typed(world, "volunteer", quantity="3", calc="1"))
        assert "当月已记1分" in text(page)
        assert "一个月最多2分，前面已记1分，所以记1分" in text(page)

    def test_javascript_gets_the_rule_s_part_only(self, li, sheet, world):
        page = li.post(
            add_url(sheet, world.wang_home),
            typed(world, "volunteer", calc="1"),
            headers={"HX-Request": "true"},
        )
        assert "还没填数量" in text(page)
        assert "<html" not in page.content.decode()

    def test_protected_conduct_stops_with_ground_source_and_way_out(self, li, sheet, world):
        page = li.post(add_url(sheet, world.wang_home), typed(world, fact="他家到镇里信访了三次"))
        assert page.status_code == 422
        assert "这件事不能记分，加分减分都不行" in text(page)
        assert "依据：《信访工作条例》第十八条" in text(page)
        assert "这户本月没变化" in text(page)
        assert not Observation.objects.exists()

    def test_protected_conduct_is_said_while_computing_too(self, li, sheet, world):
        data = typed(world, fact="他家到镇里信访了三次", calc="1")
        page = li.post(add_url(sheet, world.wang_home), data, headers={"HX-Request": "true"})
        assert "信访工作条例" in text(page)

    def test_kin_declared_meanwhile_is_refused_at_opening(self, li, sheet, world):
        people.kin(world.li, world.wang_home)
        page = li.get(add_url(sheet, world.wang_home))
        assert page.status_code == 403
        assert "亲属" in text(page)

    def test_a_draft_is_changed_and_taken_back(self, october, li, sheet, world):
        item = october.observe("扫路", world.wang_home, "sweep")
        url = f"/observations/{item.key}/edit/"
        assert "看见扫路" in li.get(url).content.decode()
        assert li.post(url, typed(world, fact="扫了两遍")).status_code == 302
        item.refresh_from_db()
        assert (item.fact, item.evidence.count()) == ("扫了两遍", 1)
        li.post(f"/observations/{item.key}/drop/")
        assert verdicts(sheet)["1号"] == "todo"

    def test_another_rater_s_draft_is_not_found(self, october, world):
        item = october.observe("扫路", world.wang_home, "sweep")
        zhou = browser(world.zhou)
        assert zhou.get(f"/observations/{item.key}/edit/").status_code == 404
        assert zhou.post(f"/observations/{item.key}/drop/").status_code == 404

    def test_handed_in_a_fact_is_no_longer_changed(self, october, li, world):
        item = october.observe("扫路", world.wang_home, "sweep")
        october.file_all()
        assert li.post(f"/observations/{item.key}/edit/", typed(world)).status_code == 409

    def test_a_file_that_is_no_photo_is_refused(self, li, sheet, world):
        upload = photo()
        upload.file.seek(0)
        upload.file.write(b"MZ" + b"\0" * 100)
        upload.file.seek(0)
        page = li.post(add_url(sheet, world.wang_home), typed(world, photos=[upload]))
        assert page.status_code == 422
        assert "不是照片" in text(page)
        assert not Observation.objects.exists()


class TestCheckAndFile:
    def test_missing_evidence_and_households_are_listed_on_top(self, october, li, sheet, world):
        october.observe("扫路", world.wang_home, "sweep", photos=())
        page = li.post(f"/sheets/{sheet.key}/check/")
        assert page.status_code == 422
        assert "还有2处，改好再交" in text(page)
        assert "刘家户还没评" in text(page)
        assert "细则1.1要有照片" in text(page)
        assert Sheet.objects.get(pk=sheet.pk).state == "open"

    def test_a_whole_sheet_is_handed_in_once(self, li, sheet):
        li.post(f"/sheets/{sheet.key}/nothing/")
        assert li.post(f"/sheets/{sheet.key}/check/").status_code == 302
        assert Sheet.objects.get(pk=sheet.pk).state == "filed"
        again = li.post(f"/sheets/{sheet.key}/check/")
        assert again.status_code == 409
        assert "李党员" in text(again)

    def test_kin_declared_meanwhile_goes_to_another_rater_at_handing_in(self, li, sheet, world):
        people.kin(world.li, world.wang_home)
        li.post(f"/sheets/{sheet.key}/nothing/")
        li.post(f"/sheets/{sheet.key}/check/")
        assert SheetLine.objects.get(subject=world.wang_home).sheet.rater == world.zhou


class TestEvidence:
    @pytest.fixture
    def item(self, october, world):
        return october.observe("乱倒", world.wang_home, "litter")

    def sees(self, item, *users):
        url = f"/evidence/{item.evidence.get().key}/"
        return [user.name for user in users if opened(browser(user).get(url))]

    def test_a_photo_is_shown_privately(self, item, world):
        page = browser(world.li).get(f"/evidence/{item.evidence.get().key}/")
        assert page["Content-Type"] == "image/jpeg"
        assert "private" in page["Cache-Control"]
        assert page.content.startswith(b"\xff\xd8\xff")

    def test_a_draft_s_photo_is_the_rater_s_alone(self, item, world):
        users = [world.li, world.zhou, world.shi, world.lin, world.wang, world.clerk]
        assert self.sees(item, *users) == ["李党员"]

    def test_handed_in_the_leader_sees_it(self, october, item, world):
        october.file_all()
        users = [world.li, world.zhou, world.shi, world.gao, world.lin, world.wang]
        assert self.sees(item, *users) == ["李党员", "石组长"]

    def test_in_review_council_and_committee_see_it_but_not_kin(self, october, item, world):
        people.kin(world.lin, world.wang_home)
        october.to_review()
        users = [world.lin, world.council[1], world.committee[0], world.supervision, world.wang, world.clerk]
        assert self.sees(item, *users) == ["郑理事", "蒋委员"]

    def test_posted_the_household_sees_it_and_no_neighbour(self, october, item, world):
        october.to_publication()
        neighbour = people.account("刘大婶")
        world.liu_home.members.update(user=neighbour)
        assert self.sees(item, world.wang, neighbour, world.stranger) == ["王大爷"]

    def test_a_witness_has_no_file(self, october, world, li):
        item = october.observe("扫路", world.liu_home, "sweep", photos=(), witnesses=("邻居",))
        assert li.get(f"/evidence/{item.evidence.get().key}/").status_code == 404
