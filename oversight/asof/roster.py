"""The roster of a village on a day: with doors and names for the clerk, without either for a supervisor.

A supervisor's page names no household and no household's consent; it counts, and leads to the gate (limits 1, 4).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from governance.models import Area, Division, Link, Member, Subject
from oversight.asof.days import moment
from oversight.asof.differences import Changed, Difference, compare
from oversight.asof.past import as_of, names
from oversight.watch.limits import FEWEST_HOUSEHOLDS

HEADS = ["片", "门牌号", "户名", "户主", "类别", "参加没有", "联户党员"]
LABELS = {
    "area": "片", "door": "门牌号", "name": "户名", "head": "户主", "kind": "类别", "enrolled": "参加没有", "rater": "联户党员",
}  # fmt: skip
# What a change is called where the household is not named; whether it takes part is nobody's business there.
SHOWN_WITHOUT_NAME = {"片", "门牌号", "户名", "户主", "类别", "联户党员"}


@dataclass(frozen=True)
class Home:
    """One open file as it stood; `rater` is empty where nobody was linked."""

    key: UUID
    area: str
    door: str
    name: str
    head: str
    kind: str
    enrolled: str
    rater: str
    order: tuple

    @property
    def called(self) -> str:
        """What it is called where it changed, for the clerk."""
        return f"{self.area}{self.door} {self.name}"

    @property
    def cells(self) -> list[str]:
        """Its texts under HEADS."""
        return [self.area, self.door, self.name, self.head, self.kind, self.enrolled, self.rater]

    @property
    def takes_part(self) -> bool:
        """Was it enrolled."""
        return self.enrolled == "参加"


@dataclass(frozen=True)
class Count:
    """How many files an area had, by kind in the order of Subject.Kind, and how many took part.

    Of an area with fewer than FEWEST_HOUSEHOLDS files how many took part would say who did not (limit 1): the clerk reads it.
    """

    area: str
    kinds: list[int]
    enrolled: int

    @property
    def all(self) -> int:
        """All kinds together."""
        return sum(self.kinds)

    @property
    def is_few(self) -> bool:
        """So few files that it points at somebody how many of them took part."""
        return self.all < FEWEST_HOUSEHOLDS


def homes(village: Division, day: date, *, at: datetime) -> dict[int, Home]:
    """The open files of a day by area and door, as they were known when it was over; six queries."""
    until = moment(day, at=at)
    files = {
        pk: row
        for pk, row in as_of(Subject, until, village_id=village.pk).items()
        if row.closed_on is None or row.closed_on > day
    }
    members = as_of(Member, until, village_id=village.pk).values()
    heads = {row.subject_id: row.name for row in members if row.is_head and _is_here(row, day)}
    links = [row for row in as_of(Link, until, village_id=village.pk).values() if _holds(row, day)]
    raters = names((row.rater_id for row in links), until)
    rater_of = {row.subject_id: raters.get(row.rater_id, "") for row in links}
    areas = {row.pk: row for row in Area.objects.filter(village=village)}
    made = {pk: _home(row, day, areas, heads, rater_of) for pk, row in files.items()}
    return dict(sorted(made.items(), key=lambda pair: pair[1].order))


def difference(village: Division, days: tuple[date, date], *, at: datetime) -> Difference:
    """What changed in the roster from the earlier day to the later."""
    before, after = (homes(village, day, at=at) for day in days)
    return compare(before, after, LABELS)


def unnamed(difference: Difference) -> Difference:
    """A difference for who may not read names: which fields changed, neither their words nor the consent."""
    changed = [
        Changed(change.row, [(label, "", "") for label, _, _ in change.fields if label in SHOWN_WITHOUT_NAME])
        for change in difference.changed
    ]
    return Difference(difference.added, difference.removed, [change for change in changed if change.fields])


def counts(found: dict[int, Home]) -> list[Count]:
    """The roster in numbers, area by area."""
    kinds = [label for _, label in Subject.Kind.choices]
    areas = list(dict.fromkeys(home.area for home in found.values()))
    by_kind = Counter((home.area, home.kind) for home in found.values())
    enrolled = Counter(home.area for home in found.values() if home.takes_part)
    return [Count(area, [by_kind[area, kind] for kind in kinds], enrolled[area]) for area in areas]


def _home(row: Subject, day: date, areas, heads, rater_of) -> Home:
    area = areas[row.area_id]
    return Home(
        key=row.key,
        area=area.name,
        door=row.door,
        name=row.name,
        head=heads.get(row.pk, ""),
        kind=row.get_kind_display(),
        enrolled="参加" if row.is_enrolled(day) else "未参加",
        rater=rater_of.get(row.pk, ""),
        order=(area.position, area.name, row.door_order, row.pk),
    )


def _is_here(row: Member, day: date) -> bool:
    return row.left_on is None or row.left_on > day


def _holds(row: Link, day: date) -> bool:
    return row.starts <= day and (row.ends is None or row.ends >= day)
