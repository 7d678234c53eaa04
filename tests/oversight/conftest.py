"""柳溪村's summer and autumn as supervisors look at them: months driven by the real services, one after the other."""

from datetime import date, datetime, timedelta

import pytest
from django.conf import settings as django_settings
from django.db import transaction
from django.utils import timezone

from tests import people
from tests.months import Month


def noon(day: date) -> datetime:
    """Noon of a day, local time."""
    return timezone.make_aware(datetime(day.year, day.month, day.day, 12))


def drive(world, number: int, *facts, at=None) -> Month:
    """One month of 2026, rated on its 20th, posted, its window over; a fact is (household, rule) or (…, more)."""
    first = date(2026, number, 1)
    made = Month(world, noon(first), first).open()
    made.at = at or noon(first + timedelta(days=19))
    for n, (home, rule, *more) in enumerate(facts):
        made.observe(f"{number}-{n}", home, rule, **(more[0] if more else {}))
    made.to_publication()
    return made.wait(6)


@pytest.fixture
def month(world):
    """month(number, *facts): as `drive`, in this test's village."""
    return lambda number, *facts, at=None: drive(world, number, *facts, at=at)


@pytest.fixture(scope="module")
def three_months(django_db_setup, django_db_blocker, tmp_path_factory):
    """July to September in which 李党员's five households got the same; made once for a module's tests."""
    kept, django_settings.MEDIA_ROOT = django_settings.MEDIA_ROOT, tmp_path_factory.mktemp("media")
    with django_db_blocker.unblock(), transaction.atomic():
        world = people.build()
        more = [people.household(f"{n}号", world.east, f"马{n}叔", rater=world.li) for n in (9, 51, 52)]
        for number in (7, 8, 9):
            last = drive(
                world, number, *((home, "sweep") for home in (world.wang_home, world.liu_home, *more))
            )
        yield world, last
        transaction.set_rollback(True)
    django_settings.MEDIA_ROOT = kept
