"""Fixtures every test may use. The people are in tests/people.py."""

import pytest
from django.core.cache import cache

from tests import people
from tests.real_transactions import real_transactions  # noqa: F401


@pytest.fixture
def world(db) -> people.World:
    """柳溪村 with its named people, as of people.NOON."""
    return people.build()


@pytest.fixture(autouse=True)
def _empty_cache():
    """Counters of wrong attempts live in the cache: no test sees those of another."""
    cache.clear()
