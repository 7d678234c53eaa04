"""Tables of texts out of XLSX and CSV files, and back: what rosters and rulebooks have in common.

No cell that is written can run as a formula: XLSX cells are texts, risky CSV cells begin with an apostrophe.
"""

import csv
import io
import zipfile
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from xml.etree.ElementTree import ParseError

from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.utils.exceptions import InvalidFileException

from governance.refusals import Invalid

Table = list[list[str]]
MAX_MB = 10
MAX_UNPACKED_MB = 200  # an XLSX is a zip: a small one may hide a very large one
MAX_LINES = 20_000
_RISKY = ("=", "+", "-", "@", "\t", "\r", "'")


class UnreadableFile(Invalid):
    """The file as a whole cannot be read; the sentence, for who chose it, is the error of the field `file`."""

    def __init__(self, sentence: str):
        super().__init__(file=sentence)


def read_table(data: bytes) -> Table:
    """All lines of a CSV file or of an XLSX file's first sheet, every cell a text without outer spaces.

    Dates become 2026-12-05; a merged cell's text stands in each of its rows. Raises UnreadableFile with what to
    do about a file that is too large or broken.
    """
    if len(data) > MAX_MB * 1024**2:
        raise UnreadableFile(f"这个文件超过{MAX_MB}MB。请删掉图片和别的工作表，或者分成几张再传。")
    return _xlsx(data) if zipfile.is_zipfile(io.BytesIO(data)) else _csv(data)


def xlsx(table: Sequence[Sequence[str]]) -> bytes:
    """The table as an XLSX file of text cells."""
    book = Workbook(write_only=True)  # row by row: the other kind looks at all cells anew for each row
    sheet = book.create_sheet()
    for line in table:
        sheet.append([_text_cell(sheet, text) for text in line])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _text_cell(sheet, text: str) -> WriteOnlyCell:
    # A control character that somebody pasted into a field has no place in XML: the file would not open.
    cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", text))
    cell.data_type, cell.number_format = "s", "@"
    return cell


def csv_file(table: Sequence[Sequence[str]]) -> bytes:
    """The table as a CSV file that spreadsheet programs open with the right characters."""
    out = io.StringIO()
    csv.writer(out).writerows([_escaped(cell) for cell in line] for line in table)
    return out.getvalue().encode("utf-8-sig")


def _xlsx(data: bytes) -> Table:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            unpacked = sum(part.file_size for part in archive.infolist())
        if unpacked > MAX_UNPACKED_MB * 1024**2:
            raise UnreadableFile("这个表格展开来太大了。请删掉图片和空行，或者分成几张再传。")
        sheet = load_workbook(io.BytesIO(data), data_only=True).worksheets[0]
    except (InvalidFileException, zipfile.BadZipFile, LookupError, OSError, ValueError, ParseError) as error:
        raise UnreadableFile("这个表格打不开。请用表格软件打开，另存为XLSX，再传一次。") from error
    if sheet.max_row > MAX_LINES:
        raise UnreadableFile(f"这张表有{sheet.max_row}行，太长了。请删掉下面的空行，或者分成几张再传。")
    table = [[_text(value) for value in line] for line in sheet.iter_rows(values_only=True)]
    for area in sheet.merged_cells.ranges:
        _spread(table, area)
    return table


def _spread(table: Table, area) -> None:
    lines = table[area.min_row - 1 : area.max_row]
    for line in lines:
        line[area.min_col - 1] = lines[0][area.min_col - 1]


def _text(value: object) -> str:
    match value:
        case None:
            return ""
        case datetime() | date():
            return f"{value:%Y-%m-%d}"
        case float():
            return f"{Decimal(str(value)).normalize():f}"
    return str(value).strip()


def _csv(data: bytes) -> Table:
    text = _decoded(data)
    if "\0" in text:
        raise UnreadableFile("这不是XLSX或CSV表格。请用表格软件另存为其中一种，再传一次。")
    first = text.lstrip().partition("\n")[0]
    lines = csv.reader(io.StringIO(text), delimiter=max(",\t;", key=first.count), strict=True)
    try:
        return [[_unescaped(cell.strip()) for cell in line] for line in lines]
    except csv.Error as error:
        raise UnreadableFile("这个CSV文件的引号不成对，读不下去。请用表格软件重新存一次。") from error


def _decoded(data: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnreadableFile("认不出这个文件的文字编码。请另存为XLSX，或者UTF-8的CSV。")


def _unescaped(cell: str) -> str:
    return cell[1:] if cell[:1] == "'" and cell[1:2] in _RISKY and len(cell) > 1 else cell


def _escaped(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_RISKY) else cell
