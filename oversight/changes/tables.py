"""What a supervisor takes along as a table: the same lines as on the page, and no household's name among them."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils import timezone

from oversight.changes.diffs import Change
from oversight.changes.lines import Line

# So many lines come at once (measured below two seconds); more are made as a job, up to MOST.
AT_ONCE, MOST = 1000, 100_000
KINDS = {"event": "办的事", "history": "改内容", "task": "流程步骤", "ledger": "记分", "reading": "看档案"}
HEAD = ["什么时候", "哪一类", "做了什么", "关于什么", "改了什么", "谁", "职务", "村"]


def of_lines(lines: Iterable[Line], *, is_cut: bool) -> list[list[str]]:
    """The table, its head first; a last line says when there is more than it holds."""
    return whole(rows(lines), is_cut=is_cut)


def rows(lines: Iterable[Line]) -> list[list[str]]:
    """Lines as they stand in the table."""
    return [_row(line) for line in lines]


def whole(found: list[list[str]], *, is_cut: bool) -> list[list[str]]:
    """Rows with their head, and where they were cut a last line that says so."""
    said = f"只导出了{MOST}条，后面还有。请把日子缩短，或者选一个村，再导一次。"
    more = [[said, *[""] * (len(HEAD) - 1)]] if is_cut else []
    return [HEAD, *found, *more]


def said(change: Change) -> str:
    """A change in a line: 状态：等组长核改成等理事会审; a field alone where its values stay unsaid."""
    if change.before:
        return f"{change.field}：{change.before}改成{change.after}"
    return f"{change.field}：{change.after}" if change.after else change.field


def _row(line: Line) -> list[str]:
    changes = "；".join([*(said(change) for change in line.changes), *([line.note] if line.note else [])])
    when = timezone.localtime(line.at)
    return [
        f"{when:%Y-%m-%d %H:%M}", KINDS[line.kind], line.what, line.about, changes, line.who, line.role, line.village,
    ]  # fmt: skip
