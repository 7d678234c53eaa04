"""The roster as a file: read as typed, written so that no cell runs."""

from dataclasses import astuple
from datetime import datetime
from io import BytesIO

import pytest
from openpyxl import Workbook, load_workbook

from governance import roster_file, spreadsheets
from governance.refusals import Invalid
from governance.roster_file import COLUMNS, read_rows, write_marked, write_rows
from tests.governance.roster import row


def book(*lines, merge=None):
    made = Workbook()
    for line in lines:
        made.active.append(line)
    if merge:
        made.active.merge_cells(merge)
    out = BytesIO()
    made.save(out)
    return out.getvalue()


@pytest.mark.parametrize("as_csv", [False, True])
def test_what_is_written_is_read_back_word_for_word(as_csv):
    rows = [row(line=2, others="=1+1、刘大婶(13900000000)"), row(line=3, door="'9号", name="-户\n二行")]
    assert read_rows(write_rows(rows, as_csv=as_csv)) == rows


def test_no_cell_runs_as_a_formula():
    data = write_rows([row(name='=HYPERLINK("x")', head="+王")])
    sheet = load_workbook(BytesIO(data)).active
    assert {cell.data_type for line in sheet for cell in line} <= {"s", "inlineStr"}
    assert "'=HYPERLINK" in write_rows([row(name='=HYPERLINK("x")')], as_csv=True).decode("utf-8-sig")


def test_a_control_character_in_a_cell_does_not_spoil_the_file():
    assert spreadsheets.read_table(spreadsheets.xlsx([["扫了\x0b路\x0c", "行一\n行二"]])) == [
        ["扫了路", "行一\n行二"]
    ]


def test_columns_come_in_any_order_under_a_title_with_blank_rows_between():
    titles = [*reversed(COLUMNS.values()), "备注"]
    cells = [*reversed(astuple(row())[1:]), "随便写的"]
    [read] = read_rows(book(["柳溪村户册"], titles, [], cells, []))
    assert read == row(line=4)


def test_real_dates_numbers_and_merged_cells_are_read_as_texts():
    titles = list(COLUMNS.values())
    line = [990101103205, "东片", "8号", "吴家户", "户", "吴大嫂", 13800005678, *[None] * 3]
    line += [datetime(2026, 10, 5)]
    data = book(titles, line, [990101103205, None, "9号"], merge="B2:B3")
    first, second = read_rows(data)
    assert (first.code, first.phone, first.consent_on) == ("990101103205", "13800005678", "2026-10-05")
    assert second.area == "东片"


def test_a_file_from_an_old_spreadsheet_program_is_read_too():
    text = write_rows([row()], as_csv=True).decode("utf-8-sig").replace(",", "\t")
    assert read_rows(text.encode("gb18030")) == [row()]


def test_optional_columns_may_be_missing_and_needed_ones_are_named():
    titles = [COLUMNS[field] for field in roster_file.NEEDED]
    [read] = read_rows(book(titles, ["990101103205", "东片", "8号", "吴家户", "户", "吴大嫂"]))
    assert (read.head, read.rater) == ("吴大嫂", "")
    with pytest.raises(Invalid, match="现在缺“类别”“户主”"):
        read_rows(book(titles[:4], ["990101103205"]))


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "缺"),
        (b"\x00\x01\x02", "不是XLSX或CSV"),
        (b"PK\x05\x06" + b"\0" * 18, "打不开"),
        (write_rows([]), "没有一户"),
    ],
)
def test_a_file_that_is_no_roster_is_sent_back_with_a_sentence(data, says):
    with pytest.raises(Invalid, match=says) as refusal:
        read_rows(data)
    assert list(refusal.value.errors) == ["file"]


def test_files_that_are_too_large_are_sent_back(monkeypatch):
    monkeypatch.setattr(roster_file, "MAX_ROWS", 1)
    with pytest.raises(Invalid, match="有2户，一次最多1户"):
        read_rows(write_rows([row(), row()]))
    monkeypatch.setattr(spreadsheets, "MAX_UNPACKED_MB", 0)
    with pytest.raises(Invalid, match="展开来太大"):
        read_rows(write_rows([row()]))
    with pytest.raises(Invalid, match="超过10MB"):
        read_rows(b"x" * (10 * 1024**2 + 1))


def test_the_marked_table_has_what_to_mend_beside_each_row():
    sheet = load_workbook(BytesIO(write_marked([row(line=5), row(line=7)], {7: "户主：要写户主。"}))).active
    lines = list(sheet.iter_rows(values_only=True))
    assert lines[0][-1] == "怎么改"
    assert [line[-1] for line in lines[1:]] == [None, "户主：要写户主。"]
