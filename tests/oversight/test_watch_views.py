"""评议看板, as supervisors, the people shown and everybody else open it. No household is named anywhere."""

from datetime import date
from io import BytesIO

import pytest
import time_machine
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from governance.models import Member, Subject
from governance.models.people import Role
from oversight.models import Finding
from oversight.watch import look
from tests import people
from tests.appeals.cases import Case
from tests.oversight.conftest import noon
from tests.workflows.pages import browser, text

pytestmark = pytest.mark.django_db
LATER = noon(date(2026, 10, 28))
TABS = ("findings", "people", "changed", "steps", "second")


@pytest.fixture(autouse=True)
def _later():
    with time_machine.travel(LATER, tick=False):
        yield


@pytest.fixture
def world(three_months):
    """柳溪村 after its three months; what a test does to it is taken back."""
    with transaction.atomic():
        yield three_months[0]
        transaction.set_rollback(True)


@pytest.fixture
def alike(world):
    look.look(village=world.village, by=world.supervision, at=LATER)
    return Finding.objects.get(kind="identical")


@pytest.fixture
def lone(world, month):
    """吴党员, who rated one household in one month: a deduction."""
    wu = people.person("吴党员", Role.RATER, world.village)
    month(10, (people.household("71号", world.east, "独户", rater=wu), "litter"))
    return wu


def page(user, world, **query):
    return browser(user).get(reverse("watch", args=[world.village.code]), query)


class TestTheWatch:
    @pytest.mark.parametrize("tab", TABS)
    def test_before_the_first_month_each_tab_says_what_comes(self, world, tab):
        answer = browser(world.supervisor).get(reverse("watch", args=[world.elsewhere.code]), {"tab": tab})
        assert answer.status_code == 200
        assert "还没有公示过的月评" in text(answer) or "没有提示" in text(answer)

    def test_every_tab_shows_its_figures_and_no_household(self, alike, world):
        names = [row.name for model in (Subject, Member) for row in model.objects.all()]
        # Raters live in the village too: their own names stand here as raters.
        names = [name for name in names if name not in {"李党员", "周党员"}]
        for tab in TABS:
            answer = page(world.supervisor, world, tab=tab, months=12)
            assert answer.status_code == 200
            assert [name for name in names if name in answer.content.decode()] == [], tab

    def test_who_is_left_out_for_few_households_is_said_with_the_number(self, world, month):
        assert "评的不到5户，" in text(page(world.supervisor, world, tab="people"))
        made = month(10, (world.wang_home, "litter"))
        Case(world, made, made.at).file("10-0").accept().decide("upheld")
        assert "评的户不到5户的人" in text(page(world.supervisor, world, tab="changed"))

    def test_a_rater_stands_beside_the_range_of_the_others(self, alike, world):
        shown = text(page(world.supervision, world, tab="people"))
        assert "李党员东片" in shown
        assert "100没有别人可比" in shown  # 周党员 rates fewer than five households
        assert "家家加分3，家家一样3，没变化0" in shown

    def test_a_rater_of_one_household_is_named_without_its_deductions(self, lone, world):
        shown = text(page(world.supervision, world, tab="people"))
        assert "吴党员、周党员评的不到5户，写出数来能看出是谁家，所以不写" in shown
        assert "减1" not in shown
        assert "别人0到100" not in shown  # a range of the others would say the same

    def test_the_export_leaves_the_same_out(self, lone, world):
        answer = browser(world.supervision).get(reverse("watch_export", args=[world.village.code]))
        rows = load_workbook(BytesIO(answer.content)).worksheets[0].iter_rows(values_only=True)
        [row] = [[cell for cell in row if cell] for row in rows if row[0] == "吴党员"]
        assert row == ["吴党员", "东片", "1", "1", "1", "不到5户，写出来能看出是谁家，所以不写"]

    def test_what_is_asked_and_why_stands_in_one_table(self, alike, world):
        shown = text(page(world.supervision, world))
        assert "李党员：连着几个月家家一个样" in shown
        assert "可能是每月一次的集体打扫" in shown

    def test_findings_are_narrowed_by_state_and_kind(self, alike, world):
        assert "李党员：连着" not in text(page(world.supervision, world, state="closed"))
        assert "李党员：连着" not in text(page(world.supervision, world, kind="slow"))
        assert "李党员：连着" in text(page(world.supervision, world, kind="identical", state="open"))

    def test_what_waits_for_the_supervisor_leads_and_what_is_closed_comes_last(self, alike, world):
        common = {
            "village": world.village, "first": alike.first, "last": alike.last, "figures": {}, "quarter": "2026Q2",
        }  # fmt: skip
        states = ("closed", "answered", "open")
        for n, state in enumerate(states):
            Finding.objects.create(
                kind="disagree", area=world.east, about=f"area:{n}", state=state, found_at=alike.found_at,
                **common | {"figures": {"answered": 5, "same": 2, "nothing": 1, "other": 2}},
            )  # fmt: skip
        lines = page(world.supervision, world).context["lines"]
        assert [line[0].state for line in lines] == ["answered", "open", "open", "closed"]

    @pytest.mark.parametrize("query", [{"tab": "red"}, {"months": "999"}, {"months": "x"}, {"state": "red"}])
    def test_what_is_not_offered_falls_back(self, alike, world, query):
        assert page(world.supervision, world, **query).status_code == 200

    def test_it_costs_the_same_queries_for_three_households_and_for_thirty(self, alike, world, month):
        def cost(tab):
            client = browser(world.supervision)
            with CaptureQueriesContext(connection) as seen:
                client.get(reverse("watch", args=[world.village.code]), {"tab": tab})
            return len(seen)

        few = {tab: cost(tab) for tab in TABS}
        homes = [people.household(f"{n}号", world.east, "某人", rater=world.li) for n in range(11, 41)]
        month(10, *((home, "sweep") for home in homes))
        assert {tab: cost(tab) for tab in TABS} == few

    def test_the_draw_of_each_month_is_repeated_on_the_page(self, alike, world):
        shown = text(page(world.supervision, world, tab="second"))
        assert shown.count("抽出来的还是这2户") == 3

    def test_looking_now_says_what_it_found(self, alike, world):
        answer = browser(world.supervision).post(
            reverse("watch_look", args=[world.village.code]), follow=True
        )
        assert "没有新的提示" in text(answer)

    def test_the_export_has_every_table_and_no_household(self, alike, world):
        answer = browser(world.supervision).get(reverse("watch_export", args=[world.village.code]))
        sheet = load_workbook(BytesIO(answer.content)).worksheets[0]
        cells = [str(cell) for row in sheet.iter_rows(values_only=True) for cell in row if cell]
        assert {"李党员", "片组长核单", "看法一样", "哪一手"} <= set(cells)
        assert not [cell for cell in cells if "王家" in cell or "刘家" in cell]

    def test_without_a_posted_month_there_is_nothing_to_export(self, world):
        answer = browser(world.supervisor).get(reverse("watch_export", args=[world.elsewhere.code]))
        assert answer.status_code == 403

    @pytest.mark.parametrize("who", ["clerk", "li", "lin", "officer", "panel"])
    def test_it_is_for_supervision_only(self, world, who):
        user = getattr(world, who)
        assert page(user[0] if isinstance(user, list) else user, world).status_code == 403

    def test_all_villages_at_a_glance(self, alike, world):
        shown = text(browser(world.supervisor).get(reverse("watch_all")))
        assert "柳溪村" in shown
        assert "桃源村" in shown
        assert browser(world.clerk).get(reverse("watch_all")).status_code == 403


class TestOnePerson:
    def url(self, world, user):
        return reverse("watch_person", args=[world.village.code, user.key])

    def test_figures_context_and_what_was_said_stand_together(self, alike, world):
        shown = text(browser(world.supervision).get(self.url(world, world.li)))
        assert "3个月，5户，15个户月" in shown
        assert "连着3个月，单上的户家家记的一个样" in shown
        assert "王家" not in shown

    def test_of_few_households_neither_figures_nor_lines_are_shown(self, lone, world):
        shown = text(browser(world.supervision).get(self.url(world, lone)))
        assert "他评了1个月、1户" in shown
        assert "能看出是谁家，所以不写" in shown
        for words in ("减1条", "每100户月", "在公共地方乱倒垃圾", "和别人放在一起看"):
            assert words not in shown

    def test_with_more_they_are_without_any_household(self, alike, world, month):
        homes = [people.household(f"{n}号", world.east, f"某{n}人", rater=world.li) for n in range(11, 15)]
        month(10, *((home, "sweep") for home in homes))
        shown = text(browser(world.supervision).get(self.url(world, world.li)))
        assert "1.1打扫门前公共路面" in shown
        assert [home.name for home in homes if home.name in shown] == []

    def test_who_rated_nothing_here_is_not_found(self, alike, world):
        assert browser(world.supervision).get(self.url(world, world.clerk)).status_code == 404


class TestAFinding:
    def url(self, name, row):
        return reverse(name, args=[row.key])

    def test_the_person_reads_it_and_answers(self, alike, world):
        client = browser(world.li)
        assert "不是处分" in text(client.get(self.url("finding", alike)))
        answer = client.post(self.url("finding_answer", alike), {"answer": "每月一起扫路。"}, follow=True)
        assert "每月一起扫路。" in text(answer)
        alike.refresh_from_db()
        assert alike.state == "answered"

    def test_the_supervisor_closes_and_the_person_reads_why(self, alike, world):
        browser(world.supervision).post(self.url("finding_close", alike), {"why": "看了签到表，没事。"})
        assert "看了签到表，没事。" in text(browser(world.li).get(self.url("finding", alike)))

    @pytest.mark.parametrize(("name", "who"), [("finding_answer", "li"), ("finding_close", "supervision")])
    def test_nothing_said_is_said_beside_the_field(self, alike, world, name, who):
        answer = browser(getattr(world, who)).post(self.url(name, alike), {})
        assert answer.status_code == 422
        assert "请写" in text(answer)

    def test_others_do_not_find_it(self, alike, world):
        for user in (world.zhou, world.clerk, world.officer, world.wang, world.elsewhere_clerk):
            assert browser(user).get(self.url("finding", alike)).status_code == 404
        assert Client().get(self.url("finding", alike)).status_code == 302

    def test_what_was_closed_stays_readable_for_the_person(self, alike, world):
        browser(world.supervision).post(self.url("finding_close", alike), {"why": "没事。"})
        mine = text(browser(world.li).get(reverse("findings_mine")))
        assert "李党员：连着几个月家家一个样" in mine
        assert "办结" in mine
        assert "没有问过您什么" in text(browser(world.zhou).get(reverse("findings_mine")))
