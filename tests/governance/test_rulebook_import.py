import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from governance.lexicon import Ground
from governance.linter import Verdict
from governance.point_text import parse
from governance.rule_families import row_numbers
from governance.rulebook_file import RawRow, read_rows, write_rows
from governance.rulebook_import import check_file
from governance.scoring import Entry, Rule, score
from governance.shapes import Shape, Window

BOOKS = Path(__file__).parents[3] / "shared" / "rulebooks"
real = pytest.mark.skipif(not BOOKS.is_dir(), reason="the real rulebooks are not beside the project")
VAGUE_ROWS = {48, 52, 54, 55, 56, 57, 59, 60, 61, 62, 63}


def book(name):
    return read_rows(BOOKS / name)


def rows(*texts):
    return [RawRow(n, category="测试", item=item, points=points) for n, (item, points) in enumerate(texts, 1)]


def found(report, number, ground):
    return [finding for finding in report.rows[number - 1].findings if finding.ground is ground]


@real
@pytest.mark.parametrize(
    "name", ["wendeng_rural_2020.csv", "longsheng_village_2026.csv", "redlines_must_refuse.csv"]
)
def test_every_real_row_ends_once_unchanged_and_with_a_reason(name):
    given = book(name)
    report = check_file(given)
    assert [result.row for result in report.rows] == given
    assert sum(report.counts.values()) == len(given)
    for result in report.rows:
        assert bool(result.findings) is (result.verdict is not Verdict.ACCEPTED)
        assert result.draft is not None or result.verdict is Verdict.REFUSED
        assert all("。" in finding.sentence for finding in result.findings)


@real
def test_all_228_rows_of_a_county_rulebook_are_told():
    report = check_file(book("wendeng_rural_2020.csv"))
    *told, last = report.lines()
    named = {int(re.match(r"row (\d+) (?:warned|refused) [a-z-]+: ", line).group(1)) for line in told}
    counts = re.fullmatch(r"accepted (\d+), warned (\d+), refused (\d+)", last).groups()
    assert sum(map(int, counts)) == 228
    assert len(named) == 228 - int(counts[0])


@real
def test_points_of_the_county_rulebook_are_kept_as_given():
    drafts = {result.row.number: result.draft for result in check_file(book("wendeng_rural_2020.csv")).rows}
    assert drafts[85].points_tenths == 1000
    assert (drafts[57].max_tenths, drafts[57].steps[0].points_tenths) == (9, 1)
    assert [step.points_tenths for step in drafts[53].steps] == [10, 10, 10, 10]
    assert drafts[206].sign * drafts[206].points_tenths == -1000


@real
def test_the_ten_thresholds_of_hours_are_proposed_as_one_family():
    report = check_file(book("wendeng_rural_2020.csv"))
    drafts = [report.rows[number - 1].draft for number in range(24, 34)]
    assert {draft.shape for draft in drafts} == {Shape.THRESHOLDS}
    assert len({draft.family for draft in drafts}) == 1
    assert [step.at_milli for step in drafts[0].steps] == [
        hours * 1000 for hours in (4, 10, 20, 50, 80, 100, 150, 200, 250, 300)
    ]
    assert "第24至33行" in found(report, 24, Ground.LINKED_ROWS)[0].sentence


@real
def test_all_forty_red_lines_are_refused_for_what_is_never_scored():
    report = check_file(book("redlines_must_refuse.csv"))
    assert len(report.rows) == 40
    for result in report.rows:
        assert result.verdict is Verdict.REFUSED
        assert {finding.ground for finding in result.findings} <= {Ground.PROTECTED, Ground.SENSITIVE}


@real
@pytest.mark.parametrize("blank_notes", [False, True])
def test_the_eleven_vague_rows_are_vague_or_refused_whatever_the_notes_say(blank_notes):
    given = book("longsheng_village_2026.csv")
    assert {row.number for row in given if "VAGUE" in row.note} == VAGUE_ROWS
    if blank_notes:
        given = [replace(row, note="") for row in given]
    report = check_file(given)
    for number in VAGUE_ROWS:
        assert report.rows[number - 1].verdict is Verdict.REFUSED or found(report, number, Ground.VAGUE)


@real
def test_ordinary_rows_of_sanitation_sorting_and_volunteering_pass():
    report = check_file(book("longsheng_village_2026.csv"))
    ordinary = [*range(1, 17), 19, 26, 27, *range(31, 38), 39, 40, 41, 46, 47, 49, 50, 51, 58]
    assert {report.rows[number - 1].verdict for number in ordinary} == {Verdict.ACCEPTED}


@real
@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_a_real_rulebook_exports_and_comes_back_the_same(tmp_path, suffix):
    given = book("wendeng_rural_2020.csv")
    write_rows(given, tmp_path / f"book{suffix}")
    assert read_rows(tmp_path / f"book{suffix}") == given


def test_the_second_and_third_time_are_one_family_of_steps():
    report = check_file(
        rows(("鸡鸭散养（第一次）", "-2"), ("鸡鸭散养（第二次）", "-4"), ("鸡鸭散养（第三次及以上）", "-6"))
    )
    for result in report.rows:
        assert (result.draft.shape, result.draft.window) == (Shape.STEPS, Window.QUARTER)
        assert [step.points_tenths for step in result.draft.steps] == [20, 40, 60]
    assert len({result.draft.family for result in report.rows}) == 1


def test_times_with_a_gap_are_no_steps_but_one_exclusive_group():
    report = check_file(rows(("鸡鸭散养（第一次）", "-2"), ("鸡鸭散养（第三次）", "-6")))
    assert {result.draft.shape for result in report.rows} == {Shape.FIXED}
    assert len({result.draft.group for result in report.rows}) == 1
    assert report.rows[0].draft.group


def test_levels_of_one_honour_are_one_exclusive_group():
    report = check_file(rows(("受到市级表彰的", "+5"), ("受到镇级表彰的", "+2"), ("清扫村道", "+1")))
    assert report.rows[0].draft.group == report.rows[1].draft.group != ""
    assert report.rows[2].draft.group == ""


def test_rows_of_other_categories_or_signs_are_not_linked():
    one = RawRow(1, category="甲", item="受到市级表彰的", points="+5")
    other = RawRow(2, category="乙", item="受到镇级表彰的", points="+2")
    assert [result.draft.group for result in check_file([one, other]).rows] == ["", ""]


def test_a_refused_row_is_linked_to_nothing():
    report = check_file(rows(("越级上访，情节严重的", "-5"), ("越级上访的", "-2")))
    assert not found(report, 1, Ground.LINKED_ROWS)


def test_whichever_row_of_a_family_a_fact_is_filed_under_it_scores_the_same():
    report = check_file(rows(("志愿服务累计达到10小时", "+2"), ("志愿服务累计达到20小时", "+5")))
    scores = set()
    for result in report.rows:
        draft = result.draft
        rule = Rule(
            1, draft.family, draft.shape, draft.sign, unit=draft.unit, window=draft.window, steps=draft.steps
        )
        entry = Entry(1, 1, date(2026, 8, 1), 1, "2026Q3", 0, quantity_milli=25_000)
        scores.add(score(base_tenths=1000, quarter="2026Q3", entries=[entry], rules={1: rule}).total_tenths)
    assert scores == {1050}


def test_repeated_texts_stay_separate_rules_and_are_pointed_at():
    report = check_file(rows(("清扫村道", "+1"), ("清扫村道", "+1"), ("清扫村道", "+2")))
    assert [result.key for result in report.rows] == [
        ("清扫村道", "+1", 1),
        ("清扫村道", "+1", 2),
        ("清扫村道", "+2", 1),
    ]
    assert "一个字不差" in found(report, 2, Ground.DUPLICATE)[0].sentence
    assert "分不一样" in found(report, 3, Ground.DUPLICATE)[0].sentence
    assert report.rows[0].verdict is Verdict.ACCEPTED


def test_a_bare_number_is_a_plus_where_the_file_signs_its_deductions():
    report = check_file(rows(("清扫村道", "1"), ("乱倒垃圾", "-1")))
    assert report.rows[0].draft.sign == 1
    assert check_file(rows(("清扫村道", "1"))).rows[0].verdict is Verdict.REFUSED


def test_each_finding_is_a_line_and_the_last_line_counts_rows():
    report = check_file(rows(("清扫村道", "+1"), ("好吃懒做", "-1"), ("垃圾乱倒的", "降B级")))
    lines = list(report.lines())
    assert [line.split(":")[0] for line in lines[:-1]] == [
        "row 2 warned vague",
        "row 2 warned no-evidence",
        "row 2 warned unknown-conduct",
        "row 3 refused grade-jump",
    ]
    assert lines[-1] == "accepted 1, warned 1, refused 1"


def test_an_empty_file_is_no_row():
    assert list(check_file([]).lines()) == ["accepted 0, warned 0, refused 0"]


@pytest.mark.parametrize(
    ("numbers", "text"),
    [([3, 5], "第3、5行"), ([30, 31, 32], "第30至32行"), ([1, 2, 4, 5, 6], "第1、2、4至6行")],
)
def test_row_numbers_are_read_out_in_runs(numbers, text):
    assert row_numbers(numbers) == text


def test_a_draft_keeps_its_row_as_typed():
    row = RawRow(7, item=" 清扫 村道", points="＋1")
    assert parse(row).row is row
