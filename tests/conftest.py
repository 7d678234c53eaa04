"""Fixtures every test may use. The people are in tests/people.py."""

from uuid import uuid4

import pytest
from django.core.cache import cache

from governance import vouching
from tests import emptying, people


@pytest.fixture(scope="session", autouse=True)
def _tables_are_emptied_quickly():
    with emptying.quick():
        yield


@pytest.fixture
def world(db) -> people.World:
    """柳溪村 with its named people, as of people.NOON."""
    return people.build()


@pytest.fixture(autouse=True)
def _everything_is_vouched_for(caplog):
    """Where a transaction really commits, no row that an action wrote may be left without an event.

    What a fixture wrote by itself names no action.
    """
    yield
    said = [record.getMessage() for record in caplog.get_records("call") if record.name == vouching.__name__]
    assert not [words for words in said if not words.endswith("no action")]


@pytest.fixture(autouse=True)
def _empty_cache():
    """Counters of wrong attempts live in the cache: no test sees those of another."""
    cache.clear()


@pytest.fixture(autouse=True)
def _uploads(settings, own_folder):
    """Uploads lie outside the database, which no rollback empties: a folder a test, made when used."""
    settings.MEDIA_ROOT = own_folder / "uploads"


@pytest.fixture(autouse=True)
def _signed(settings, own_folder):
    """So does what the log's signer remembers."""
    settings.LOG_SIGNED_DIR = own_folder / "signed"


@pytest.fixture
def own_folder(tmp_path_factory):
    """A path that no other test has; nothing is there yet."""
    return tmp_path_factory.getbasetemp() / "outside" / uuid4().hex
