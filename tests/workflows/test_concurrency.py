"""Several people on one step at once, on PostgreSQL with real threads: one succeeds, the others read who was first."""

import pytest

from governance import consents
from governance.models import Entry, Event
from governance.refusals import Conflict, Refused
from tests import people
from tests.people import NOON
from tests.real_transactions import at_once, overlapping
from transparency.models import Leaf, Log
from workflows import ballots, observations, publications, rounds, sheets, signatures
from workflows.models import Observation, Publication, Sheet

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def world(transactional_db):
    return people.build()


@pytest.fixture
def filed(october, world):
    october.observe("乱倒", world.wang_home, "litter")
    october.observe("扫路", world.liu_home, "sweep")
    return october.file_all()


def one_won(results, kind=Conflict, sentence=""):
    won = [r for r in results if not isinstance(r, Exception)]
    lost = [r for r in results if isinstance(r, Exception)]
    assert len(won) == 1, results
    assert all(isinstance(r, kind) and sentence in str(r) for r in lost), lost
    return won[0]


def log_has_no_gap():
    """Every leaf has its event, numbered without a gap, as many as the head says."""
    seqs = list(Leaf.objects.order_by("seq").values_list("seq", flat=True))
    assert seqs == list(range(Log.objects.get().size))
    assert sorted(Event.objects.values_list("seq", flat=True)) == seqs


def test_six_taps_hand_in_a_sheet_once(october, world):
    sheet = october.sheet(world.li)
    sheets.nothing(sheet=sheet, by=world.li, at=NOON)
    one_won(at_once([lambda: sheets.file(sheet=sheet, by=world.li, at=NOON)] * 6), sentence="李党员")
    assert Event.objects.filter(name="sheet.filed").count() == 1
    log_has_no_gap()


def test_six_leaders_confirm_an_item_once(filed, world):
    leaders = [people.person(f"组长{n}", "leader", world.village, world.east) for n in range(6)]
    item = filed.items["扫路"]
    one_won(at_once([lambda by=by: observations.confirm(observation=item, by=by, at=NOON) for by in leaders]))
    log_has_no_gap()


def test_six_leaders_confirm_a_sheet_once(filed, world):
    leaders = [people.person(f"组长{n}", "leader", world.village, world.east) for n in range(6)]
    for item in filed.items.values():
        observations.confirm(observation=item, by=world.shi, at=NOON)
    sheet = filed.sheet(world.li)
    won = one_won(
        at_once([lambda by=by: rounds.confirm_sheet(sheet=sheet, by=by, at=NOON) for by in leaders])
    )
    assert won.state == Sheet.State.CONFIRMED


def test_all_vote_at_once_and_the_ballot_closes_once(filed, world):
    filed.confirm_all()
    item = Observation.objects.get(pk=filed.items["乱倒"].pk)
    results = at_once(
        [
            lambda by=by: ballots.cast(observation=item, choice="approve", reason="好", by=by, at=NOON)
            for by in world.council
        ]
    )
    assert not [r for r in results if isinstance(r, Exception)]
    item.refresh_from_db()
    assert (item.state, item.ballots.count()) == (Observation.State.APPROVED, 5)
    assert Event.objects.filter(name="observation.approved").count() == 1
    log_has_no_gap()


def test_one_member_s_six_taps_are_one_vote(filed, world):
    filed.confirm_all()
    item = filed.items["乱倒"]
    act = lambda: ballots.cast(observation=item, choice="approve", reason="好", by=world.lin, at=NOON)  # noqa: E731
    one_won(at_once([act] * 6), sentence="已经投了")
    assert item.ballots.count() == 1


def test_six_committee_members_sign_once(filed, world):
    filed.confirm_all().review_all().send()
    signers = [people.person(f"委员{n}", "committee", world.village) for n in range(6)]
    one_won(
        at_once([lambda by=by: signatures.sign(round=filed.round, word="", by=by, at=NOON) for by in signers])
    )


def test_six_clerks_post_one_notice(filed, world):
    filed.confirm_all().review_all().send().sign()
    clerks = [people.person(f"文书{n}", "clerk", world.village) for n in range(6)]
    one_won(
        at_once(
            [lambda by=by: publications.publish_round(round=filed.round, by=by, at=NOON) for by in clerks]
        ),
        sentence="已经办过了",
    )
    assert (Publication.objects.count(), Entry.objects.count()) == (1, 2)
    log_has_no_gap()


def test_six_clerks_open_a_month_once(world):
    clerks = [people.person(f"文书{n}", "clerk", world.village) for n in range(6)]
    month = {"village": world.village, "month": NOON.date().replace(day=1), "at": NOON}
    one_won(at_once([lambda by=by: rounds.open_month(by=by, **month) for by in clerks]), sentence="已经开了")


def test_different_sheets_are_handed_in_side_by_side(october, world):
    found = list(october.round.sheets.all())
    for sheet in found:
        sheets.nothing(sheet=sheet, by=sheet.rater, at=NOON)
    results = at_once([lambda s=sheet: sheets.file(sheet=s, by=s.rater, at=NOON) for sheet in found])
    assert not [r for r in results if isinstance(r, Exception)]
    log_has_no_gap()


def test_confirming_and_withdrawing_at_once_leaves_one_outcome(filed, world):
    item = filed.items["乱倒"]
    results = at_once(
        [
            lambda: observations.confirm(observation=item, by=world.shi, at=NOON),
            lambda: _leave(world),
        ]
    )
    item.refresh_from_db()
    assert item.state == Observation.State.WITHDRAWN
    assert all(not isinstance(r, Exception) or isinstance(r, Refused) for r in results), results
    log_has_no_gap()


WITHDRAWN = "这一户不在您这张单上"


def _leave(world):
    consents.withdraw(member=world.head, by=world.wang, at=NOON)


@pytest.mark.parametrize("first", ["draft", "withdrawal"])
def test_nothing_is_left_of_a_draft_where_the_household_leaves_meanwhile(october, world, first):
    acts = [lambda: october.observe("乱倒", world.wang_home, "litter"), lambda: _leave(world)]
    written, left = overlapping(*(acts if first == "draft" else acts[::-1]))
    if first == "draft":
        assert left is None, left
        written.refresh_from_db()
        assert written.state == Observation.State.WITHDRAWN
    else:
        assert isinstance(left, Refused), left
        assert WITHDRAWN in str(left)
        assert not Observation.objects.exists()
    assert not october.sheet(world.li).lines.filter(subject=world.wang_home).exists()
    log_has_no_gap()
