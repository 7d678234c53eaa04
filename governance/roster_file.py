"""户册 as a spreadsheet: rows out of an XLSX or CSV file, and the same format written back.

Nothing is judged here: a cell keeps its words as typed. Source: design 2-domain.md, roster columns.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields

from governance.refusals import Invalid
from governance.spreadsheets import Table, csv_file, read_table, xlsx

COLUMNS = {
    "code": "村代码",
    "area": "片",
    "door": "门牌号",
    "name": "户名",
    "kind": "类别",
    "head": "户主",
    "phone": "手机",
    "id_number": "身份证号",
    "others": "其他成年成员",
    "rater": "联户党员",
    "consent_on": "同意日期",
    "consent_how": "同意方式",
    "witness": "见证人",
}
NEEDED = ("code", "area", "door", "name", "kind", "head")
ADVICE = "怎么改"
MAX_ROWS = 5_000
_HEADING_DEPTH = 10  # a title or a note may stand above the headings
_FIELDS = {title: field for field, title in COLUMNS.items()}


@dataclass(frozen=True, slots=True)
class RosterRow:
    """One household as typed; `line` is its row in the spreadsheet, as the program numbers them."""

    line: int
    code: str = ""
    area: str = ""
    door: str = ""
    name: str = ""
    kind: str = ""
    head: str = ""
    phone: str = ""
    id_number: str = ""
    others: str = ""
    rater: str = ""
    consent_on: str = ""
    consent_how: str = ""
    witness: str = ""


def read_rows(data: bytes) -> list[RosterRow]:
    """The households of an uploaded file; blank rows are passed over, columns come in any order.

    Raises Invalid(file=…): unreadable, a needed column missing, no row, or more than MAX_ROWS.
    """
    table = read_table(data)
    top, columns = _headings(table)
    rows = [
        RosterRow(line, **{field: cells[at] for at, field in columns.items() if at < len(cells)})
        for line, cells in enumerate(table[top:], start=top + 1)
        if any(cells)
    ]
    if not rows:
        raise Invalid(file="表里只有栏名，没有一户。请填好再传。")
    if len(rows) > MAX_ROWS:
        raise Invalid(file=f"这张表有{len(rows)}户，一次最多{MAX_ROWS}户。请按片分成几张，一张一张传。")
    return rows


def write_rows(rows: Iterable[RosterRow], *, as_csv: bool = False) -> bytes:
    """The rows as a file that `read_rows` reads back unchanged; without rows it is the empty form."""
    table = [list(COLUMNS.values()), *(_cells(row) for row in rows)]
    return csv_file(table) if as_csv else xlsx(table)


def write_marked(rows: Sequence[RosterRow], advice: Mapping[int, str]) -> bytes:
    """The rows as XLSX with one more column: what to mend, by the line in the file that was read."""
    table = [[*COLUMNS.values(), ADVICE], *([*_cells(row), advice.get(row.line, "")] for row in rows)]
    return xlsx(table)


def _cells(row: RosterRow) -> list[str]:
    return [getattr(row, field.name) for field in fields(row)[1:]]


def _headings(table: Table) -> tuple[int, dict[int, str]]:
    """How many lines stand above the data, and which field each column holds."""
    missing = [COLUMNS[field] for field in NEEDED]
    for top, cells in enumerate(table[:_HEADING_DEPTH], start=1):
        columns = {at: _FIELDS[title] for at, title in enumerate(map(_title, cells)) if title in _FIELDS}
        lacking = [COLUMNS[field] for field in NEEDED if field not in columns.values()]
        if not lacking:
            return top, columns
        missing = min(missing, lacking, key=len)
    raise Invalid(file=f"第一行要有栏名，现在缺“{'”“'.join(missing)}”。可以下载空表，照着填。")


def _title(cell: str) -> str:
    return "".join(cell.split()).partition("(")[0].partition("（")[0]
