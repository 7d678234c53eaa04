"""What can be stuck: one source for each kind of trouble, in the order in which the page shows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Model, QuerySet

from governance.models import Division, User


@dataclass(frozen=True)
class Item:
    """One thing that is stuck, in words that name no household.

    `kind` groups what can be retried together; `error` is kind and place of an error (governance.failures);
    `since` is None where nobody knows.
    """

    pk: int
    kind: str
    title: str
    village: Division
    since: datetime | None = None
    error: str = ""
    tries: int = 0


class Source:
    """One kind of trouble: finds it, says it in words, and does it again where that is safe.

    A source without `retries` is shown with what a person must do instead; it needs neither `every` nor `retry`.
    """

    name: str  # in addresses
    title: str
    says: str  # what it means, and what helps
    button: str = "再试一次"
    retries: bool = False
    done: str = ""  # name of the event of a retry that worked
    failed: str = ""  # and of one that did not

    @property
    def is_watched(self) -> bool:
        """Is there anything here that could get stuck; if not, the page says nothing about it."""
        return True

    def every(self, where: QuerySet[Division]) -> QuerySet:
        """Rows of its kind in some villages, stuck or not: what was done already is still found by its address."""
        raise NotImplementedError

    def rows(self, where: QuerySet[Division], *, at: datetime, kind: str = "") -> QuerySet | Sequence:
        """What is stuck in some villages, oldest first; sliced and counted by who asks."""
        raise NotImplementedError

    def kinds(self, where: QuerySet[Division], *, at: datetime) -> list[tuple[str, str, int]]:
        """(kind, its words, how many), the most frequent first; nothing where there is nothing to choose."""
        return []

    def items(self, rows: Sequence) -> list[Item]:
        """Rows in words; as many queries for a hundred as for one."""
        return list(rows)

    def count(self, where: QuerySet[Division], *, at: datetime) -> int:
        """How many are stuck."""
        rows = self.rows(where, at=at)
        return rows.count() if isinstance(rows, QuerySet) else len(rows)

    def retry(self, row: Model, *, by: User, at: datetime) -> None:
        """Do what should have happened, by the function that should have done it; within a transaction.

        Raises Conflict when it is not stuck any more, and whatever that function raises.
        """
        raise NotImplementedError

    def note(self, row: Model, error: Exception, *, at: datetime) -> None:
        """Keep with the thing that a retry failed, where it has room for it."""

    def household(self, row: Model) -> UUID | None:
        """Key of the household that a thing is about: the retry belongs into its own history. Never shown here."""
        return None


SOURCES: dict[str, Source] = {}


def register(source: Source) -> Source:
    """Add a source; shown after those that are there."""
    SOURCES[source.name] = source
    return source
