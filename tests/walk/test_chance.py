"""One seed gives one walk."""

import secrets
from uuid import uuid4

import pytest
from django.db import connection

from tests.walk import chance

pytestmark = pytest.mark.django_db


def _drawn(seed):
    with chance.out_of(seed):
        return [uuid4(), uuid4(), secrets.token_bytes(32), secrets.randbelow(10**6), _by_the_database()]


def _by_the_database():
    if connection.vendor != "sqlite":
        return None
    with connection.cursor() as cursor:
        return bytes(cursor.execute("SELECT randomblob(16)").fetchone()[0])


def test_keys_and_secrets_follow_from_the_seed_and_from_nothing_else():
    first = _drawn(7)
    assert len({*map(str, first)}) == 5
    assert _drawn(7) == first
    assert _drawn(8) != first


def test_afterwards_keys_are_chance_again():
    _drawn(7)
    assert uuid4() not in _drawn(7)
    assert len({uuid4() for _ in range(50)}) == 50
    assert _by_the_database() is None or _by_the_database() != _by_the_database()
