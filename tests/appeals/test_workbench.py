"""The officer's pages by HTTP: the queue, the file, what may be done with it, and deciding."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from appeals import facts, objections
from appeals.against import Against
from appeals.models import Decision, Hearing, Inquiry, Objection, Paragraph, SavedView
from governance.models import Reading
from governance.spreadsheets import read_table
from tests import people
from tests.appeals.cases import Case
from tests.months import photo
from tests.people import NOON
from tests.published import clock
from tests.workflows.pages import browser, text

State, Outcome = Objection.State, Objection.Outcome


@pytest.fixture(autouse=True)
def _now():
    with clock():
        yield


@pytest.fixture
def case(world, month) -> Case:
    return Case(world, month, at=NOON + timedelta(hours=1))


@pytest.fixture
def officer(world):
    return browser(world.officer)


def page(client, name, *args, **query):
    return client.get(reverse(name, args=args), query)


def do(client, case, act, **data):
    return client.post(reverse("case_act", args=[case.row.key, act]), data)


def decide(client, case, **data):
    seen = facts.seen(case.again().row, at=case.at)
    return client.post(reverse("case_decide", args=[case.row.key]), {"seen": seen, **data})


def many(world, n: int, first: int = 50):
    """n cases, each of a household of its own."""
    for door in range(first, first + n):
        home = people.household(f"{door}号", world.east, f"何{door}", rater=world.li)
        objections.file(
            against=Against.missing(home, date(2026, 10, 16), world.rules["sweep"]), text="漏了", how="desk",
            for_member=home.members.get(), by=world.clerk, at=NOON,
        )  # fmt: skip


def test_the_queue_lists_cases_without_naming_a_household(officer, case):
    case.file()
    shown = text(page(officer, "cases"))
    assert case.row.number in shown
    assert "王" not in shown.replace("王大爷", "王")
    assert "快到期" in shown  # to be taken up by tomorrow


def test_the_queue_asks_as_much_for_nineteen_cases_as_for_one(officer, world, month):
    asked = []
    for n, first in ((1, 50), (18, 60)):
        many(world, n, first)
        with CaptureQueriesContext(connection) as queries:
            page(officer, "cases")
        asked.append(len(queries))
    assert asked[0] == asked[1]


def test_tabs_filters_and_numbers(officer, case, world):
    case.file()
    number = case.row.number
    assert number in text(page(officer, "cases", tab="free"))
    assert number not in text(page(officer, "cases", tab="mine"))
    assert number not in text(page(officer, "cases", about="scorecard"))
    assert number in text(
        page(officer, "cases", number=number, village=world.village.code, rule=world.rules["litter"].family)
    )
    assert number in text(page(officer, "cases_of", world.village.code))
    assert "没有找到" in text(page(officer, "cases", number="YY-1999"))
    assert page(officer, "cases", tab="red", page="x", village="9", about="y").status_code == 200


def test_a_filter_is_kept_under_a_name_and_forgotten(officer, world):
    officer.post(reverse("cases_view_keep"), {"name": "没人领的", "query": "tab=free&colour=red"})
    view = SavedView.objects.get()
    assert view.query == "tab=free"
    assert "没人领的" in text(page(officer, "cases"))
    assert browser(world.panel[0]).post(reverse("cases_view_drop", args=[view.key])).status_code == 404
    officer.post(reverse("cases_view_drop", args=[view.key]))
    assert not SavedView.objects.exists()


def test_the_table_names_no_household(officer, case):
    case.file()
    for query in ({}, {"csv": ""}):
        table = read_table(page(officer, "cases_export", **query).content)
        assert table[1][0] == case.row.number
        assert "王" not in str(table)


def test_a_case_is_claimed_from_the_list_by_one(officer, case, world):
    case.file()
    assert do(officer, case, "claim").status_code == 302
    assert case.again().row.officer == world.officer
    assert do(officer, case, "claim").status_code == 409


def test_the_file_shows_both_sides_and_the_look_is_noted_once(officer, case, world):
    case.file()
    for _ in range(2):
        shown = text(page(officer, "case", case.row.key))
    assert "袋子不是我家的" in shown
    assert "在路口倒了一袋垃圾" in shown
    assert world.rules["litter"].text in shown
    assert Reading.objects.get().why == f"办异议{case.row.number}"


def test_who_must_stay_out_sees_nothing_of_the_file(case, world):
    case.file()
    people.kin(world.panel[0], world.wang_home)
    shown = text(page(browser(world.panel[0]), "case", case.row.key))
    assert "您回避" in shown
    assert "袋子" not in shown
    assert "王大爷" not in shown
    assert not Reading.objects.exists()


def test_a_supervisor_opens_a_file_only_when_nobody_else_may_act(case, world):
    case.file()
    supervisor = browser(world.supervisor)
    assert page(supervisor, "case", case.row.key).status_code == 404
    for user in (world.officer, *world.panel):
        people.kin(user, world.wang_home)
    assert page(supervisor, "case", case.row.key).status_code == 200
    people.kin(world.supervisor, world.wang_home)
    assert "没有人能办" in text(page(supervisor, "cases"))


def test_the_evidence_opens_for_who_decides(officer, case, world):
    piece = case.month.items["litter"].evidence.get()
    assert page(officer, "evidence", piece.key).status_code == 404
    case.file()
    assert page(officer, "evidence", piece.key).status_code == 200
    people.kin(world.officer, world.wang_home)
    assert page(officer, "evidence", piece.key).status_code == 404


def test_the_panel_reads_why_its_buttons_are_closed(case, world):
    case.file()
    shown = text(page(browser(world.panel[0]), "case", case.row.key))
    assert "这一步由严专员来办" in shown
    assert do(browser(world.panel[0]), case, "accept").status_code == 403


def test_accepting_asking_hearing_extending_waiting(officer, case, world):
    case.file()
    do(officer, case, "accept")
    assert case.again().row.state == State.ACCEPTED
    shown = page(officer, "case", case.row.key).content.decode()
    assert f'value="{world.li.key}"' in shown  # the rater is on the list
    assert f'value="{world.shi.key}"' in shown  # the leader too
    do(officer, case, "ask", to=str(world.li.key), question="您看见了吗？")
    do(officer, case, "ask", to="witness", to_name="隔壁老张", question="您看见了吗？")
    assert Inquiry.objects.count() == 2
    do(officer, case, "hear", on="2026-11-18", clock="14:30", place="村部")
    hearing = Hearing.objects.get()
    officer.post(reverse("hearing_end", args=[hearing.key]), {"why": "改天"})
    hearing.refresh_from_db()
    assert hearing.state == Hearing.State.CANCELLED
    do(officer, case, "extend", days="3", why="等照片")
    assert case.again().row.extended_days == 3
    assert "延长过了" in text(page(officer, "case", case.row.key))
    do(officer, case, "hand_in", text="现场量过", files=photo())
    assert case.row.exhibits.count() == 2
    do(officer, case, "suspend", why="请补一张照片")
    assert case.again().row.suspended_at
    assert "先点" in text(page(officer, "case", case.row.key)) or "接着办" in text(
        page(officer, "case", case.row.key)
    )
    do(officer, case, "resume")
    assert not case.again().row.suspended_at


def test_what_is_filled_in_wrongly_comes_back_with_the_page(officer, case):
    case.file().accept()
    answer = do(officer, case, "extend", days="99", why="等照片")
    assert answer.status_code == 422
    assert "最多还能延长" in text(answer)
    assert "等照片" in text(answer)
    assert do(officer, case, "refuse", grounds="x").status_code == 409
    assert do(officer, case, "dance").status_code == 404


def test_handing_over(officer, case, world):
    second = people.person("钱专员", "officer", world.township)
    case.file().accept()
    assert do(officer, case, "hand_over", to=str(second.key), why="我出差").status_code == 302
    assert case.again().row.officer == second


def test_who_is_asked_answers_and_sees_no_more_than_needed(officer, case, world):
    case.file(text="我们家从来没有倒过").accept()
    do(officer, case, "ask", to=str(world.li.key), question="那天您看见谁倒的？")
    inquiry = Inquiry.objects.get()
    li = browser(world.li)
    assert "调查函" in text(li.get(reverse("todo")))
    shown = text(page(li, "inquiry", inquiry.key))
    assert "那天您看见谁倒的？" in shown
    assert "从来没有倒过" not in shown
    assert page(browser(world.zhou), "inquiry", inquiry.key).status_code == 404
    assert li.post(reverse("inquiry", args=[inquiry.key]), {"answer": ""}).status_code == 422
    assert li.post(reverse("inquiry", args=[inquiry.key]), {"answer": "看见老王倒的"}).status_code == 302
    assert "看见老王倒的" in text(page(officer, "case", case.row.key))
    assert "不用答了" in text(page(li, "inquiry", inquiry.key))


def test_the_officer_writes_down_what_a_witness_said(officer, case, world):
    case.file().accept()
    do(officer, case, "ask", to="witness", to_name="隔壁老张", question="您看见了吗？")
    inquiry = Inquiry.objects.get()
    assert officer.post(reverse("inquiry", args=[inquiry.key]), {"answer": "没看见"}).status_code == 302
    assert page(browser(world.li), "inquiry", inquiry.key).status_code == 404


def test_each_outcome_is_shown_before_it_is_signed(officer, case):
    case.file().accept()
    shown = text(page(officer, "case_decide", case.row.key))
    assert "106分" not in shown
    assert "不支持" in shown
    assert "变成" in shown


def test_computing_keeps_the_words_and_signs_nothing(officer, case):
    case.file("volunteer").accept()
    answer = decide(officer, case, calc="1", quantity="8", grounds="写到一半")
    assert answer.status_code == 200
    assert "写到一半" in text(answer)
    assert not Decision.objects.exists()


def test_deciding_leads_to_the_letter(officer, case):
    case.file("volunteer", text="做了八个小时").accept()
    answer = decide(officer, case, outcome="upheld", quantity="8", grounds="签到表上是八个小时。")
    assert answer.status_code == 302
    assert case.again().row.outcome == Outcome.UPHELD
    letter = text(officer.get(answer.url))
    assert "签到表上是八个小时。" in letter
    assert "改记+4分" in letter


def test_without_grounds_or_outcome_nothing_is_signed(officer, case):
    case.file().accept()
    assert decide(officer, case, outcome="upheld", grounds="").status_code == 422
    assert decide(officer, case, grounds="有理").status_code == 422
    assert not Decision.objects.exists()


def test_a_changed_case_is_refused_with_the_difference_and_the_words_stay(officer, case, world):
    case.file().accept()
    seen = facts.seen(case.row, at=case.at)
    do(officer, case, "ask", to=str(world.li.key), question="您看见了吗？")
    answer = officer.post(
        reverse("case_decide", args=[case.row.key]),
        {"seen": seen, "outcome": "upheld", "grounds": "辛苦写的理由"},
    )
    assert answer.status_code == 409
    shown = text(answer)
    assert "您看的时候是“问了0位，答了0位”" in shown
    assert "辛苦写的理由" in shown
    again = decide(officer, case, outcome="upheld", grounds="辛苦写的理由")
    assert again.status_code == 302


def test_of_a_quarter_the_deductions_to_take_out_are_ticked(officer, case, world):
    from governance.models import Scorecard

    card = Scorecard.objects.create(
        village=world.village, subject=world.wang_home, quarter="2026Q4", base_tenths=1000, index_tenths=1000,
        total_tenths=1000, colour="blue", computed_at=NOON, confirmed_at=NOON, published_at=NOON,
    )  # fmt: skip
    case.file(against=Against.card(card)).accept()
    from tests.published import entry

    litter = entry(case.month, "litter")
    assert decide(officer, case, outcome="upheld", grounds="有理").status_code == 422
    assert decide(officer, case, outcome="upheld", grounds="有理", out=[str(litter.key)]).status_code == 302
    assert litter.reversed_by


def test_of_a_missing_plus_the_officer_names_the_rule(officer, case, world):
    case.file(against=Against.missing(world.wang_home, NOON.date().replace(month=10)), text="扫了路").accept()
    assert decide(officer, case, outcome="upheld", grounds="有理").status_code == 422
    rule = str(world.rules["volunteer"].key)
    shown = decide(officer, case, calc="1", rule=rule)
    assert "多少" in text(shown)
    assert decide(officer, case, outcome="upheld", grounds="有理", rule=rule, quantity="4").status_code == 302


def test_standard_paragraphs_are_kept_and_put_into_the_grounds(officer, case, world):
    sent = {"title": "照片看得清", "text": "照片上看得清是谁家。", "outcome": ""}
    assert officer.post(reverse("paragraphs"), sent).status_code == 302
    assert officer.post(reverse("paragraphs"), sent).status_code == 422
    kept = Paragraph.objects.get()
    case.file().accept()
    answer = decide(officer, case, paste="1", paragraph=str(kept.key), grounds="先写的。")
    assert "先写的。\n照片上看得清是谁家。" in answer.content.decode().replace("\r", "")
    officer.post(reverse("paragraph_edit", args=[kept.key]), {**sent, "text": "改了"})
    officer.post(reverse("paragraph_drop", args=[kept.key]))
    assert not Paragraph.objects.exists()
    assert browser(world.clerk).get(reverse("paragraphs")).status_code == 403


def test_the_letter_is_for_the_household_and_the_desk(officer, case, world):
    case.file().accept()
    assert page(officer, "case_letter", case.row.key).status_code == 404
    case.decide("rejected")
    for user in (world.wang, world.clerk, world.officer, world.panel[0]):
        shown = text(page(browser(user), "case_letter", case.row.key))
        assert "不服的，2026年11月23日以前" in shown, user
    for user in (world.li, world.supervisor, world.council[0]):
        assert page(browser(user), "case_letter", case.row.key).status_code == 404


def test_the_letter_as_pdf(officer, case):
    case.file().accept().decide("upheld")
    answer = page(officer, "case_letter_pdf", case.row.key)
    assert answer.content[:5] == b"%PDF-"
