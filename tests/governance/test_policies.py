"""A number of the procedure is set once for a day: once for the county, once for each village."""

from datetime import date

import pytest
from django.db import IntegrityError

from governance.models import Policy
from governance.policies import DEFINED, value
from tests.people import NOON

DAY = date(2026, 11, 1)


def quorum(village, number):
    return Policy.objects.create(
        village=village, name="quorum", value=number, starts=DAY, source="村民代表会议"
    )


def test_a_village_goes_by_its_own_number_then_the_county_s_then_the_default(world):
    assert value("quorum", world.village, NOON.date()) == DEFINED["quorum"].default
    quorum(None, 5)
    assert value("quorum", world.village, NOON.date()) == 5
    quorum(world.village, 7)
    assert value("quorum", world.village, NOON.date()) == 7
    assert value("quorum", world.elsewhere, NOON.date()) == 5


@pytest.mark.parametrize("county", [True, False])
def test_a_number_has_one_value_a_day(world, county):
    where = None if county else world.village
    quorum(where, 5)
    with pytest.raises(IntegrityError):
        quorum(where, 7)
