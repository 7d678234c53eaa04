"""Adult, clerk and helper at once on PostgreSQL: one line, one case; the others read which."""

import pytest

from appeals import objections
from appeals.against import Against
from appeals.models import Objection
from governance.models import Consent, Hold
from governance.refusals import Conflict
from tests import people
from tests.people import NOON
from tests.published import entry
from tests.real_transactions import at_once

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
How = Objection.How


@pytest.fixture
def world(transactional_db):
    return people.build()


def test_six_objections_to_one_line_make_one_case(world, month):
    people.consent(world.head, Consent.Purpose.HELPER)
    line = entry(month, "litter")
    ways = [(How.ONLINE, world.wang), (How.DESK, world.clerk), (How.HELPER, world.helper)] * 2

    def file(how, by):
        return objections.file(
            against=Against.line(line), text="不对", how=how, for_member=world.head, by=by, at=NOON
        )

    results = at_once([lambda way=way: file(*way) for way in ways])
    [won] = [result for result in results if isinstance(result, Objection)]
    lost = [result for result in results if result is not won]
    assert all(isinstance(result, Conflict) and won.number in str(result) for result in lost), lost
    assert (Objection.objects.count(), Hold.objects.count()) == (1, 1)
