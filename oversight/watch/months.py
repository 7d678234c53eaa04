"""What was rated in some villages and months, read once: sheets, their households, items, the days they were due.

Five queries however many villages; everything else of the watch that is about ratings is counted from this.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Exists, OuterRef, QuerySet

from governance.models import Area, Deadline, Division, Rule, User
from workflows.models import Evidence, Observation, Round, Sheet, SheetLine

State = Observation.State
# Handed in at some time and not taken back: what the rater recorded, whatever became of it.
NOT_RECORDED = (State.DRAFTED, State.WITHDRAWN)
TAKEN = (State.APPROVED, State.PUBLISHED, State.FINAL)
NO_EVIDENCE_ASKED = ("", Rule.Evidence.NONE)


@dataclass(frozen=True)
class Item:
    """One recorded fact. Points in tenths; `proved` says whether there is any evidence."""

    pk: int
    month: date
    area: int
    subject: int
    rater: int
    sheet: int
    rule: int
    sign: int
    asks_evidence: bool
    tenths: int
    occurred_on: date
    state: str
    confirmed_by: int | None
    posted: bool
    proved: bool


@dataclass(frozen=True)
class SheetSeen:
    """One confirmed sheet with the households on it."""

    pk: int
    round: int
    month: date
    area: int
    rater: int
    filed_at: datetime
    confirmed_at: datetime
    confirmed_by: int | None
    subjects: frozenset[int]


@dataclass(frozen=True)
class Months:
    """Everything rated in a period, with the people and areas it names."""

    first: date
    last: date
    sheets: list[SheetSeen]
    items: list[Item]
    due: dict[tuple[str, int], datetime]  # (kind of deadline, round id) -> when it was due
    users: dict[int, User]
    areas: dict[int, Area]
    items_of: dict[int, list[Item]] = field(default_factory=lambda: defaultdict(list))
    sheets_of: dict[int, list[SheetSeen]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self):
        for item in self.items:
            self.items_of[item.rater].append(item)
        for sheet in self.sheets:
            self.sheets_of[sheet.rater].append(sheet)

    @property
    def raters(self) -> list[User]:
        """Who handed in a sheet, by area and name: never by any figure."""
        place = {
            pk: min(self.areas[sheet.area].position for sheet in self.sheets_of[pk]) for pk in self.sheets_of
        }
        users = [self.users[pk] for pk in place]
        return sorted(users, key=lambda user: (place[user.pk], user.name, user.pk))


def read(where: QuerySet[Division], first: date, last: date) -> Months:
    """The confirmed sheets of the months from `first` to `last`, both included, and what is on them."""
    between = {"village__in": where, "round__month__range": (first, last)}
    sheets = _sheets(Sheet.objects.filter(state=Sheet.State.CONFIRMED, **between))
    items = _items(Observation.objects.filter(sheet__state=Sheet.State.CONFIRMED, **between))
    due = Deadline.objects.filter(
        about_type=Round._meta.label_lower, about_id__in={sheet.round for sheet in sheets},
        kind__in=["round.sheets", "round.areas"],
    )  # fmt: skip
    people = {sheet.rater for sheet in sheets} | {sheet.confirmed_by for sheet in sheets}
    return Months(
        first, last, sheets, items,
        {(kind, about): at for kind, about, at in due.values_list("kind", "about_id", "due_at")},
        User.objects.in_bulk(people - {None}), Area.objects.in_bulk({sheet.area for sheet in sheets}),
    )  # fmt: skip


def _sheets(rows: QuerySet[Sheet]) -> list[SheetSeen]:
    homes = defaultdict(set)
    for sheet, subject in SheetLine.objects.filter(sheet__in=rows).order_by().values_list("sheet", "subject"):
        homes[sheet].add(subject)
    columns = ("pk", "round", "round__month", "area", "rater", "filed_at", "confirmed_at", "confirmed_by")
    found = rows.order_by("round__month", "pk").values_list(*columns)
    return [SheetSeen(*row, frozenset(homes[row[0]])) for row in found]


def _items(rows: QuerySet[Observation]) -> list[Item]:
    rows = rows.exclude(state__in=NOT_RECORDED).order_by("pk")
    rows = rows.annotate(proved=Exists(Evidence.objects.filter(observation=OuterRef("pk"))))
    found = rows.values_list(
        "pk", "round__month", "sheet__area", "subject", "sheet__rater", "sheet", "rule", "rule__sign",
        "rule__evidence", "raw_tenths", "occurred_on", "state", "confirmed_by", "entry", "proved",
    )  # fmt: skip
    return [
        Item(*row[:8], row[8] not in NO_EVIDENCE_ASKED, *row[9:13], row[13] is not None, row[14])
        for row in found
    ]
