"""Rulebooks as spreadsheets: rows out of an XLSX or CSV file, and the same format written back.

Nothing is judged here: a row keeps its words as typed. Source: design 2-domain.md, Rulebook life.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import BinaryIO

from governance.spreadsheets import UnreadableFile, csv_file, read_table, xlsx

HEADINGS = {
    "scheme": ("方案", "细则名称", "制度名称", "积分方案", "scheme"),
    "category": ("类别", "分类", "类型", "项目", "指标", "一级指标", "大类", "category", "type"),
    "item": (
        "事项", "内容", "评分内容", "积分内容", "评分标准", "积分项", "细则", "条款", "积分标准",
        "积分事项", "评分细则", "评分项", "考核内容", "具体内容", "内容及标准", "行为", "具体事项",
        "二级指标", "item", "content",
    ),
    "points": ("分值", "分数", "积分", "积分值", "得分", "加减分", "标准分", "points", "score"),
    "cap": ("上限", "封顶", "限额", "最高分", "限制", "cap", "limit"),
    "period": ("周期", "频次", "频率", "计分周期", "期限", "period", "frequency"),
    "evidence": ("证据", "凭证", "佐证", "佐证材料", "证明材料", "要什么证据", "evidence", "proof"),
    "note": ("备注", "说明", "note", "notes", "remark"),
}  # fmt: skip
# Some rulebooks give plus and minus a column each; the sign is then in the heading.
SIGNED = {"加分": "+", "奖分": "+", "加分值": "+", "减分": "-", "扣分": "-", "减分值": "-", "扣分值": "-"}
FIELDS = tuple(HEADINGS)
HEADING_DEPTH = 10
_ALIASES = {alias: name for name, aliases in HEADINGS.items() for alias in aliases}


@dataclass(frozen=True, slots=True)
class RawRow:
    """One data row as typed, `number` from 1; an absent column is an empty text."""

    number: int
    scheme: str = ""
    category: str = ""
    item: str = ""
    points: str = ""
    cap: str = ""
    period: str = ""
    evidence: str = ""
    note: str = ""


def read_rows(source: str | Path | BinaryIO) -> list[RawRow]:
    """The data rows of an XLSX (first sheet) or CSV file, in order; blank rows take no number.

    Columns come in any order under Chinese or English headings, unknown ones are left aside. Raises
    UnreadableFile with what to do. No effects.
    """
    return list(_rows(read_table(_bytes(source))))


def write_rows(rows: Iterable[RawRow], target: str | Path | BinaryIO, name: str = "") -> None:
    """Write `rows` in the format `read_rows` reads back unchanged: XLSX, or CSV when the name ends so."""
    table = [[HEADINGS[field][0] for field in FIELDS], *(list(astuple(row)[1:]) for row in rows)]
    is_csv = (name or str(target)).lower().endswith(".csv")
    data = csv_file(table) if is_csv else xlsx(table)
    if isinstance(target, str | Path):
        Path(target).write_bytes(data)
    else:
        target.write(data)


def _bytes(source: str | Path | BinaryIO) -> bytes:
    if not isinstance(source, str | Path):
        return source.read()
    try:
        return Path(source).read_bytes()
    except OSError as error:
        raise UnreadableFile("打不开这个文件，请看看文件名对不对、文件还在不在。") from error


def _rows(table: Iterable[Sequence[str]]) -> Iterator[RawRow]:
    lines = (line for line in table if any(line))
    columns = _columns(lines)
    for number, line in enumerate(lines, start=1):
        yield RawRow(number, **_cells(columns, line))


def _columns(lines: Iterator[Sequence[str]]) -> list[tuple[int, str, str]]:
    """Where each field stands, as (index, field, sign); a title may stand above the headings."""
    for _, line in zip(range(HEADING_DEPTH), lines, strict=False):
        columns = [found for index, cell in enumerate(line) for found in _heading(index, cell)]
        fields = {field for _, field, _ in columns}
        if "points" in fields and fields & {"item", "category"}:
            return columns if "item" in fields else [_as_item(*column) for column in columns]
    raise UnreadableFile("没找到“事项”和“分值”两栏。请在第一行写上栏名，再传一次。")


def _as_item(index: int, field: str, sign: str) -> tuple[int, str, str]:
    """A table without an item column names its items 项目."""
    return index, "item" if field == "category" else field, sign


def _heading(index: int, cell: str) -> Iterator[tuple[int, str, str]]:
    title = "".join(cell.split()).lower().partition("(")[0].partition("（")[0]
    if title in SIGNED:
        yield index, "points", SIGNED[title]
    elif title in _ALIASES:
        yield index, _ALIASES[title], ""


def _cells(columns: list[tuple[int, str, str]], line: Sequence[str]) -> dict[str, str]:
    """The row's fields. Of two columns for one field the first that is filled counts."""
    cells: dict[str, str] = {}
    for index, field, sign in columns:
        value = line[index] if index < len(line) else ""
        if value and field not in cells:
            cells[field] = sign + value if sign and value[0].isdigit() else value
    return cells
