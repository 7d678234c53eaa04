"""What a benchmark says, and how docs/benchmarks.md keeps it."""

import os
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from time import perf_counter

PAGE = Path(__file__).resolve().parent.parent / "docs" / "benchmarks.md"
_HEAD = """# Benchmarks

Each number is a ratio within one run, so that the machine cancels out. Measure again with `make bench`.
"""


@dataclass(frozen=True, slots=True)
class Size:
    """How large a county is made; `open_items` wait for one village's council."""

    villages: int
    subjects: int
    entries_each: int
    open_items: int


SIZES = {
    "full": Size(villages=265, subjects=205_597, entries_each=10, open_items=100_000),
    "small": Size(villages=6, subjects=4_000, entries_each=10, open_items=2_000),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: what was measured, against what, and the ratio to reach ("≤ 2")."""

    what: str
    measured: str
    against: str
    ratio: float
    reach: str = ""

    @property
    def is_reached(self) -> bool:
        """Whether the ratio is within reach; a line without one only informs."""
        if not self.reach:
            return True
        sign, limit = self.reach.split()
        return self.ratio <= float(limit) if sign == "≤" else self.ratio >= float(limit)


class Clock:
    """`with Clock() as clock: …` then `clock.seconds`."""

    def __enter__(self):
        self._start = perf_counter()
        return self

    def __exit__(self, *_):
        self.seconds = perf_counter() - self._start


def table(rows: list[Row]) -> str:
    """The rows as a Markdown table."""
    lines = ["| what | measured | against | ratio | reach | |", "|---|---|---|---|---|---|"]
    for row in rows:
        verdict = ("reached" if row.is_reached else "**missed**") if row.reach else ""
        lines.append(
            f"| {row.what} | {row.measured} | {row.against} | {row.ratio:.2f} | {row.reach} | {verdict} |"
        )
    return "\n".join(lines)


def write(name: str, rows: list[Row], command: str, page: Path = PAGE) -> None:
    """Put a benchmark's table into the page, in the place of its last one."""
    text = page.read_text() if page.exists() else _HEAD
    section = (
        f"## {name}\n\n`{command}`, {os.cpu_count()} cores, {date.today().isoformat()}\n\n{table(rows)}\n"
    )
    kept = re.sub(rf"## {re.escape(name)}\n.*?(?=\n## |\Z)", "", text, flags=re.DOTALL).rstrip()
    page.write_text(f"{kept}\n\n{section}")
