"""Roster files for tests: a good row of 柳溪村, and files made of rows."""

from dataclasses import replace

from governance.roster_file import RosterRow, write_rows

GOOD = RosterRow(
    2, "990101103205", "东片", "8号", "吴家户", "户", "吴大嫂", "13800005678", "", "", "李党员",
    "2026-10-05", "纸上", "冯大妈",
)  # fmt: skip


def row(**changes) -> RosterRow:
    """A row about which there is nothing to say, but for `changes`."""
    return replace(GOOD, **changes)


def file(*rows: RosterRow, as_csv: bool = False) -> bytes:
    """A file of these rows."""
    return write_rows(rows, as_csv=as_csv)
