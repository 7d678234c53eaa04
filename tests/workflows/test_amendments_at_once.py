"""Signers and cases on one household's quarter at once, on PostgreSQL with real threads."""

import pytest
from django.db.models import Max

from governance.models import Scorecard
from governance.refusals import Conflict, Refused
from governance.replay import replay
from tests import people
from tests.real_transactions import at_once
from tests.workflows.settled import LATER, Q4, computed, line, october, posted, signed, take_out
from tests.workflows.test_amendment_signing import SOON, look_and_sign
from tests.workflows.test_concurrency import log_has_no_gap
from workflows import amendment_signing, publications, settlements
from workflows.models import Amendment, Publication, Settlement

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def world(transactional_db):
    return people.build()


@pytest.fixture
def month(world):
    return october(world)


@pytest.fixture
def row(world, month):
    posted(world)
    [row] = take_out(world, line(month, "堆柴"))
    return row


def test_six_sign_at_once_and_two_signatures_take_effect_once(row, world):
    signers = [people.person(f"委员{n}", "committee", world.village) for n in range(6)]
    for signer in signers:
        amendment_signing.look(amendment=row, by=signer, at=SOON)
    results = at_once(
        [lambda by=by: amendment_signing.sign(amendment=row, word="", by=by, at=SOON) for by in signers]
    )
    assert sum(isinstance(r, Amendment) for r in results) == 2, results
    assert all(isinstance(r, Amendment | Conflict) for r in results), results
    assert Publication.objects.filter(amends__isnull=False).count() == 1
    log_has_no_gap()


def test_one_signer_s_six_taps_are_one_signature(row, world):
    by = world.committee[0]
    amendment_signing.look(amendment=row, by=by, at=SOON)
    at_once([lambda: amendment_signing.sign(amendment=row, word="", by=by, at=SOON)] * 6)
    assert amendment_signing.standing(row).count() == 1


def test_the_second_signature_and_another_case_at_once_leave_one_truth(row, month, world):
    look_and_sign(row, world.committee[0])
    amendment_signing.look(amendment=row, by=world.committee[1], at=SOON)
    other = line(month, "乱倒")
    results = at_once(
        [
            lambda: amendment_signing.sign(amendment=row, word="", by=world.committee[1], at=SOON),
            lambda: take_out(world, other, at=SOON, cause="case:2"),
        ]
    )
    assert all(not isinstance(r, Exception) or isinstance(r, Refused) for r in results), results
    newest = Scorecard.objects.filter(subject=world.wang_home, quarter=Q4).latest("version")
    assert (newest.total_tenths, newest.confirmed_at) == (1010, None)
    assert Amendment.objects.get(state=Amendment.State.WAITING).scorecard == newest
    assert not [one.differences for one in replay() if one.differences]
    log_has_no_gap()


def test_the_quarter_s_second_signature_and_a_case_at_once_miss_nothing(month, world):
    settlement = computed(world)
    first, second = world.committee[:2]
    for signer in (first, second):
        for pk in settlements.left_to_view(settlement, by=signer, at=LATER):
            card = Scorecard.objects.get(pk=pk)
            settlements.view_card(settlement=settlement, card=card, by=signer, at=LATER)
    settlements.sign(settlement=settlement, word="", by=first, at=LATER)
    entry = line(month, "堆柴")
    results = at_once(
        [
            lambda: settlements.sign(settlement=settlement, word="", by=second, at=LATER),
            lambda: take_out(world, entry, at=LATER),
        ]
    )
    assert not isinstance(results[1], Exception), results
    settlement = Settlement.objects.get()
    if settlement.state == Settlement.State.CONFIRMED:
        assert Amendment.objects.get().scorecard.total_tenths == 990
    else:
        assert isinstance(results[0], Conflict)
        settlements.recompute(settlement=settlement, why="更正了", by=first, at=SOON)
        signed(world, settlement, SOON)
        assert Scorecard.objects.get(subject=world.wang_home).total_tenths == 990


def test_two_corrections_at_once_take_two_numbers(month, world):
    entries = take_out(world, line(month, "堆柴"), follow=False)
    results = at_once(
        [lambda: publications.correct_month(round=month.round, entries=entries, by=world.officer, at=LATER)]
        * 4
    )
    assert not [r for r in results if isinstance(r, Exception)], results
    posted_now = Publication.objects.filter(year=LATER.year)
    assert (posted_now.count(), posted_now.aggregate(last=Max("number"))["last"]) == (4, 4)
