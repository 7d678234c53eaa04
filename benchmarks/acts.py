"""Acts on many rows at once, in process: filing a sheet, opening the month for a county."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils import timezone

from benchmarks import county, month
from benchmarks.results import Clock, Row, Size
from benchmarks.server import medians
from governance.models import Division, User
from governance.periods import month_of
from governance.saving import save
from workflows import rounds, sheets, standins
from workflows.flows import SheetFlow
from workflows.models import Observation, Round, Sheet, SheetLine

name = "Acts"
_TIMES = 20
_HOUSEHOLDS = 15
_VILLAGES = 6  # whose month is opened, for the whole county; the first only warms up
_LONG_AGO = date(2025, 2, 1)


def run(size: Size) -> list[Row]:
    """The lines of the table."""
    villages = county.grow(size)
    here, others = month.build(villages[0]), villages[1 : _VILLAGES + 1]
    staff = {village: month.people(village) for village in others}
    county.analyze()
    return [_filing(here), _opening({village: people["rater"] for village, people in staff.items()})]


def _filing(here: month.Month) -> Row:
    """A sheet of 15 households with one fact each, against 15 bare saves; one transaction each."""
    ready = iter([_filled_in(here, rater) for rater in here.raters[1 : _TIMES + 2]])
    bare = month.items(here, _HOUSEHOLDS)
    filing, saving = medians(
        _TIMES, lambda: sheets.file(sheet=(sheet := next(ready)), by=sheet.rater, at=timezone.now()),
        lambda: _save(bare, here.leader),
    )  # fmt: skip
    return Row(
        f"filing a sheet of {_HOUSEHOLDS} households", f"{filing * 1000:.0f} ms",
        f"{_HOUSEHOLDS} bare saves with history: {saving * 1000:.0f} ms", filing / saving, "≤ 2",
    )  # fmt: skip


@transaction.atomic
def _save(rows: list[Observation], by: User) -> None:
    for row in rows:
        save(row, action="observation.changed", by=by, at=timezone.now())


def _filled_in(here: month.Month, rater: User) -> Sheet:
    """A rater's sheet with a fact for each household, ready to be handed in."""
    subjects = [link.subject for link in rater.links.select_related("subject__area")[:_HOUSEHOLDS]]
    [sheet] = standins.create(here.round, [(rater, subjects[0].area)], by=None, at=timezone.now())
    lines = (SheetLine(sheet=sheet, subject=subject, verdict="observed") for subject in subjects)
    SheetLine.objects.bulk_create(lines)
    month.facts(here, sheet, subjects, _HOUSEHOLDS, state=Observation.State.DRAFTED)
    return sheet


def _opening(raters: dict[Division, list[User]]) -> Row:
    """Opening the month, against starting as many processes of a sheet and nothing else; a transaction a village."""
    bare = {village: _bare_sheets(village, users) for village, users in raters.items()}
    _, *measured = [(_started(bare[village]), _opened(village)) for village in raters]
    started, opened = map(sum, zip(*measured, strict=True))
    _, *users = raters.values()
    number = sum(map(len, users))
    return Row(
        f"opening a month: {len(measured)} villages, {number} sheets", f"{opened:.2f} s",
        f"{number} bare viewflow starts: {started:.2f} s", opened / started, "≤ 1.5",
    )  # fmt: skip


def _started(sheets: list[Sheet]) -> float:
    with Clock() as clock, transaction.atomic():
        for sheet in sheets:
            SheetFlow.start.run(sheet=sheet)
    return clock.seconds


def _opened(village: Division) -> float:
    with Clock() as clock:
        rounds.open_month(village=village, month=month_of(timezone.localdate()), by=None, at=timezone.now())
    return clock.seconds


def _bare_sheets(village: Division, users: list[User]) -> list[Sheet]:
    round = Round.objects.create(village=village, month=_LONG_AGO, state="closed", opened_at=timezone.now())
    area = village.areas.first()
    return Sheet.objects.bulk_create(
        Sheet(village=village, round=round, rater=user, area=area) for user in users
    )
