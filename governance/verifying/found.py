"""What a verification finds: how much was right, and each break by table and row."""

from __future__ import annotations

from dataclasses import dataclass, field

from governance.models import Division, Event


@dataclass(frozen=True)
class Break:
    """One row that is not as it was said: its table, its number there or its key, and what is wrong."""

    table: str
    row: str
    why: str

    def __str__(self):
        return f"{self.table} {self.row}：{self.why}"


@dataclass
class Found:
    """The result for one village."""

    village: Division
    leaves: int = 0
    rows: int = 0
    breaks: list[Break] = field(default_factory=list)

    def broken(self, table: str, row: object, why: str) -> None:
        """Note one break."""
        self.breaks.append(Break(table, str(row), why))


@dataclass(frozen=True, slots=True)
class Said:
    """The latest word on a row: its digest, the event that gave it, and the salt of that event (none once erased)."""

    digest: str
    event: int
    salt: bytes | None


@dataclass
class AllSaid:
    """All that a village's events vouch for."""

    rows: dict[str, Said] = field(default_factory=dict)
    cards: list[tuple[Event, str, str]] = field(default_factory=list)  # (event, quarter, digest of the set)
