"""One quarter of one village replayed: how many cards came out again, and which did not.

What differs is listed by area, without a name, a door, a score or a colour: those are behind the gate.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import Count

from governance.models import Division, Scorecard, Subject
from governance.refusals import Refused
from governance.replay import lost, replay
from oversight.replays.words import GONE, Off, offs
from workflows.models import Publication

# As many cards as a page computes in a few seconds; a village has up to 5,000 households. More: manage.py replay.
AT_MOST = 6_000


@dataclass(frozen=True)
class Differs:
    """A card that came out otherwise; `key` is its household's, for the gate."""

    key: UUID
    area: str
    kind: str
    version: int
    offs: list[Off]


@dataclass(frozen=True)
class Result:
    """What a replay came to: cards in all, households among them, corrected versions among them.

    Cards that were signed and are gone count as cards that differ. `posted` is how many households the quarter's
    notice counted; None where it has none.
    """

    quarter: str
    cards: int
    homes: int
    differ: list[Differs] = field(default_factory=list)
    posted: int | None = None

    @property
    def unaccounted(self) -> int:
        """How many households fewer, or more, there are than the notice counted; 0 where they agree."""
        return 0 if self.posted is None else abs(self.posted - self.homes)

    @property
    def corrected(self) -> int:
        """How many of the cards were corrections of an earlier one."""
        return self.cards - self.homes

    @property
    def equal(self) -> int:
        """How many came out again to the last tenth."""
        return self.cards - len(self.differ)


def posted(village: Division) -> list[tuple[str, int]]:
    """The quarters of a village whose cards were signed and posted, newest first, with how many cards; one query."""
    rows = Scorecard.objects.filter(village=village, published_at__isnull=False, confirmed_at__isnull=False)
    found = rows.values_list("quarter").annotate(how_many=Count("pk")).order_by("-quarter")
    return list(found)


def run(village: Division, quarter: str, *, cards: int) -> Result:
    """Compute a quarter's signed cards again, all versions. Writes nothing.

    Raises Refused when there are more cards (`cards`, as `posted` counts them) than a page can wait for.
    """
    if cards > AT_MOST:
        raise Refused(f"这一季有{cards}份，网页上一次最多算{AT_MOST}份。请系统管理员用replay命令来算。")
    seen, homes, differ = 0, set(), []
    for one in replay(quarter=quarter, village_code=village.code):
        seen += 1
        homes.add(one.card.subject_id)
        if one.differences:
            differ.append(one)
    gone = lost(quarter=quarter, village_code=village.code)
    homes |= {row.subject_id for row in gone}
    listed = _listed(village, differ) + _gone(village, gone)
    return Result(quarter, seen + len(gone), len(homes), listed, _posted_homes(village, quarter))


def _listed(village: Division, found: list) -> list[Differs]:
    areas = dict(village.areas.values_list("pk", "name"))
    return [
        Differs(
            one.card.subject.key, areas[one.card.subject.area_id], one.card.subject.get_kind_display(),
            one.card.version, offs(one.differences),
        )
        for one in found
    ]  # fmt: skip


def _gone(village: Division, found: list) -> list[Differs]:
    areas = dict(village.areas.values_list("pk", "name"))
    homes = Subject.objects.in_bulk({row.subject_id for row in found})
    return [
        Differs(home.key, areas[home.area_id], home.get_kind_display(), row.version, [GONE])
        for row in found if (home := homes.get(row.subject_id))
    ]  # fmt: skip


def _posted_homes(village: Division, quarter: str) -> int | None:
    """How many households the quarter's own notice counted, by colour, when it was posted."""
    notices = Publication.objects.filter(village=village, settlement__quarter=quarter)
    content = notices.values_list("content", flat=True).first()
    return sum(content["counts"].values()) if content else None


def table(result: Result, *, village: Division, said: str) -> list[list[str]]:
    """The result as the lines of a spreadsheet; `said` tells who ran it and when."""
    lines = [
        [f"{village.name}{result.quarter}重算", said],
        ["重算了几份", str(result.cards)],
        ["几户", str(result.homes)],
        ["对得上", str(result.equal)],
        ["对不上", str(len(result.differ))],
        ["公示上几户", "" if result.posted is None else str(result.posted)],
    ]
    if result.differ:
        lines += [[], ["序号", "片", "类别", "第几版", "哪一项", "差多少"]]
    for n, one in enumerate(result.differ, start=1):
        lines += [[str(n), one.area, one.kind, f"第{one.version}版", off.name, off.by] for off in one.offs]
    return lines
