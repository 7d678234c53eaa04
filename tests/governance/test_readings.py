"""A household sees who looked into its file."""

from datetime import timedelta

import pytest

from governance.readings import log_reading, readings_of
from governance.refusals import Invalid
from tests.people import NOON


def test_each_look_is_listed_newest_first_for_the_household_alone(world):
    look = {"user": world.supervisor, "role": "supervisor", "why": "抽查十月的减分"}
    first = log_reading(subject=world.wang_home, at=NOON, **look)
    second = log_reading(subject=world.wang_home, at=NOON + timedelta(hours=1), **look)
    log_reading(subject=world.liu_home, at=NOON, **look)
    assert list(readings_of(world.wang_home)) == [second, first]


@pytest.mark.parametrize("why", ["", "  ", "看" * 201])
def test_nobody_looks_without_saying_why(world, why):
    with pytest.raises(Invalid):
        log_reading(user=world.supervisor, subject=world.wang_home, role="supervisor", why=why, at=NOON)
