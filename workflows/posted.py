"""A posted notice as it is read: on the board, in print, as PDF."""

from __future__ import annotations

import re

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from governance.models import Scorecard
from governance.qr import drawn
from transparency.models import Checkpoint
from workflows.models import Publication


class Posted:
    """A publication as it is read on the board. `content` is the frozen copy; nothing is counted again."""

    def __init__(self, row: Publication):
        self.row = row
        self.content = row.content

    @property
    def url(self) -> str:
        """Where it stands."""
        return reverse("notice", args=[self.row.village.code, self.row.year, self.row.number])

    @property
    def title(self) -> str:
        """Its heading."""
        return self.content["title"]

    @property
    def title_parts(self) -> list[str]:
        """Its heading in phrases that stay together: village, month or quarter, what it is."""
        return [part for part in re.split(r"(\d+年(?:\d+月|第.季度))", self.title) if part]

    @property
    def number(self) -> str:
        """Its number, such as 柳评公〔2026〕9号: the village by the first character of its name."""
        return f"{self.row.village.name[0]}评公〔{self.row.year}〕{self.row.number}号"

    @property
    def is_open(self) -> bool:
        """Does its window still run."""
        return timezone.now() < self.row.window_ends

    @property
    def is_quarter(self) -> bool:
        """A quarter's notice, or a month's."""
        return self.row.settlement_id is not None

    @property
    def households(self) -> int:
        """How many took part in the quarter."""
        return sum(self.content["counts"].values())

    @property
    def standings(self) -> list[tuple[str, int, int]]:
        """Counts by colour with those of before, if they are told: never which household."""
        now, before = self.content["counts"], self.content.get("before", {})
        return [(colour, now[colour], before.get(colour)) for colour in Scorecard.Colour.values]

    @property
    def has_before(self) -> bool:
        """Was the quarter before settled too."""
        return any(self.content["before"].values())

    @property
    def sums(self) -> dict[str, int]:
        """The last line of the table."""
        rows, names = self.content["dimensions"], ("plus", "minus", "held", "taken", "new", "sum_tenths")
        return {name: sum(row.get(name, 0) for row in rows) for name in names}

    @property
    def root(self) -> list[str]:
        """The log's root in groups of four, to be read aloud and compared."""
        text = self.row.log_root
        return [text[i : i + 4] for i in range(0, len(text), 4)]

    @property
    def log(self) -> str:
        """The name of the log the root belongs to, while nothing is signed yet."""
        return f"{settings.LOG_ORIGIN}/{self.row.village.code}"


def qr(mark: Checkpoint) -> str:
    """The signed checkpoint byte for byte, to be scanned by anybody's phone and compared with any later log.

    The log's own signature only: it never changes, whoever cosigns later, and 210 bytes are read from paper.
    """
    return drawn(mark.note.encode(), error="l", title="签了名的记录指纹")
