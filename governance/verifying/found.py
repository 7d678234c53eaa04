"""What a verification finds: how much was right, and each break by table and row."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from django.db import models

from governance.models import Division, Event

_failures = logging.getLogger("lianping.verifying")
_CHUNK = 2000
# What Django raises for a value that its column cannot hold: only SQLite lets one in.
_UNREADABLE = (ValueError, TypeError, ArithmeticError, AttributeError)


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

    @contextmanager
    def naming(self, model: type[models.Model]) -> Iterator[None]:
        """What nobody foresaw is a break of this table, and the questions after it are asked all the same."""
        try:
            yield
        except Exception as error:
            _failures.exception("verification_stopped")
            self.broken(
                model._meta.db_table,
                self.village.code,
                f"核到一半停下了（{type(error).__name__}），里面有读不懂的值",
            )

    def reading(self, rows: models.QuerySet) -> Iterator:
        """The rows of an ordered query; one that cannot even be read is a break, and those after it come all the same."""
        done = 0
        try:
            for row in rows.iterator(_CHUNK):
                yield row
                done += 1
        except _UNREADABLE:
            numbers = list(rows.values_list("pk", flat=True))[done:]
            for start in range(0, len(numbers), _CHUNK):
                yield from self._readable(rows, numbers[start : start + _CHUNK])

    def _readable(self, rows: models.QuerySet, numbers: list[int]) -> list:
        """Halves, until the rows that cannot be read stand alone."""
        try:
            return list(rows.filter(pk__in=numbers))
        except _UNREADABLE:
            if len(numbers) == 1:
                self.broken(rows.model._meta.db_table, numbers[0], "里面的值读不懂")
                return []
            half = len(numbers) // 2
            return self._readable(rows, numbers[:half]) + self._readable(rows, numbers[half:])


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
    lines: dict[str, tuple[int, datetime]] = field(default_factory=dict)  # the event of a line, and when
    erased: list[Event] = field(default_factory=list)  # events whose words are gone
    cards: list[tuple[Event, str, str]] = field(default_factory=list)  # (event, quarter, digest of the set)
