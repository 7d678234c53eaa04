import io
import zipfile
from dataclasses import replace

import pytest
from openpyxl import Workbook

from governance.rulebook_file import RawRow, UnreadableFile, read_rows, write_rows

ROWS = [
    RawRow(1, "柳溪村", "庭院", "院子扫干净，柴草码齐", "+2", "每月4次", "每次", "照片", "说明一"),
    RawRow(2, "柳溪村", "庭院", "=1+1", "-0.5", "", "", "", "'单引号开头"),
    RawRow(3, "", "", "@村口，\n分两行写", "+1至+10", "每年最多加3分", "", "", ""),
]


def csv(text, encoding="utf-8"):
    return io.BytesIO(text.encode(encoding))


@pytest.mark.parametrize("name", ["细则.xlsx", "细则.csv"])
def test_what_is_written_reads_back_the_same(tmp_path, name):
    write_rows(ROWS, tmp_path / name)
    assert read_rows(tmp_path / name) == ROWS


@pytest.mark.parametrize("name", ["细则.xlsx", "细则.csv"])
def test_an_open_file_is_written_and_read_like_one_on_disk(name):
    file = io.BytesIO()
    write_rows(ROWS, file, name)
    file.seek(0)
    assert read_rows(file) == ROWS


def test_no_cell_of_a_csv_begins_like_a_formula(tmp_path):
    write_rows(ROWS, tmp_path / "out.csv")
    lines = (tmp_path / "out.csv").read_text("utf-8-sig").splitlines()
    assert "'=1+1,'-0.5" in lines[2]
    assert "'+2" in lines[1]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030"])
def test_a_csv_of_any_usual_encoding_is_read(encoding):
    rows = read_rows(csv("事项,分值\n帮邻居收麦子,+2\n", encoding))
    assert rows == [RawRow(1, item="帮邻居收麦子", points="+2")]


def test_columns_come_in_any_order_in_chinese_or_english_and_others_are_left_aside():
    rows = read_rows(csv("points,序号,事项,Evidence\n-1,7,乱倒垃圾,照片\n"))
    assert rows == [RawRow(1, item="乱倒垃圾", points="-1", evidence="照片")]


def test_blank_rows_take_no_number():
    rows = read_rows(csv("事项,分值\n,\n甲,+1\n,\n乙,+2\n"))
    assert [(row.number, row.item) for row in rows] == [(1, "甲"), (2, "乙")]


def test_a_title_may_stand_above_the_headings():
    rows = read_rows(csv("柳溪村2027年积分细则,\n事项,分值（分）\n甲,+1\n"))
    assert rows == [RawRow(1, item="甲", points="+1")]


def test_a_table_that_calls_its_items_projects_is_read():
    rows = read_rows(csv("项目,分值\n甲,+1\n"))
    assert rows == [RawRow(1, item="甲", points="+1")]


def test_separate_plus_and_minus_columns_give_the_sign():
    rows = read_rows(csv("内容,加分,扣分\n甲,2,\n乙,,3\n"))
    assert [row.points for row in rows] == ["+2", "-3"]


def test_a_merged_category_stands_beside_each_of_its_items():
    book = Workbook()
    for line in (["类别", "事项", "分值"], ["庭院", "扫院子", 2], [None, "码柴草", 0.5]):
        book.active.append(line)
    book.active.merge_cells("A2:A3")
    file = io.BytesIO()
    book.save(file)
    file.seek(0)
    assert read_rows(file) == [
        RawRow(1, category="庭院", item="扫院子", points="2"),
        RawRow(2, category="庭院", item="码柴草", points="0.5"),
    ]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"PK\x03\x04 broken", "不是XLSX或CSV|没找到"),
        ("甲,乙\n1,2\n".encode(), "没找到“事项”和“分值”"),
        (b"", "没找到"),
        (b"\xff\xff\xff\xff", "认不出"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 40, "不是XLSX或CSV|认不出"),
        ('事项,分值\n"没有收尾,+1\n'.encode(), "引号"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_one_sentence(content, says):
    with pytest.raises(UnreadableFile, match=says):
        read_rows(io.BytesIO(content))


def test_a_broken_workbook_says_to_save_it_again():
    file = io.BytesIO()
    write_rows(ROWS, file, "a.xlsx")
    whole = file.getvalue()
    broken = whole.replace(b"xl/workbook.xml", b"xl/workbooc.xml")
    with pytest.raises(UnreadableFile, match="另存为XLSX"):
        read_rows(io.BytesIO(broken))


def test_a_text_document_is_no_workbook():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(
            "[Content_Types].xml",
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        )
        archive.writestr("word/document.xml", "<document/>")
    with pytest.raises(UnreadableFile, match="另存为XLSX"):
        read_rows(io.BytesIO(file.getvalue()))


def test_a_missing_file_says_so(tmp_path):
    with pytest.raises(UnreadableFile, match="打不开"):
        read_rows(tmp_path / "没有.csv")


def test_a_row_shorter_than_the_headings_reads_as_empty_cells():
    rows = read_rows(csv("事项,分值,上限\n甲,+1\n"))
    assert rows == [replace(RawRow(1), item="甲", points="+1")]
