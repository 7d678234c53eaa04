"""A posted quarter of 柳溪村 made from bare ledger lines: many households, no months."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import count

from django.db import transaction

from governance import ledger, scoring_sql
from governance.events import record
from governance.models import Entry, Scorecard, Subject
from tests import people
from tests.people import NOON, World

Q3 = "2026Q3"
AT = NOON - timedelta(days=3)
_numbers = count(1)


def homes(world: World, how_many: int) -> list[Subject]:
    """More enrolled households of 西片."""
    return [
        people.household(f"{100 + n}号", world.west, f"户主{n}", rater=world.zhou) for n in range(how_many)
    ]


def line(world: World, home: Subject, rule: str, points: int, *, quarter=Q3, at=AT, **fields) -> Entry:
    """One posted line of a household."""
    made = ledger.draft(
        **{
            "subject": home, "rule": world.rules[rule], "quarter": quarter, "occurred_on": date(2026, 8, 3),
            "raw_tenths": points, "source": f"test:{next(_numbers)}", **fields,
        }
    )  # fmt: skip
    with transaction.atomic():
        event = record(
            "round.published", village=world.village, about=made, by=world.clerk, at=at, rows=[made]
        )
        return ledger.post([made], event=event)[0]


def post(world: World, quarter=Q3, at=AT) -> None:
    """The quarter computed by the machine, signed and posted."""
    scoring_sql.compute(village=world.village, quarter=quarter, base_tenths=1000, by=world.clerk, at=at)
    Scorecard.objects.filter(confirmed_at__isnull=True).update(confirmed_at=at, published_at=at)
