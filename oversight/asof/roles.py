"""Who held which office over a village on a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from governance.appointments import IN_VILLAGE
from governance.models import Appointment, Area, Division
from governance.models.people import Role
from oversight.asof.days import moment
from oversight.asof.differences import Difference, compare
from oversight.asof.past import as_of, names

HEADS = ["在哪里", "职务", "姓名", "片", "从", "到"]
LABELS = {"role": "职务", "who": "姓名", "area": "片", "starts": "从", "ends": "到"}


@dataclass(frozen=True)
class Office:
    """One appointment in words."""

    place: str
    role: str
    who: str
    area: str
    starts: date
    ends: date | None

    @property
    def called(self) -> str:
        """What it is called where it changed."""
        return f"{self.place}{self.area}{self.role}{self.who}"

    @property
    def cells(self) -> list[str]:
        """Its texts under HEADS."""
        return [self.place, self.role, self.who, self.area, str(self.starts), str(self.ends or "")]


def offices(village: Division, day: date, *, at: datetime) -> dict[int, Office]:
    """Who held an office that reaches the village on a day, as it was known when the day was over.

    By appointment, in the order of offices: the village's own first. Four queries.
    """
    until = moment(day, at=at)
    places = _places(village)
    held = as_of(Appointment, until, division_id__in=places)
    rows = [row for row in held.values() if row.starts <= day and (row.ends is None or row.ends >= day)]
    people = names((row.user_id for row in rows), until)
    areas = dict(Area.objects.filter(village=village).values_list("pk", "name"))
    made = {row.pk: (row, _office(row, places, people, areas)) for row in rows}
    ordered = sorted(made.items(), key=lambda pair: _order(*pair[1]))
    return {pk: office for pk, (_, office) in ordered}


def difference(village: Division, days: tuple[date, date], *, at: datetime) -> Difference:
    """What changed in the offices from the earlier day to the later."""
    before, after = (offices(village, day, at=at) for day in days)
    return compare(before, after, LABELS)


def _places(village: Division) -> dict[int, Division]:
    above = [village.code[:9] + "000", village.code[:6] + "000000"]
    return {row.pk: row for row in Division.objects.filter(code__in=[village.code, *above])}


def _office(row: Appointment, places, people, areas) -> Office:
    return Office(
        place=places[row.division_id].name,
        role=Role(row.role).label,
        who=people.get(row.user_id, "那时还没有账号"),
        area=areas.get(row.area_id, ""),
        starts=row.starts,
        ends=row.ends,
    )


def _order(row: Appointment, office: Office) -> tuple:
    # Longer codes are further down: the village's own offices come first.
    is_above = row.role not in IN_VILLAGE
    return is_above, Role.values.index(row.role), office.place, office.area, office.who, row.pk
