"""Every cell of a roster row is looked at, and told how to mend."""

from datetime import date

import pytest

from governance.roster_check import Finding, Notes, RowCheck
from tests import people
from tests.governance.roster import row
from tests.people import NOON

CHILD = people.id_number(date(2018, 3, 1))
GROWN = people.id_number(date(1990, 3, 1))


class Village:
    code = "990101103205"

    def __str__(self):
        return "柳溪村"


def check(**changes):
    notes = Notes()
    clerk = people.User(name="沈文书")
    return RowCheck(row(**changes), Village(), clerk, NOON.date(), notes).household, notes


@pytest.mark.parametrize(
    ("changes", "column", "say"),
    [
        ({"code": "99010110320"}, "村代码", "少了1位，要12位"),
        ({"code": "9901011032051"}, "村代码", "多了1位，要12位"),
        ({"code": "99010110320X"}, "村代码", "只能写数字，要12位"),
        ({"code": ""}, "村代码", "要写村代码，柳溪村是990101103205"),
        ({"code": "990101103206"}, "村代码", "这不是柳溪村的代码，柳溪村是990101103205"),
        ({"area": ""}, "片", "要写片"),
        ({"door": ""}, "门牌号", "要写门牌号"),
        ({"door": "门" * 41}, "门牌号", "太长了，最多40个字"),
        ({"name": ""}, "户名", "要写户名"),
        ({"kind": "农户"}, "类别", "只能写户、商户、企业"),
        ({"head": ""}, "户主", "要写户主，同意由户主给"),
        ({"head": "吴大嫂(妻)"}, "户主", "姓名里不要写数字、括号和顿号，最多40个字"),
        ({"phone": "138000"}, "手机", "手机号是11位数字，这里是6位，请核对"),
        ({"id_number": "1234"}, "身份证号", "身份证号要18位，这里是4位，请核对"),
        ({"consent_on": "2026.13.5"}, "同意日期", "没有13月，写成2026-12-05这样"),
        ({"consent_on": "2026-2-30"}, "同意日期", "2月没有30日，写成2026-12-05这样"),
        ({"consent_on": "去年春天"}, "同意日期", "看不出是哪天，写成2026-12-05这样"),
        ({"others": "王芳、王 芳"}, "其他成年成员", None),
        ({"others": "吴大嫂"}, "其他成年成员", "同一个名字写了两次，户主也不用再写在这里"),
        ({"others": "吴小明(在读小学)"}, "其他成年成员", None),
        ({"others": "吴小明(2014-13-01)"}, "其他成年成员", None),
        ({"others": "吴小明 吴小红"}, "其他成年成员", None),
    ],
)
def test_a_cell_that_cannot_be_taken_says_how_to_mend_it(changes, column, say):
    household, notes = check(**changes)
    [finding] = notes.must_fix
    assert household is None
    assert finding.column == column
    assert say is None or finding.say == say


def test_the_sentence_names_row_cell_and_words():
    _, notes = check(head="")
    assert str(notes.must_fix[0]) == "第2行 户主“（空）”：要写户主，同意由户主给。"


def test_a_head_who_is_a_child_must_be_mended():
    _, notes = check(id_number=CHILD)
    assert notes.must_fix[0].column == "身份证号"


@pytest.mark.parametrize(
    "child",
    ["吴小宝(8岁)", "吴小宝（8周岁）", f"吴小宝({CHILD})", "吴小宝(2018-03-01)", "吴小宝(2018年3月)", "吴小宝8岁",
     "吴小宝(2018年生)", "吴小宝(20180301)", "吴小宝(13岁)"],
)  # fmt: skip
def test_a_child_is_left_out_and_the_rest_goes_in(child):
    household, notes = check(others=f"吴大伯、{child}；吴小妹(14岁)")
    assert [person.name for person in household.others] == ["吴大伯", "吴小妹"]
    assert notes.not_stored[0].say == "孩子的名字不存，这一户别的照存"
    assert "小宝" not in notes.not_stored[0].written
    assert not notes.must_fix


def test_other_adults_bring_phone_and_id_number_along():
    household, _ = check(others=f"吴大伯(13900000000，{GROWN})，吴奶奶(母亲)")
    first, second = household.others
    assert (first.phone, first.id_number) == ("13900000000", GROWN)
    assert (second.name, second.phone) == ("吴奶奶", "")


@pytest.mark.parametrize("nobody", ["", "无", "—"])
def test_a_household_of_one_is_fine(nobody):
    household, notes = check(others=nobody)
    assert household.others == ()
    assert not notes.must_fix


@pytest.mark.parametrize("day", ["2026-10-05", "2026/10/5", "2026.10.5", "2026年10月5日", "20261005"])
def test_a_day_is_read_however_it_is_written(day):
    household, notes = check(consent_on=day)
    assert household.consent_on == date(2026, 10, 5)
    assert notes == Notes()


@pytest.mark.parametrize(
    ("changes", "column"),
    [
        ({"witness": ""}, "见证人"),
        ({"witness": "吴大嫂"}, "见证人"),
        ({"witness": "沈文书"}, "见证人"),
        ({"consent_how": "手机"}, "同意方式"),
        ({"consent_how": "口头"}, "同意方式"),
        ({"consent_on": ""}, "同意日期"),
        ({"id_number": people.id_number(date(2009, 1, 1))}, "身份证号"),
    ],
)
def test_a_consent_that_does_not_count_goes_in_as_not_enrolled(changes, column):
    household, notes = check(**changes)
    assert household.consent_on is None
    assert [finding.column for finding in notes.please_look] == [column]
    assert "先存成未参加" in notes.please_look[0].say


def test_a_row_without_consent_is_simply_not_enrolled():
    household, notes = check(consent_on="", consent_how="", witness="")
    assert household.consent_on is None
    assert notes == Notes()


@pytest.mark.parametrize(
    ("lines", "where"),
    [
        ((2,), "第2行"),
        ((2, 3), "第2、3行"),
        ((2, 3, 4), "第2至4行"),
        ((2, 4, 5, 6, 7, 9, 10), "第2、4至7、9、10行"),
    ],
)
def test_many_lines_in_a_row_are_said_as_a_range(lines, where):
    assert Finding(lines, "户主", "", "要写户主").where == where
