"""Settling a quarter for a county: against the bare arithmetic, against rows one by one, and as it grows."""

from __future__ import annotations

import math
from itertools import islice

from django.db import connection, transaction

from benchmarks import county
from benchmarks.results import Clock, Row, Size
from governance import scorecards, scoring_sql
from governance.events import record
from governance.models import Carry, Division, Entry, Scorecard, Subject, User
from governance.saving import save

name = "Settling a quarter"
_SAMPLE = 300
_STEPS = (0.01, 0.032, 0.1, 0.32, 1)  # parts of the county, for the growth


def run(size: Size) -> list[Row]:
    """The lines of the table; grows the county as it goes."""
    growth = [_settled(county.grow(size, villages)) for villages in _villages(size)]
    entries, seconds = growth[-1]
    bare = _bare()
    one_by_one, only_saves = _one_by_one(size.subjects)
    settled = f"{seconds:.1f} s ({size.villages} villages, {size.subjects:,} subjects, {entries:,} entries)"
    return [
        Row("a quarter, settled", settled, f"the same arithmetic as one SELECT: {bare:.1f} s", seconds / bare, "≤ 2"),
        Row(
            "the same, row by row: read, scored by the function, saved with history", f"{one_by_one:.0f} s",
            "settled as above", one_by_one / seconds, "≥ 50",
        ),
        Row("of that, saving alone", f"{only_saves:.0f} s", "settled as above", only_saves / seconds),
        Row("growth", _curve(growth), "slope on log-log", slope(growth), "≤ 1.05"),
    ]  # fmt: skip


def slope(points: list[tuple[int, float]]) -> float:
    """The least-squares slope of seconds over entries, both in logarithms."""
    xs, ys = [math.log(n) for n, _ in points], [math.log(s) for _, s in points]
    x, y = sum(xs) / len(xs), sum(ys) / len(ys)
    return sum((a - x) * (b - y) for a, b in zip(xs, ys, strict=True)) / sum((a - x) ** 2 for a in xs)


def _villages(size: Size) -> list[int]:
    return sorted({max(1, round(size.villages * part)) for part in _STEPS})


def _curve(growth: list[tuple[int, float]]) -> str:
    return ", ".join(f"{entries:,} in {seconds:.2f} s" for entries, seconds in growth)


def _settled(villages: list[Division]) -> tuple[int, float]:
    """Entries and seconds of settling these villages, all that a settlement writes included."""
    by = county.clerk()
    county.clear_cards()
    with transaction.atomic():  # the first one also waits for caches
        _settle(villages[0], by)
        transaction.set_rollback(True)
    with Clock() as clock:
        for village in villages:
            _settle(village, by)
    return Entry.objects.filter(village__in=villages).count(), clock.seconds


@transaction.atomic
def _settle(village: Division, by: User) -> None:
    scoring_sql.compute(village=village, quarter=county.QUARTER, base_tenths=1000, by=by, at=county.SETTLED)
    digests = scoring_sql.digests(village, county.QUARTER, county.SETTLED)
    record("settlement.started", village=village, about=village, by=by, at=county.SETTLED, digests=digests)


def _bare() -> float:
    """Seconds of the arithmetic alone: one SELECT for the county into a temporary table.

    Without PostgreSQL's compiler, as in a settlement: with it this would take longer.
    """
    statement = f"CREATE TEMPORARY TABLE bare AS {scoring_sql.arithmetic('postgresql', here='')}"
    with connection.cursor() as cursor:
        cursor.execute("SET jit = off")
        with Clock() as clock:
            cursor.execute(statement, scoring_sql.parameters(county.QUARTER, county.SETTLED))
    return clock.seconds


@transaction.atomic
def _one_by_one(subjects: int) -> tuple[float, float]:
    """Seconds for the county, from a sample: the whole way of one card by the ORM, and its saving alone."""
    Carry.objects.filter(scorecard__quarter=county.QUARTER).delete()
    Scorecard.objects.filter(quarter=county.QUARTER)._raw_delete("default")
    by, whole, saving = county.clerk(), 0.0, 0.0
    for subject in islice(Subject.objects.order_by("pk"), _SAMPLE):
        with Clock() as clock:
            found = scorecards.results(
                [subject.pk], village=subject.village_id, quarter=county.QUARTER, base=1000, at=county.SETTLED
            )[subject.pk]
        whole += clock.seconds
        with Clock() as clock:
            _save(subject, found, by)
        saving += clock.seconds
    each = subjects / min(_SAMPLE, subjects)
    return (whole + saving) * each, saving * each


def _save(subject: Subject, found: scorecards.Result, by: User) -> None:
    card = Scorecard(
        village_id=subject.village_id, subject=subject, quarter=county.QUARTER, computed_at=county.SETTLED,
        **scorecards.columns(found),
    )  # fmt: skip
    save(card, action="scorecard.computed", by=by, at=county.SETTLED)
    for key, carry in scorecards.carries(found.score).items():
        Carry.objects.create(scorecard=card, key=key, **carry)
