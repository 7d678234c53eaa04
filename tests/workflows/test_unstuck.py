"""Nothing gets stuck, and nobody is passed over, when people change while a month is under way."""

from datetime import timedelta

import pytest

from governance import appointments, consents
from governance.models import Appointment, Deadline
from governance.refusals import Refused
from tests import people
from tests.months import Month
from tests.people import NOON
from workflows import ballots, observations, rounds, settlements, sheets, signatures
from workflows.models import Observation, Round

State = Observation.State


@pytest.fixture
def signing(october, world):
    """October before the committee, with one plus and one deduction."""
    october.observe("扫路", world.liu_home, "sweep")
    october.observe("乱倒", world.wang_home, "litter")
    return october.to_review().review_all().send()


def sent_back(month, name):
    """An item the committee sent back after which everything else was signed."""
    item = month.items[name]
    signatures.send_back(observation=item, why="日子不对", by=month.world.committee[0], at=NOON)
    assert month.sign().round.state == Round.State.RESOLVING
    item.refresh_from_db()
    return item


def test_a_signed_month_goes_on_when_the_household_it_waited_for_leaves(signing, world):
    sent_back(signing, "乱倒")
    consents.withdraw(member=world.head, by=world.wang, at=NOON)
    signing.round.refresh_from_db()
    assert signing.round.state == Round.State.RESOLVED


def test_a_signed_month_goes_on_when_the_leader_rejects_the_item_it_waited_for(signing, world):
    item = signing.vote(sent_back(signing, "扫路"), "send_back")
    observations.reject(observation=item, why="不是这一户", by=world.shi, at=NOON)
    signing.round.refresh_from_db()
    assert signing.round.state == Round.State.RESOLVED


def test_a_ballot_stays_open_for_those_who_have_not_voted_when_voters_left_office(october, world):
    fine = october.observe("乱倒", world.wang_home, "litter")
    october.to_review()
    fine.refresh_from_db()
    for member in world.council[:2]:
        ballots.cast(observation=fine, choice="approve", reason="有照片", by=member, at=NOON)
        member.appointments.update(ends=(NOON - timedelta(days=1)).date())
    ballots.cast(observation=fine, choice="reject", reason="看不清", by=world.council[2], at=NOON)
    fine.refresh_from_db()
    assert fine.state == State.CONFIRMED


def test_at_the_deadline_a_ballot_closes_when_the_only_ones_left_have_voted(october, world):
    fine = october.observe("乱倒", world.wang_home, "litter")
    october.to_review().wait(15)
    fine.refresh_from_db()
    for member in world.panel[:2]:
        ballots.cast(observation=fine, choice="approve", reason="有照片", by=member, at=october.at)
    people.kin(world.panel[2], world.wang_home)
    ballots.close_overdue(round=october.round, at=october.at)
    fine.refresh_from_db()
    assert fine.state == State.APPROVED


def test_review_begins_when_the_last_open_sheet_ends_with_its_rater_s_office(october, world):
    consents.withdraw(member=world.head, by=world.wang, at=NOON)
    liu = world.liu_home.members.get()
    consents.withdraw(member=liu, by=world.clerk, at=NOON)
    for sheet in october.round.sheets.filter(rater=world.zhou):
        sheets.nothing(sheet=sheet, by=world.zhou, at=NOON)
        sheets.file(sheet=sheet, by=world.zhou, at=NOON)
    october.confirm_all()
    office = Appointment.objects.get(user=world.li, role="rater")
    appointments.end(appointment=office, why="搬走了", by=world.clerk, at=NOON)
    october.round.refresh_from_db()
    assert october.round.state == Round.State.REVIEWING


def test_a_month_of_a_settled_quarter_is_not_opened_any_more(signing, world):
    signing.sign().publish()
    january = NOON + timedelta(days=60)
    settlements.start(village=world.village, quarter="2026Q4", by=world.clerk, at=january)
    november = NOON.date().replace(day=1)
    with pytest.raises(Refused, match="分已经算了"):
        rounds.open_month(village=world.village, month=november, by=world.clerk, at=january)
    assert Month(world, january, month=november.replace(year=2027, month=1)).open().round


def test_the_last_clerk_stays_even_when_another_one_ends_today(world):
    other = people.account("沈二")
    people.appoint(other, "clerk", world.village, starts=NOON.date(), ends=NOON.date())
    office = Appointment.objects.get(user=world.clerk)
    with pytest.raises(Refused, match="只有这一位文书"):
        appointments.end(appointment=office, why="调走", by=world.clerk, at=NOON)


def test_the_township_signs_a_quarter_when_the_committee_has_rated_in_it(signing, world):
    signing.sign().publish()
    for user in (world.li, world.zhou):
        people.appoint(user, "committee", world.village)
    for user in world.committee[:2]:
        user.appointments.update(ends=NOON.date())
    january = NOON + timedelta(days=60)
    quarter = settlements.start(village=world.village, quarter="2026Q4", by=world.clerk, at=january)
    for signer in (world.committee[2], world.panel[0]):
        for card in settlements.cards(quarter).filter(
            pk__in=settlements.left_to_view(quarter, by=signer, at=january)
        ):
            settlements.view_card(settlement=quarter, card=card, by=signer, at=january)
        quarter = settlements.sign(settlement=quarter, word="", by=signer, at=january)
    assert quarter.state == "confirmed"


def test_a_small_item_all_the_council_is_kin_to_goes_to_the_township(october, world):
    for member in world.council:
        people.kin(member, world.liu_home)
    item = october.observe("扫路", world.liu_home, "sweep")
    october.to_review()
    assert october.vote(item, "approve").state == Observation.State.APPROVED
    assert {ballot.voter for ballot in item.ballots.all()} <= set(world.panel)


def test_votes_that_went_to_the_township_have_a_deadline_again(october, world):
    item = october.observe("乱倒", world.wang_home, "litter")
    october.to_review().wait(15)
    due = Deadline.objects.get(kind="round.ballots", about_id=october.round.pk)
    assert due.fired_at is None
    assert due.due_at > october.at
    assert october.vote(item, "approve").state == Observation.State.APPROVED
