"""Two officers at once, a household and an officer at once, a decision and a settlement at once (PostgreSQL)."""

import pytest

from appeals import assignments, decisions, facts, objections
from appeals.models import Decision, Objection
from governance.models import Entry, Hold
from governance.models.people import Role
from governance.refusals import Conflict, Refused
from tests import people
from tests.appeals.cases import GROUNDS, Case
from tests.people import NOON
from tests.real_transactions import at_once

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def world(transactional_db):
    return people.build()


@pytest.fixture
def case(world, month) -> Case:
    return Case(world, month).file()


def decide(case, by, outcome):
    return decisions.decide(
        objection=case.row,
        outcome=outcome,
        grounds=GROUNDS,
        seen=facts.seen(case.row, at=NOON),
        by=by,
        at=NOON,
    )


def test_two_officers_deciding_at_once_make_one_decision_and_one_clear_refusal(world, case):
    people.person("苏专员", Role.OFFICER, world.township)
    decisions.accept(objection=case.row, by=world.officer, at=NOON)
    case.again().decide("rejected").ask_review()
    acts = [
        lambda by=by, word=word: decide(case, by, word)
        for by in world.panel
        for word in ("upheld", "rejected")
    ]
    results = at_once(acts)
    won = [result for result in results if isinstance(result, Decision)]
    lost = [result for result in results if not isinstance(result, Decision)]
    assert len(won) == 1, results
    assert all(isinstance(result, Conflict) and "办结" in str(result) for result in lost), lost
    assert Decision.objects.count() == 2
    assert Hold.objects.filter(lifted_at=None).count() == 0
    assert Entry.objects.filter(reverses__isnull=False).count() == (won[0].outcome == "upheld")


def test_two_officers_claiming_at_once_one_has_it(world, case):
    other = people.person("苏专员", Role.OFFICER, world.township)
    acts = [
        lambda by=by: assignments.claim(objection=case.row, by=by, at=NOON)
        for by in (world.officer, other) * 2
    ]
    results = at_once(acts)
    assert sum(isinstance(result, Objection) for result in results) == 1, results
    assert all(isinstance(result, Refused) for result in results if not isinstance(result, Objection)), (
        results
    )


def test_withdrawing_and_accepting_at_once_end_in_one_of_the_two(world, case):
    results = at_once(
        [
            lambda: objections.withdraw(objection=case.row, by=world.wang, at=NOON),
            lambda: decisions.accept(objection=case.row, by=world.officer, at=NOON),
        ]
    )
    assert any(isinstance(result, Objection) for result in results)
    assert case.again().row.state == "withdrawn"
