"""People go on working while a log is verified: what they record and sign meanwhile is no break."""

import pytest
from django.db import transaction

from governance.events import record
from governance.verifying import leaves, verify
from tests import people
from tests.people import NOON
from tests.real_transactions import at_once
from transparency import signing
from transparency.models import Checkpoint


@pytest.mark.postgres
def test_what_is_signed_while_the_log_is_verified_is_no_break(transactional_db, monkeypatch):
    world = people.build()

    def act():
        with transaction.atomic():
            record("test.told", village=world.village, about=world.village, by=None, at=NOON)
        signing.sign(world.village.code, NOON)

    def meanwhile(village):
        assert at_once([act]) == [None]
        yield from ()

    act()
    monkeypatch.setattr(leaves, "KEPT", [meanwhile, *leaves.KEPT])
    breaks = verify(world.village).breaks
    assert [each for each in breaks if each.table.startswith("transparency")] == []
    assert Checkpoint.objects.count() == 2
