"""What differs between a table on one day and on another: rows added, rows gone, fields changed."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True)
class Changed:
    """One row that is there on both days, as it is on the later one, and its fields: (name, before, after)."""

    row: object
    fields: list[tuple[str, str, str]]


@dataclass(frozen=True)
class Difference:
    """From the earlier day to the later."""

    added: list = field(default_factory=list)
    removed: list = field(default_factory=list)
    changed: list[Changed] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed)


def compare(
    before: Mapping[Hashable, object], after: Mapping[Hashable, object], labels: Mapping[str, str]
) -> Difference:
    """Compare rows by key in the attributes that `labels` names; a row's order is that of its own table."""
    both = [(before[key], row) for key, row in after.items() if key in before]
    changed = [Changed(new, fields) for old, new in both if (fields := _fields(old, new, labels))]
    return Difference(
        added=[row for key, row in after.items() if key not in before],
        removed=[row for key, row in before.items() if key not in after],
        changed=changed,
    )


def _fields(old, new, labels: Mapping[str, str]) -> list[tuple[str, str, str]]:
    pairs = [(label, getattr(old, name), getattr(new, name)) for name, label in labels.items()]
    return [(label, said(was), said(now)) for label, was, now in pairs if was != now]


def said(value) -> str:
    """A value in words: a day as it is written on paper, nothing as nothing."""
    if isinstance(value, date):
        return f"{value.year}年{value.month}月{value.day}日"
    return "" if value is None else str(value)


def table(difference: Difference, cells, heads: list[str]) -> list[list[str]]:
    """A difference as the lines of a spreadsheet; `cells` gives a row's texts under `heads`."""
    lines = [["变化", *heads, "哪一项", "原来", "现在"]]
    lines += [["新加", *cells(row), "", "", ""] for row in difference.added]
    lines += [["去掉", *cells(row), "", "", ""] for row in difference.removed]
    lines += [
        ["改了", *cells(change.row), *fields] for change in difference.changed for fields in change.fields
    ]
    return lines
