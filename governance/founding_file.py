"""The table an installation begins with: its county, townships and villages, and who holds the first office in each.

A line is a place, and may name one person with an office there; a place may stand in several lines, once for each.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from governance.models import Division
from governance.models.people import Role
from governance.refusals import Invalid
from governance.spreadsheets import read_table

COLUMNS = {
    "code": "区划代码",
    "level": "层级",
    "name": "名称",
    "parent": "上级代码",
    "role": "职务",
    "person": "姓名",
    "username": "登录名",
    "phone": "手机",
}
Level = Division.Level
ABOVE = {Level.COUNTY: None, Level.TOWNSHIP: Level.COUNTY, Level.VILLAGE: Level.TOWNSHIP}
# A village's other offices are filled by its clerk, on a page.
OFFICES = {
    Level.COUNTY: (Role.SUPERVISOR, Role.OPERATOR),
    Level.TOWNSHIP: (Role.OFFICER, Role.PANEL, Role.SUPERVISOR, Role.OPERATOR),
    Level.VILLAGE: (Role.CLERK,),
}
_ZEROS = {Level.COUNTY: "000000", Level.TOWNSHIP: "000", Level.VILLAGE: ""}
_WHERE = {
    Level.COUNTY: "县的代码后六位是0",
    Level.TOWNSHIP: "镇的代码后三位是0",
    Level.VILLAGE: "村的代码后三位不能都是0",
}


@dataclass(frozen=True, slots=True)
class Row:
    """A line as typed; `line` as spreadsheet programs number it."""

    line: int
    code: str = ""
    level: str = ""
    name: str = ""
    parent: str = ""
    role: str = ""
    person: str = ""
    username: str = ""
    phone: str = ""

    @property
    def level_value(self) -> str:
        """The level as it is stored; empty for a word that is none."""
        return next((level.value for level in Level if level.label == self.level), "")

    @property
    def place(self) -> tuple[str, str, str]:
        """What must be the same wherever this code stands."""
        return self.level, self.name, self.parent

    def says(self, field: str, sentence: str) -> str:
        """A finding about one cell."""
        return f"第{self.line}行“{COLUMNS[field]}”：{sentence}"


def read(data: bytes) -> list[Row]:
    """The lines of a CSV or XLSX file, columns in any order. Raises Invalid(file=…)."""
    heading, *lines = read_table(data) or [[]]
    if missing := [title for title in COLUMNS.values() if title not in heading]:
        raise Invalid(file=f"第一行要有栏名，现在缺“{'”“'.join(missing)}”。")
    at = {field: heading.index(title) for field, title in COLUMNS.items()}
    return [
        Row(number, **{field: cells[n] for field, n in at.items() if n < len(cells)})
        for number, cells in enumerate(lines, start=2)
        if any(cells)
    ]


def findings(rows: list[Row], known: dict[str, Division]) -> Iterator[str]:
    """What cannot be taken as it stands; `known` are the places that are there already, by code."""
    lines = defaultdict(list)
    for row in rows:
        lines[row.code].append(row)
    levels = {code: place.level for code, place in known.items()} | {r.code: r.level_value for r in rows}
    for row in rows:
        yield from _place(row, levels)
        yield from _post(row)
        if row.place != lines[row.code][0].place:
            yield row.says("code", f"和第{lines[row.code][0].line}行是同一个代码，层级、名称、上级却不一样。")


def _place(row: Row, levels: dict[str, str]) -> Iterator[str]:
    level = row.level_value
    if not level:
        yield row.says("level", "只能写县、镇或村。")
        return
    if not (len(row.code) == 12 and row.code.isascii() and row.code.isdigit()):
        yield row.says("code", "要12位数字。表格里请把这一栏设成“文本”。")
    elif not row.code.endswith(_ZEROS[level]) or (level == Level.VILLAGE and row.code.endswith("000")):
        yield row.says("code", f"{_WHERE[level]}，请核对。")
    if not 0 < len(row.name) <= 60:
        yield row.says("name", "要写，最多60个字。")
    yield from _parent(row, ABOVE[level], levels)


def _parent(row: Row, above: str | None, levels: dict[str, str]) -> Iterator[str]:
    if above is None:
        if row.parent:
            yield row.says("parent", "县没有上级，请空着。")
    elif levels.get(row.parent) != above:
        yield row.says("parent", f"要写所在{Level(above).label}的代码，这张表里或系统里要有它。")
    elif not row.code.startswith(row.parent.removesuffix(_ZEROS[above])):
        yield row.says("parent", "和本行的区划代码开头对不上，请核对。")


def _post(row: Row) -> Iterator[str]:
    if not any((row.role, row.person, row.username, row.phone)):
        return
    allowed = [role.label for role in OFFICES.get(row.level_value, ())]
    if row.role not in allowed:
        yield row.says("role", f"这一级只能写{'、'.join(allowed)}。")
    if not 0 < len(row.person) <= 40:
        yield row.says("person", "要写，最多40个字，签字和公示里用得到。")
    if not row.username:
        yield row.says("username", "要写，字母和数字。")
