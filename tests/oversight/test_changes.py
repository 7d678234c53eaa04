"""改动记录: a supervisor finds every act, change, step, line and look, and no list names a household."""

from datetime import date, timedelta
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from governance import links, policies
from governance.events import record
from governance.files import look
from governance.jobs import running
from governance.models import Event, Job, Member, Reading, Subject
from governance.readings import log_reading
from governance.spreadsheets import read_table
from oversight.changes import lines, long_table, search, tables
from oversight.changes.asked import Asked, places
from oversight.changes.forms import SearchForm
from tests import people
from tests.appeals.cases import Case
from tests.months import Month
from tests.people import NOON
from tests.published import clock, posted
from tests.workflows.pages import browser, text

LATER = NOON + timedelta(hours=1)


@pytest.fixture(autouse=True)
def _now():
    with clock():
        yield


@pytest.fixture
def october(world):
    """The month posted, then an objection that was taken up, and a look into a file."""
    month = posted(world)
    month.case = Case(world, month, at=LATER).file().accept()
    look(world.wang_home, by=world.clerk, at=NOON)
    return month


@pytest.fixture
def supervisor(world):
    return browser(world.supervisor)


def listed(client, **asked):
    """The answer of the search; everything is of this quarter unless asked otherwise."""
    return client.get(reverse("changes"), asked)


def rows(client, **asked):
    """Lines found, as the page is given them."""
    answer = listed(client, **asked)
    assert answer.status_code == 200
    return answer.context["lines"]


def whats(client, **asked):
    return {line.what for line in rows(client, **asked)}


class TestFinding:
    def test_acts_and_looks_into_files_are_in_one_list_the_newest_first(self, supervisor, october):
        found = rows(supervisor)
        assert {line.kind for line in found} == {"event", "reading"}
        assert [line.at for line in found] == sorted((line.at for line in found), reverse=True)
        assert found[0].what == "收了异议"
        assert (found[0].who, found[0].role, found[0].village) == ("严专员", "镇异议专员", "柳溪村")

    def test_the_oldest_first_on_wish(self, supervisor, october):
        assert rows(supervisor, order="old")[0].what == "开月评"

    def test_what_changed_stands_beside_the_act(self, supervisor, october):
        [line] = rows(supervisor, name="objection.accepted")
        assert ("状态", "等镇里收", "在查") in [(c.field, c.before, c.after) for c in line.changes]
        [line] = rows(supervisor, name="round.published")
        assert line.note == "记账4条"

    def test_every_version_of_every_field_is_found(self, supervisor, october, world):
        found = rows(supervisor, kind="history", name="observation.confirmed")
        assert len(found) == 4
        assert {line.who for line in found} == {"石组长"}
        assert {line.role for line in found} == {"承包组长"}

    def test_steps_of_processes_say_whose_turn_came_and_whether_it_is_done(self, supervisor, october, world):
        found = rows(supervisor, kind="task", person="石组长", since="2026-01-01")
        assert {line.what for line in found} == {"片组长核单"}
        assert {line.note for line in found} == {"办好了"}
        waiting = rows(supervisor, kind="task", role="officer", since="2026-01-01")
        assert [line.note for line in waiting if line.what == "查了来定"] == ["还在等"]

    def test_lines_of_the_ledger_carry_their_rule_and_points(self, supervisor, october):
        found = rows(supervisor, kind="ledger")
        assert len(found) == 4
        assert {line.note for line in found} == {"+1分", "−2分", "+2.5分"}

    def test_looks_into_files_are_found_by_who_looked(self, supervisor, october, world):
        [line] = rows(supervisor, kind="reading", person="沈文书")
        assert (line.who, line.about) == ("沈文书", "户档案 东片的一户")
        assert rows(supervisor, kind="reading", person="石组长") == []

    @pytest.mark.parametrize(
        ("asked", "expected"),
        [
            ({"person": "林理事"}, {"没争议的事一起通过", "理事会送村两委签字"}),
            ({"role": "clerk"}, {"开月评", "月评公示，记到账上"}),
            ({"role": "system"}, {"收单完，开始审议"}),
            ({"name": "sheet.filed"}, {"交评户单"}),
            ({"rule": "1.2"}, {"提异议", "收了异议"}),
            ({"rule": "乱倒垃圾"}, {"提异议", "收了异议"}),
            ({"rule": "没有这一条"}, set()),
            ({"person": "没有这个人"}, set()),
            ({"span": "last"}, set()),
            ({"since": "2026-11-17"}, set()),
            ({"until": "2026-11-15"}, set()),
        ],
    )
    def test_each_filter_leaves_only_what_fits(self, world, october, supervisor, asked, expected):
        village = {"village": world.village.code} if "rule" in asked else {}
        found = whats(supervisor, **village, **asked) - {"打开档案看"}
        assert found >= expected if expected else found == set()

    def test_a_rule_needs_its_village_and_an_open_end_too(self, supervisor, october):
        answer = listed(supervisor, rule="1.2")
        assert (answer.status_code, "先选一个村" in text(answer)) == (422, True)
        answer = listed(supervisor, span="all")
        assert (answer.status_code, "一次最多查一年" in text(answer)) == (422, True)
        answer = listed(supervisor, since="2026-11-10", until="2026-11-01")
        assert "请对调一下" in text(answer)

    @pytest.mark.parametrize(
        "asked", [{"since": "0001-01-01"}, {"until": "9999-12-31"}, {"until": "0001-01-01"}]
    )
    def test_a_day_that_can_hold_nothing_is_said(self, supervisor, october, asked):
        for name in ("changes", "changes_export"):
            answer = supervisor.get(reverse(name), asked)
            assert (answer.status_code, "请写1949年以后、2036年以前的日子" in text(answer)) == (422, True)

    def test_a_rule_of_two_versions_is_said_once(self, world, october, supervisor):
        book = people.rulebook(world.village, version=2, state="adopted")
        rule = people.rule(book, "1.2", world.rules["litter"].text, "fixed", -1, points_tenths=20)
        rule.family = world.rules["litter"].family
        rule.save()
        answer = listed(supervisor, rule="1.2", village=world.village.code)
        assert answer.context["rules"] == ["1.2 在公共地方乱倒垃圾（第1、2版）"]

    def test_what_only_a_machine_does_is_left_out_until_it_is_asked_for(self, world, october, supervisor):
        notice = world.village.publications.first()
        record("publication.printed", village=world.village, about=notice, by=None, at=NOON, role="system")
        assert "公示做成了PDF" not in whats(supervisor)
        for asked in ({"kind": "event"}, {"name": "publication.printed"}, {"role": "system"}):
            assert "公示做成了PDF" in whats(supervisor, **asked)

    def test_the_village_s_own_supervision_needs_to_choose_no_village(self, world, october):
        client = browser(world.supervision)
        answer = listed(client, rule="1.2", span="all")
        assert "village" not in answer.context["form"].fields
        assert {line.what for line in answer.context["lines"]} >= {"提异议"}

    def test_what_happens_next_door_is_not_seen(self, world, october, supervisor):
        client = browser(world.supervision)
        policies.set_value(
            "quorum", 5, village=world.elsewhere, source="村民会议", starts=NOON.date(),
            by=world.elsewhere_clerk, at=NOON,
        )  # fmt: skip
        assert "改办事的天数" in whats(supervisor)
        assert "改办事的天数" not in whats(client)
        assert {line.village for line in rows(client)} == {"柳溪村"}


class TestPaging:
    def test_each_row_is_seen_once_going_on_and_the_same_going_back(self, supervisor, october, monkeypatch):
        monkeypatch.setattr(search, "PAGE", 5)
        for kind in ("", "history", "task"):
            pages, after = [], ""
            while True:
                answer = listed(supervisor, kind=kind, after=after, since="2026-01-01")
                pages.append([(line.at, line.what, line.about) for line in answer.context["lines"]])
                after = answer.context["page"].on
                if not after:
                    break
            everything = listed(supervisor, kind=kind, since="2026-01-01")
            assert len(pages) > 2
            assert sum(map(len, pages)) == len(_all(supervisor, kind))
            back = listed(supervisor, kind=kind, before=answer.context["page"].back, since="2026-01-01")
            assert [(line.at, line.what, line.about) for line in back.context["lines"]] == pages[-2]
            assert not everything.context["page"].back

    def test_a_mark_that_means_nothing_shows_the_first_page(self, supervisor, october):
        for mark in ("x", "1_2", "99999999999999_0_1", "_", "1e9_0_0"):
            assert listed(supervisor, after=mark).status_code == 200


def _all(client, kind):
    answer = client.get(reverse("changes_export"), {"kind": kind, "since": "2026-01-01"})
    return read_table(answer.content)[1:]


class TestPrivacy:
    def test_no_list_and_no_table_names_a_household_a_colour_or_a_score(self, world, october, supervisor):
        names = {row.name for model in (Subject, Member) for row in model.objects.all()}
        officials = {"李党员"}
        for kind in ("", "event", "history", "task", "ledger", "reading"):
            asked = {"kind": kind, "since": "2026-01-01"}
            table = "\n".join("\t".join(line) for line in _all(supervisor, kind))
            for shown in (text(listed(supervisor, **asked)), table):
                assert [name for name in names - officials if name in shown] == [], kind
                assert "示范户" not in shown
                assert "待提升户" not in shown
                assert "袋子不是我家的" not in shown

    def test_what_a_household_did_is_said_without_who(self, world, october, supervisor):
        [line] = rows(supervisor, name="objection.filed")
        assert (line.who, line.role) == ("住户", "住户")
        [line] = rows(supervisor, kind="history", name="objection.filed")
        assert line.who == "住户"

    def test_an_official_s_own_home_is_not_found_by_their_name(self, world, october, supervisor):
        world.wang.name = "李党员"
        people.appoint(world.wang, "rater", world.village)
        world.wang.save()
        for kind in ("", "history"):
            assert "提异议" not in whats(supervisor, kind=kind, person="李党员")

    def test_of_a_household_s_things_a_list_says_which_fields_changed_not_to_what(
        self, world, october, supervisor
    ):
        [line] = rows(supervisor, kind="history", name="objection.accepted")
        told = {change.field: (change.before, change.after) for change in line.changes}
        assert told["谁在办"] == ("", "")
        assert told["状态"] == ("等镇里收", "在查")

    def test_nothing_can_be_asked_by_colour_or_sorted_by_score(self, supervisor, october):
        plain = rows(supervisor)
        for name in ("colour", "standing", "sort", "order", "subject", "points"):
            assert rows(supervisor, **{name: "red"} if name != "order" else {}) == plain

    @pytest.mark.parametrize("who", ["clerk", "officer", "li", "wang", "stranger", "helper"])
    def test_nobody_but_supervisors_reads_it(self, world, october, who):
        client = browser(getattr(world, who))
        for name in ("changes", "changes_export", "changes_home"):
            assert client.get(reverse(name)).status_code == 403


class TestTables:
    def test_a_long_table_is_made_in_the_background_line_for_line_the_same(
        self, supervisor, october, monkeypatch, settings, tmp_path, django_capture_on_commit_callbacks
    ):
        settings.MEDIA_ROOT = tmp_path
        asked = {"since": "2026-01-01", "order": "old"}
        at_once = read_table(supervisor.get(reverse("changes_export"), asked).content)
        monkeypatch.setattr(tables, "AT_ONCE", 3)
        monkeypatch.setattr(long_table, "STEP", 4)
        answer = supervisor.get(reverse("changes_export"), asked)
        assert "要在后台做" in text(answer)
        with django_capture_on_commit_callbacks(execute=True):
            answer = supervisor.post(reverse("changes_export_long") + "?" + urlencode(asked))
        job = Job.objects.get()
        assert answer.url == reverse("job", args=[job.key])
        made = supervisor.get(reverse("job_file", args=[job.key]))
        table = read_table(made.content)
        # What an act changed is told by what stands beside it; here all happens at one moment, across steps.
        assert [line[:4] + line[5:] for line in table] == [line[:4] + line[5:] for line in at_once]

    def test_a_table_says_when_it_was_cut(self, supervisor, october, monkeypatch, settings, tmp_path):
        settings.MEDIA_ROOT = tmp_path
        monkeypatch.setattr(tables, "MOST", 3)
        monkeypatch.setattr(long_table, "STEP", 2)
        asked = SearchForm({}, places(october.world.supervisor, at=timezone.now()), at=timezone.now())
        assert asked.is_valid()
        job = long_table.start(
            asked=asked.asked(), as_csv=False, by=october.world.supervisor, at=timezone.now()
        )
        running.run(job.key, is_beating=False)
        made = supervisor.get(reverse("job_file", args=[job.key]))
        table = read_table(made.content)
        assert len(table) == 1 + 3 + 1
        assert "只导出了3条" in table[-1][0]

    def test_what_looks_like_a_formula_is_text(self, world, october, supervisor):
        world.officer.name = "=1+1"
        world.officer.save()
        asked = {"csv": "", "name": "objection.accepted"}
        answer = supervisor.get(reverse("changes_export"), asked)
        assert "'=1+1" in answer.content.decode("utf-8-sig")

    def test_a_wrong_question_gives_the_page_not_a_file(self, supervisor, october):
        answer = supervisor.get(reverse("changes_export"), {"rule": "1.2"})
        assert (answer.status_code, "先选一个村" in text(answer)) == (422, True)


class TestHousehold:
    def ask(self, client, home):
        return client.get(
            reverse("changes_home"),
            {"area": home.area.name, "door": home.door, "home_village": home.village.code},
        )

    def test_a_door_leads_to_the_question_why(self, world, october, supervisor):
        answer = self.ask(supervisor, world.wang_home)
        assert answer.url == reverse("changes_of", args=[world.wang_home.key])
        assert "先写为什么" in text(supervisor.get(answer.url))

    def test_a_door_that_is_none_is_said(self, supervisor, october):
        answer = supervisor.get(
            reverse("changes_home"), {"area": "东片", "door": "99号", "home_village": "990101103205"}
        )
        assert (answer.status_code, "没有这个门牌的档案" in text(answer)) == (422, True)

    @pytest.mark.parametrize(
        ("area", "door", "field", "says"),
        [
            ("东", "99", "door", "东片没有这个门牌的档案"),
            ("南片", "1号", "area", "柳溪村没有“南片”，有东片、西片"),
        ],
    )
    def test_what_is_wrong_is_said_beside_the_field_it_is_in(
        self, supervisor, october, area, door, field, says
    ):
        asked = {"area": area, "door": door, "home_village": "990101103205"}
        answer = supervisor.get(reverse("changes_home"), asked)
        assert list(answer.context["home_form"].errors) == [field]
        assert says in text(answer)

    def test_area_and_door_are_found_as_people_say_them(self, world, october, supervisor):
        asked = {"area": "东", "door": "1", "home_village": world.village.code}
        answer = supervisor.get(reverse("changes_home"), asked)
        assert answer.url == reverse("changes_of", args=[world.wang_home.key])

    def test_the_village_s_own_supervision_is_offered_its_areas(self, world, october):
        assert b'<option value="\xe4\xb8\x9c\xe7\x89\x87">' in listed(browser(world.supervision)).content

    def test_once_opened_everything_about_it_is_there_with_the_words(self, world, october, supervisor):
        address = reverse("changes_of", args=[world.wang_home.key])
        supervisor.post(address, {"open_why": "查第1号异议"})
        found = supervisor.get(address).context["lines"]
        assert {line.what for line in found} >= {"提异议", "收了异议", "打开档案看", "记一条分"}
        assert "查第1号异议" in {line.why for line in found}
        assert {line.village for line in found} == {"柳溪村"}
        other = supervisor.get(address, {"kind": "history"}).context["lines"]
        assert {line.about for line in other} >= {"评议事项 1.2 在公共地方乱倒垃圾"}

    def test_the_household_sees_who_looked_and_why(self, world, october, supervisor):
        supervisor.post(reverse("changes_of", args=[world.wang_home.key]), {"open_why": "查第1号异议"})
        shown = text(browser(world.wang).get(reverse("my_readings")))
        assert "县镇监督温监督" in shown
        assert "查第1号异议" in shown

    def test_another_household_stays_closed(self, world, october, supervisor):
        supervisor.post(reverse("changes_of", args=[world.wang_home.key]), {"open_why": "查第1号异议"})
        shown = text(supervisor.get(reverse("changes_of", args=[world.liu_home.key])))
        assert "先写为什么" in shown
        assert not Reading.objects.filter(subject_key=world.liu_home.key).exists()

    def test_one_s_own_kin_are_refused(self, world, october, supervisor):
        people.kin(world.supervisor, world.wang_home)
        assert supervisor.get(reverse("changes_of", args=[world.wang_home.key])).status_code == 403


class TestQueries:
    """What is asked of the database depends on the kinds of things on a page, not on how many there are."""

    KINDS = ("", "event", "history", "reading", "ledger", "task")

    def count(self, world, kind: str) -> int:
        asked = Asked(places(world.supervisor, at=NOON), kind=kind)
        hits = search.page(asked, size=500).hits
        lines.build(hits, asked)  # what is remembered for good is remembered
        with CaptureQueriesContext(connection) as queries:
            lines.build(search.page(asked, size=500).hits, asked)
        return len(queries)

    def test_thirty_rows_are_asked_like_one(self, world):
        month, counts = Month(world, NOON).open(), []
        for first, many in ((100, 1), (200, 29)):
            for door in range(first, first + many):
                home = people.household(f"{door}号", world.east, f"何{door}")
                links.link(subject=home, rater=world.zhou, by=world.clerk, at=NOON)
                log_reading(user=world.clerk, subject=home, role="clerk", why="看一看", at=NOON)
            month.observe("a", world.wang_home, "sweep", occurred_on=date(2026, 10, 1 + len(counts)))
            counts.append({kind: self.count(world, kind) for kind in self.KINDS})
        assert Event.objects.count() >= 30
        assert counts[0] == counts[1]

    def test_a_year_of_months_is_asked_like_one(self, world):
        month = Month(world, NOON).open()
        month.observe("0", world.wang_home, "sweep")
        month.to_publication()
        before = {kind: self.count(world, kind) for kind in self.KINDS}
        later = Month(world, NOON, date(2026, 9, 1)).open()
        for n in range(6):
            later.observe(str(n), world.wang_home, "volunteer", quantity_milli=1000)
        later.to_publication()
        assert {kind: self.count(world, kind) for kind in self.KINDS} == before
