"""Rulebook, roster and offices as they stood on a day, and what differs between two days."""

import re
from datetime import date, timedelta
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from governance import appointments, consents, links, subjects
from governance.models import Appointment, Event, Rule, Rulebook, Subject, User
from governance.models.people import Role
from governance.rulebook_changes import changes
from governance.saving import save
from governance.subjects import Home
from oversight.asof import roles, roster, rulebook
from oversight.asof.differences import compare
from tests import people
from tests.oversight.looking_back import AUGUST, SEPTEMBER, built, clock, text
from tests.people import NOON

TODAY, IN_SEPTEMBER, IN_AUGUST = date(2026, 11, 16), date(2026, 9, 20), date(2026, 8, 20)
BEFORE = date(2026, 8, 1)
PAGES = ("asof_rulebook", "asof_roster", "asof_roles")


@pytest.fixture
def world(db):
    return built()


@pytest.fixture
def page(client, world):
    def get(name, user=world.supervisor, **query):
        client.force_login(user)
        with clock():
            return client.get(reverse(name, args=[world.village.code]), query)

    return get


def sheet_of(response) -> list[tuple]:
    return list(load_workbook(BytesIO(response.content)).active.iter_rows(values_only=True))


# -- offices -----------------------------------------------------------------------------------------------------


def names(world, day) -> list[str]:
    return [office.who for office in roles.offices(world.village, day, at=NOON).values()]


def test_who_was_in_office_then_is_listed_and_who_came_later_is_not(world):
    with clock(SEPTEMBER):
        newcomer = people.account("钱理事")
        appointments.appoint(
            user=newcomer, role=Role.COUNCIL, division=world.village, by=world.clerk, at=SEPTEMBER
        )
    assert "钱理事" not in names(world, IN_AUGUST)
    assert "钱理事" in names(world, IN_SEPTEMBER)
    assert {"严专员", "温监督"} <= set(names(world, IN_AUGUST))  # of the township, whose office reaches here


def test_who_left_is_still_listed_on_a_day_before(world):
    row = Appointment.objects.get(user=world.helper)
    appointments.end(appointment=row, why="不做了", by=world.clerk, at=NOON)
    assert "丁代办" in names(world, IN_AUGUST)
    assert "丁代办" not in names(world, TODAY)


def test_what_is_written_later_about_an_earlier_day_does_not_change_how_it_stood(world):
    row = Appointment.objects.get(user=world.zhou)
    row.ends = IN_AUGUST - timedelta(days=10)
    save(row, action="appointment.ended", by=world.clerk, at=NOON)
    assert "周党员" in names(world, IN_AUGUST)


def test_a_name_is_the_one_of_that_day(world):
    world.zhou.name = "周新名"
    save(world.zhou, action="account.renamed", by=world.clerk, at=SEPTEMBER)
    assert "周党员" in names(world, IN_AUGUST)
    assert "周新名" in names(world, IN_SEPTEMBER)


def test_offices_of_another_village_are_not_here(world):
    assert "邻村文书" not in names(world, TODAY)


def test_two_days_differ_by_who_came_who_went_and_what_was_set_otherwise(world):
    with clock(SEPTEMBER):
        newcomer = people.account("钱理事")
        appointments.appoint(
            user=newcomer, role=Role.COUNCIL, division=world.village, by=world.clerk, at=SEPTEMBER
        )
    gone, changed = (Appointment.objects.get(user=user) for user in (world.helper, world.gao))
    appointments.end(appointment=gone, why="不做了", by=world.clerk, at=NOON)
    changed.ends = date(2026, 12, 31)
    save(changed, action="appointment.ended", by=world.clerk, at=NOON)
    found = roles.difference(world.village, (IN_AUGUST, TODAY), at=NOON)
    assert [office.who for office in found.added] == ["钱理事"]
    assert [office.who for office in found.removed] == ["丁代办"]
    assert [(one.row.who, one.fields) for one in found.changed] == [
        ("高组长", [("到", "", "2026年12月31日")])
    ]


# -- roster ------------------------------------------------------------------------------------------------------


def test_the_clerk_reads_doors_and_names_as_they_were(world, page):
    home = Home(world.east, "21号", "王家新户")
    subjects.correct(subject=world.wang_home, home=home, why="写错了", by=world.clerk, at=SEPTEMBER)
    then, now = (text(page("asof_roster", world.clerk, on=day)) for day in (IN_AUGUST, TODAY))
    assert "王家户" in then
    assert "21号" not in then
    assert "王家新户" in now
    assert "21号" in now


def test_the_rater_of_that_day_is_shown(world):
    links.relink(subject=world.wang_home, rater=world.zhou, why="换人", by=world.clerk, at=SEPTEMBER)
    raters = [
        roster.homes(world.village, day, at=NOON)[world.wang_home.pk].rater for day in (IN_AUGUST, TODAY)
    ]
    assert raters == ["李党员", "周党员"]


def test_a_closed_file_is_there_on_a_day_before_and_gone_after(world):
    subjects.close(subject=world.liu_home, on=SEPTEMBER.date(), why="搬走了", by=world.clerk, at=SEPTEMBER)
    found = roster.difference(world.village, (IN_AUGUST, TODAY), at=NOON)
    assert [home.name for home in found.removed] == ["刘家户"]


def test_a_supervisor_reads_counts_and_neither_door_nor_name_nor_whose_consent(world, page):
    consents.withdraw(member=world.head, by=world.wang, at=SEPTEMBER)
    home = Home(world.east, "21号", "刘家户")
    subjects.correct(subject=world.liu_home, home=home, why="写错了", by=world.clerk, at=SEPTEMBER)
    body = text(page("asof_roster", on=TODAY, then=IN_AUGUST))
    for row in Subject.objects.all():
        assert row.name not in body
        assert str(row.key) not in body or row == world.liu_home
    assert "21号" not in body
    assert "登记改过1户" in body
    assert "门牌号改过" in body
    counts = roster.counts(roster.homes(world.village, TODAY, at=NOON))
    assert [(one.area, one.kinds, one.enrolled) for one in counts] == [
        ("东片", [5, 0, 0], 3),
        ("西片", [1, 1, 0], 2),
    ]


def test_of_an_area_with_few_files_a_supervisor_does_not_read_how_many_take_part(world, page):
    with clock(SEPTEMBER):
        people.household("99号", people.area(world.village, "独片", 3), "独户主", enrolled=False)
    cells = {
        user: re.search(r"<td>独片</td>.*?</tr>", text(page("asof_roster", user))).group()
        for user in (world.supervision, world.clerk)
    }
    assert "不写" in cells[world.supervision]
    assert "不写" not in cells[world.clerk]
    assert cells[world.clerk].endswith('<td class="num">0</td></tr>')


def test_a_supervisor_finds_one_household_by_exact_words_and_is_led_to_the_gate(client, world):
    client.force_login(world.supervision)
    address = reverse("asof_roster", args=[world.village.code])
    with clock():
        found, part, none = (text(client.post(address, {"words": words})) for words in ("王家户", "王家", ""))
    assert reverse("asof_card", args=[world.wang_home.key]) in found
    assert "东片的一户" in found
    assert "没有找到" in part
    assert "请写门牌号或者户名" in none


def test_the_clerk_takes_the_roster_of_a_day_out_and_that_is_an_event(client, world):
    home = Home(world.east, "=1+1", "王家户")
    subjects.correct(subject=world.wang_home, home=home, why="写错了", by=world.clerk, at=SEPTEMBER)
    client.force_login(world.clerk)
    address = reverse("asof_roster_export", args=[world.village.code])
    with clock():
        whole, changes = (client.post(f"{address}?{query}") for query in (
            f"on={IN_AUGUST}", f"on={TODAY}&then={IN_AUGUST}"
        ))  # fmt: skip
    rows = sheet_of(whole)
    assert rows[0] == ("片", "门牌号", "户名", "户主", "类别", "参加没有", "联户党员")
    assert ("东片", "1号", "王家户", "王大爷", "户", "参加", "李党员") in rows
    assert sheet_of(changes)[1][-3:] == ("门牌号", "1号", "=1+1")
    cell = load_workbook(BytesIO(changes.content)).active.cell(2, 11)
    assert cell.data_type == "s"
    assert Event.objects.filter(name="roster.exported").count() == 2


@pytest.mark.parametrize("who", ["supervisor", "supervision", "officer"])
def test_nobody_else_takes_the_roster_out(client, world, who):
    client.force_login(getattr(world, who))
    with clock():
        answer = client.post(reverse("asof_roster_export", args=[world.village.code]))
    assert answer.status_code == 403
    assert not Event.objects.filter(name="roster.exported").exists()


# -- rulebook ----------------------------------------------------------------------------------------------------


def second_version(world) -> Rulebook:
    """A second version in force since the middle of September: one rule changed, one gone, one new."""
    with clock(SEPTEMBER):
        world.rulebook.supersede()
        save(world.rulebook, action="rulebook.superseded", by=None, at=SEPTEMBER)
        book = people.rulebook(world.village, version=2, starts_quarter="2026Q4")
        shape = Rule.Shape.FIXED
        people.rule(book, "1.1", "打扫门前公共路面", shape, 1, points_tenths=20, conduct="sanitation")
        people.rule(book, "1.9", "参加防火巡逻", shape, 1, points_tenths=10, conduct="safety")
    return book


def test_the_version_in_force_that_day_is_shown_with_its_rules(world, page):
    second_version(world)
    then, now = (text(page("asof_rulebook", on=day)) for day in (IN_AUGUST, TODAY))
    assert "柳溪村评分细则，第1版" in then
    assert "露天焚烧秸秆" in then
    assert "参加防火巡逻" not in then
    assert "柳溪村评分细则，第2版" in now
    assert "第1版，已被新版代替" in now
    assert "露天焚烧秸秆" not in now


def test_before_the_first_rulebook_the_page_says_so(page):
    body = text(page("asof_rulebook", on=BEFORE))
    assert "那天还没有施行的细则" in body


def test_a_rule_edited_behind_the_application_is_shown_as_it_was(world):
    Rule.objects.filter(number="1.2").update(text="改过的话", points_tenths=90)
    items = rulebook.rulebook(world.village, TODAY, at=NOON).items.values()
    [item] = [item for item in items if item.number == "1.2"]
    assert (item.text, "每次减2分" in item.terms) == ("在公共地方乱倒垃圾", True)


def test_two_days_differ_by_rules_added_gone_and_changed(world, page):
    second_version(world)
    found = rulebook.difference(world.village, (IN_AUGUST, TODAY), at=NOON)
    assert [item.number for item in found.added] == ["1.9"]
    assert len(found.removed) == 10
    [change] = found.changed
    assert change.fields == [("怎么算", "每次加1分，要照片", "每次加2分，要照片")]
    assert "每次加2分，要照片" in text(page("asof_rulebook", on=TODAY, then=IN_AUGUST))


ELSEWHERE = {  # beside the terms a rule of any shape has: what another shape counts by
    "min_tenths": "range", "max_tenths": "range", "unit": "per_unit", "unit_milli": "per_unit", "window": "steps",
}  # fmt: skip
NEEDS = {"window": {"window": "month"}, "group_window": {"group": "门前"}}
# Which row it is, where it stands, the cells it was read from, and the clerk's answers: no terms of the rule.
NO_TERMS = {"key", "village_id", "rulebook_id", "position", "family", "as_written", "findings"}
OTHERWISE = {
    "number": "9.9", "dimension": "work", "category": "别的类别", "text": "别的话", "conduct": "animals", "sign": -1,
    "shape": "range", "unit": "斤", "window": "year", "group": "门前", "group_window": "year", "evidence": "none",
    "double_audit": True, "kinds": ["shop"], "repairable": False, "repair_half": True, "repair_terms": "扫三次路",
}  # fmt: skip


@pytest.mark.parametrize("column", sorted(set(Rule.DIGEST[1]) - NO_TERMS))
def test_a_change_in_any_column_of_a_rule_is_seen_on_both_pages_that_compare(world, column):
    shape, needed = ELSEWHERE.get(column, "fixed"), NEEDS.get(column, {})
    books = [people.rulebook(world.village, version=n, state="adopted") for n in (2, 3)]
    was, now = (people.rule(book, "1.1", "打扫路面", shape, 1, points_tenths=10, **needed) for book in books)
    setattr(now, column, OTHERWISE[column] if column in OTHERWISE else (getattr(now, column) or 0) + 1)
    save(now, action="rule.edited", by=world.clerk, at=NOON)
    old, new = (rulebook._item(rule, None) for rule in (was, now))
    assert compare({1: old}, {1: new}, rulebook.LABELS).changed
    if column in ("number", "text"):
        return  # by these a draft's rule is known: it is another one
    was.family = now.family = "一条"
    save(was, action="rule.edited", by=world.clerk, at=NOON)
    save(now, action="rule.edited", by=world.clerk, at=NOON)
    assert changes(was.rulebook, now.rulebook).changed


def test_the_points_a_quarter_begins_with_are_compared_on_a_line_of_their_own(world, page):
    book = second_version(world)
    with clock(SEPTEMBER):
        book.base_tenths = 900
        save(book, action="rulebook.edited", by=world.clerk, at=SEPTEMBER)
    found = rulebook.difference(world.village, (IN_AUGUST, TODAY), at=NOON)
    assert next((one.row.called, one.fields) for one in found.changed) == (
        "每季起始分", [("怎么算", "100分", "90分")]
    )  # fmt: skip
    assert "每季起始分" in text(page("asof_rulebook", on=TODAY, then=IN_AUGUST))


def test_the_rules_of_a_day_go_into_a_spreadsheet(world, page):
    second_version(world)
    rows = sheet_of(page("asof_rulebook_export", on=TODAY))
    assert rows[1] == ("1.1", "社会公德", "打扫门前公共路面", "加分", "每次加2分，要照片")
    assert sheet_of(page("asof_rulebook_export", on=TODAY, then=IN_AUGUST))[1][0] == "新加"


def test_everybody_in_office_reads_the_rules_and_only_some_the_rest(world, page):
    assert page("asof_rulebook", world.li).status_code == 200
    assert page("asof_roles", world.li).status_code == 403
    assert page("asof_roster", world.li).status_code == 403
    assert reverse("asof_roster", args=[world.village.code]) not in text(page("asof_rulebook", world.li))


# -- days --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PAGES)
def test_a_day_ahead_or_no_day_at_all_is_said_on_the_page(page, name):
    ahead, rubbish = page(name, on="2026-11-17"), page(name, on="昨天")
    assert (ahead.status_code, rubbish.status_code) == (422, 422)
    assert "那一天还没到" in text(ahead)
    assert "看不出是哪天" in text(rubbish)


@pytest.mark.parametrize("name", PAGES)
def test_without_a_day_it_is_today(page, name):
    assert "2026年</span>11月16日" in text(page(name)) or "2026年11月16日" in text(page(name))


@pytest.mark.parametrize(
    ("name", "says"),
    [("asof_roster", "那天户册还是空的"), ("asof_roles", "那天还没有人任职")],
)
def test_before_anything_was_written_the_page_says_so(page, name, says):
    assert says in text(page(name, on=BEFORE))


@pytest.mark.parametrize("name", PAGES)
def test_two_days_without_a_change_say_so(page, name):
    body = text(page(name, on=TODAY, then=IN_SEPTEMBER))
    assert "没有变" in body or "一条也没有变" in body or "登记改过0户" in body


def test_days_one_asks_for_most_are_offered(world, page):
    world.rulebook.assembly_on = date(2026, 1, 9)
    save(world.rulebook, action="rulebook.adopted", by=None, at=AUGUST)
    body = text(page("asof_rulebook"))
    for day in ("2026-09-30", "2026-06-30", "2026-01-09"):
        assert f"on={day}" in body


def test_an_export_of_a_day_ahead_is_refused_with_a_sentence(page):
    answer = page("asof_roles_export", on="2027-01-01")
    assert answer.status_code == 422
    assert "那一天还没到" in text(answer)


# -- how much is asked -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("who", ["clerk", "supervisor"])
def test_thirty_rows_more_cost_no_query_more(world, page, name, who):
    query = {"on": TODAY, "then": BEFORE}
    user = getattr(world, who)
    page(name, user, **query)
    with CaptureQueriesContext(connection) as few:
        page(name, user, **query)
    with clock(SEPTEMBER):
        for n in range(30):
            people.household(f"{100 + n}号", world.west, f"户主{n}", rater=world.zhou)
            people.person(f"新理事{n}", Role.COUNCIL, world.village)
            people.rule(world.rulebook, f"9.{n}", f"第{n}件好事", Rule.Shape.FIXED, 1, points_tenths=10)
    with CaptureQueriesContext(connection) as many:
        body = text(page(name, user, **query))
    assert len(many) == len(few)
    assert "新理事29" in body or "户主29" in body or "第29件好事" in body or '<td class="num">32</td>' in body


def test_users_are_only_those_of_the_offices(world):
    assert User.objects.count() > len(set(names(world, TODAY)))
