"""Two at once on PostgreSQL: the same deduction is promised once, a repair is decided once."""

import pytest

from appeals import repair_review, repairs
from appeals.models import Repair, RepairVote
from governance.models import Consent
from governance.refusals import Conflict
from tests import people
from tests.people import NOON
from tests.published import entry
from tests.real_transactions import at_once
from tests.repaired import PROMISE, applied, shown, verified

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
How = Repair.How


@pytest.fixture
def world(transactional_db):
    return people.build()


def test_six_promises_for_one_line_make_one_repair(world, month):
    people.consent(world.head, Consent.Purpose.HELPER)
    line, head = entry(month, "litter"), world.head
    ways = [(How.ONLINE, world.wang), (How.DESK, world.clerk), (How.HELPER, world.helper)] * 2

    def apply(how, by):
        return repairs.apply(entry=line, for_member=head, how=how, by=by, at=NOON, **PROMISE)

    results = at_once([lambda way=way: apply(*way) for way in ways])
    [won] = [result for result in results if isinstance(result, Repair)]
    lost = [result for result in results if result is not won]
    assert all(isinstance(result, Conflict) and won.number in str(result) for result in lost), lost


def test_of_five_who_vote_at_once_two_carry_it_and_the_others_read_that_it_is_decided(world, month):
    row = verified(shown(applied(world, month), world.wang), world.gao)
    results = at_once([lambda voter=voter: _vote(row, voter) for voter in world.council])
    lost = [result for result in results if not isinstance(result, RepairVote)]
    assert len(lost) == 3, results
    assert all(isinstance(result, Conflict) for result in lost), lost
    row.refresh_from_db()
    assert (row.state, row.votes.count()) == (Repair.State.APPROVED, 2)


def test_a_yes_and_a_no_at_once_are_one_decision(world, month):
    row = verified(shown(applied(world, month), world.wang), world.gao)
    _vote(row, world.council[0])
    at_once([lambda: _vote(row, world.council[1]), lambda: _vote(row, world.council[2], agrees=False)])
    row.refresh_from_db()
    assert row.state in (Repair.State.APPROVED, Repair.State.REFUSED)
    assert row.votes.count() == 2


def _vote(row, voter, *, agrees=True):
    return repair_review.vote(repair=row, agrees=agrees, reason="看过材料", by=voter, at=NOON)
