"""柳溪村's October, told at noon of 16 November unless a test says otherwise."""

import pytest

from tests.months import Month
from tests.people import NOON


@pytest.fixture(autouse=True)
def _uploads(settings, tmp_path):
    """Evidence of a test lies in the test's own folder."""
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def october(world) -> Month:
    """October, open."""
    return Month(world, NOON).open()
