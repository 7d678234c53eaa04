"""Rows of one rulebook that look like one matter in degrees, proposed as one family or exclusive group.

Real rulebooks write 10 h, 20 h, 50 h or a first, second, third time as rows of their own. Each row stays a
rule; those of one family share its whole table, so whichever of them a fact is filed under, it scores alike.
Source: design 2-domain.md, Rule shapes and Rulebook life.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from governance.cap_text import window_in
from governance.point_text import Draft
from governance.shapes import Shape, Step, Window
from governance.text_numbers import NUMBER, half_width, to_milli

_NTH = re.compile(rf"\(?第{NUMBER}次(?:发现|违反|及以上|以上|及以后|以后)*\)?")
_DEGREES = (
    _NTH,
    re.compile(r",?每[\d.]+[^,]{1,3}[加减扣奖记][\d.]+分"),
    re.compile(
        rf"{NUMBER}万?元?-{NUMBER}(?:\(不含\))?万?元?|{NUMBER}万?(?:元|小时|天|次)(?:\(含\))?(?:及)?(?:以上"
        rf"|以下|以内)?"),
    re.compile(
        r"(?:国家|全国|省部|省|地市|市|区县|县|区|镇街|镇|乡|街道|社区|村居|村)级?(?:部门)?(?=表彰|奖励"
        r"|荣誉|先进|示范|优秀|级)"),
    re.compile(r"[一二三四五]星级?|[一二三]等"),
    re.compile(
        r",?情节(?:轻微|一般|较轻|较重|严重|特别严重|恶劣)|,?造成[^,]*|,?(?:表现|成效|贡献)?(?:特别)?突出"
        r"|,?做出重要贡献"),
    re.compile(r"[,。;()、的]"),
)  # fmt: skip
_SHORTEST = 2
_SENTENCES = {
    Shape.THRESHOLDS: "累计到哪一档就记到哪一档",
    Shape.STEPS: "第几次就按第几档",
    Shape.PIECEWISE: "数目到哪一段就按哪一段",
    Shape.FIXED: "一件事只记最高的一档",
}


@dataclass(frozen=True, slots=True)
class Link:
    """A row's draft as part of a set, and the sentence that proposes the set to the clerk."""

    draft: Draft
    sentence: str


def link(drafts: Iterable[Draft]) -> dict[int, Link]:
    """The rows that belong together, by row number. No effects."""
    alike: dict[tuple, list[Draft]] = defaultdict(list)
    for draft in drafts:
        alike[_likeness(draft)].append(draft)
    sets = (_joined(rows) for rows in alike.values() if len({draft.row.item for draft in rows}) > 1)
    return {draft.row.number: Link(draft, _sentence(rows)) for rows in sets for draft in rows}


def row_numbers(numbers: Sequence[int]) -> str:
    """Rising row numbers as read out: 第3、5行, 第30至33、40行."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return f"第{'、'.join(_run(run) for run in runs)}行"


def _run(run: list[int]) -> str:
    return f"{run[0]}至{run[-1]}" if len(run) > 2 else "、".join(map(str, run))


def _likeness(draft: Draft) -> tuple:
    """What rows of one set have in common: all but the degree. Too short a rest is no likeness."""
    stem = half_width(draft.row.item)
    for degree in _DEGREES:
        stem = degree.sub("", stem)
    alone = draft.row.number if len(stem) < _SHORTEST else 0
    row = draft.row
    words = (row.scheme, row.category, stem, alone)
    return (*words, draft.sign, draft.shape, draft.unit, draft.caps, draft.max_tenths, draft.window)


def _joined(rows: list[Draft]) -> list[Draft]:
    """The set as one family where a table carries it, else as one exclusive group."""
    name = f"{rows[0].row.number}:{half_width(rows[0].row.item)[:40]}"
    shape, steps = _table(rows)
    if not steps:
        return [replace(draft, group=name) for draft in rows]
    window = rows[0].window or (
        window_in(rows[0].row.item) or Window.QUARTER if shape is Shape.STEPS else None
    )
    return [replace(draft, family=name, shape=shape, steps=steps, window=window) for draft in rows]


def _table(rows: list[Draft]) -> tuple[Shape, tuple[Step, ...]]:
    """The table all rows make together; empty where they make none."""
    if rows[0].shape is Shape.FIXED:
        times = [_NTH.search(half_width(draft.row.item)) for draft in rows]
        found = [
            (to_milli(match.group(1)) // 1000, draft.points_tenths)
            for match, draft in zip(times, rows, strict=True)
            if match
        ]
        in_order = [n for n, _ in sorted(found)] == list(range(1, len(rows) + 1))
        return Shape.STEPS, tuple(Step(n, points) for n, points in sorted(found)) if in_order else ()
    steps = sorted((step for draft in rows for step in draft.steps), key=lambda step: step.at_milli)
    apart = len({step.at_milli for step in steps}) == len(steps)
    return rows[0].shape, tuple(replace(step, n=n) for n, step in enumerate(steps, 1)) if apart else ()


def _sentence(rows: list[Draft]) -> str:
    how = _SENTENCES[Shape.FIXED if rows[0].group else rows[0].shape]
    return (
        f"{row_numbers([draft.row.number for draft in rows])}看着是一组，{how}。先按一组存，不是一组请分开。"
    )
