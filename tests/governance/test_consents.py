"""Consent in 柳溪村: given, asked again, witnessed, taken back."""

from datetime import date, timedelta

import pytest

from governance import consents, members
from governance.consents import Purpose
from governance.models import Consent, Event
from governance.refusals import Conflict, Invalid, Refused
from tests import people
from tests.people import NOON

TODAY = NOON.date()


@pytest.fixture
def chen(world):
    """陈师傅, head of the household that has not agreed, with an account of his own."""
    head = world.chen_home.members.get()
    head.user = people.account("")
    head.save()
    return head


@pytest.fixture
def ended(monkeypatch):
    """The files whose scoring ended, as an upper layer would hear of it."""
    heard = []
    monkeypatch.setattr(consents, "ON_WITHDRAWN", [lambda subject, by, at: heard.append(subject)])
    return heard


def on_paper(member, world, **changes):
    fields = {"purpose": Purpose.SCORING, "given_on": TODAY, "witness": "冯大妈", **changes}
    return consents.give_on_paper(member=member, by=world.clerk, at=NOON, **fields)


def test_the_head_agrees_on_the_phone_and_the_household_counts_from_next_month(world, chen):
    row = consents.give(member=chen, purpose=Purpose.SCORING, by=chen.user, at=NOON)
    world.chen_home.refresh_from_db()
    assert (row.how, row.given_on) == ("online", TODAY)
    assert world.chen_home.enrolled_from == date(2026, 12, 1)
    assert not world.chen_home.is_enrolled(TODAY)
    assert Event.objects.get(name="consent.given").subject_key == world.chen_home.key
    assert consents.enrolment_matches_consents(world.village) == []


def test_consent_of_another_adult_does_not_enrol_the_household(world, chen):
    wife = people.adult(world.chen_home, "陈太太", people.account(""))
    consents.give(member=wife, purpose=Purpose.SCORING, by=wife.user, at=NOON)
    world.chen_home.refresh_from_db()
    assert world.chen_home.enrolled_from is None
    assert consents.enrolment_matches_consents(world.village) == []


def test_nobody_agrees_for_somebody_else(world, chen):
    with pytest.raises(Refused, match="本人来点"):
        consents.give(member=chen, purpose=Purpose.SCORING, by=world.clerk, at=NOON)


def test_agreeing_twice_says_when_it_was_first_done(world):
    with pytest.raises(Conflict, match="2026年2月20日已经同意过"):
        consents.give(member=world.head, purpose=Purpose.SCORING, by=world.wang, at=NOON)


def test_somebody_under_eighteen_gives_no_consent(world):
    son = people.adult(world.wang_home, "王小二", people.account(""), id_number="990101201001010014")
    with pytest.raises(Refused, match="不满18岁"):
        consents.give(member=son, purpose=Purpose.SCORING, by=son.user, at=NOON)
    assert consents.asks(son, NOON) == []


def test_the_clerk_records_a_witnessed_paper_and_it_counts_from_the_month_after_signing(world, chen):
    row = on_paper(chen, world, given_on=date(2026, 9, 30))
    world.chen_home.refresh_from_db()
    assert (row.how, row.witness, row.recorded_by) == ("paper", "冯大妈", world.clerk)
    assert world.chen_home.enrolled_from == date(2026, 10, 1)


@pytest.mark.parametrize("witness", ["", "  ", "沈文书", "沈 文书", "陈师傅"])
def test_a_paper_needs_a_witness_who_is_neither_the_clerk_nor_the_signer(world, chen, witness):
    with pytest.raises(Invalid) as refusal:
        on_paper(chen, world, witness=witness)
    assert list(refusal.value.errors) == ["witness"]


@pytest.mark.parametrize("day", [TODAY + timedelta(days=1), people.LONG_AGO - timedelta(days=1)])
def test_a_paper_cannot_be_of_tomorrow_nor_older_than_the_notice(world, chen, day):
    with pytest.raises(Invalid) as refusal:
        on_paper(chen, world, given_on=day)
    assert list(refusal.value.errors) == ["given_on"]


def test_only_the_clerk_of_the_village_records_papers(world, chen):
    for other in (world.li, world.elsewhere_clerk, world.lin):
        with pytest.raises(Refused, match="文书"):
            consents.give_on_paper(
                member=chen, purpose=Purpose.SCORING, given_on=TODAY, witness="冯大妈", by=other, at=NOON
            )


def test_withdrawal_ends_scoring_today_and_tells_the_layers_above(world, ended):
    consents.withdraw(member=world.head, by=world.wang, at=NOON)
    world.wang_home.refresh_from_db()
    assert world.wang_home.enrolled_to == TODAY
    assert not world.wang_home.is_enrolled(TODAY)
    assert world.wang_home.is_enrolled(TODAY - timedelta(days=1))
    assert ended == [world.wang_home]
    assert consents.enrolment_matches_consents(world.village) == []


def test_a_withdrawal_at_the_desk_is_recorded_by_the_clerk(world):
    consents.withdraw(member=world.liu_home.members.get(), by=world.clerk, at=NOON)
    event = Event.objects.get(name="consent.withdrawn")
    assert (event.by, event.role) == (world.clerk, "clerk")


def test_nobody_else_withdraws_for_a_member(world):
    for other in (world.li, world.elsewhere_clerk, world.helper):
        with pytest.raises(Refused):
            consents.withdraw(member=world.head, by=other, at=NOON)


def test_taking_back_the_name_only_leaves_the_household_enrolled(world, ended):
    consents.give(member=world.head, purpose=Purpose.HONOUR, by=world.wang, at=NOON)
    [gone] = consents.withdraw(member=world.head, purpose=Purpose.HONOUR, by=world.wang, at=NOON)
    world.wang_home.refresh_from_db()
    assert gone.purpose == Purpose.HONOUR
    assert world.wang_home.is_enrolled(TODAY)
    assert ended == []


def test_withdrawing_twice_says_who_was_first(world):
    consents.withdraw(member=world.head, by=world.clerk, at=NOON)
    with pytest.raises(Conflict, match="沈文书11月16日12:00"):
        consents.withdraw(member=world.head, by=world.wang, at=NOON)


def test_after_withdrawal_a_new_yes_is_a_new_row_and_counts_from_the_next_month(world):
    consents.withdraw(member=world.head, by=world.wang, at=NOON)
    consents.give(member=world.head, purpose=Purpose.SCORING, by=world.wang, at=NOON)
    world.wang_home.refresh_from_db()
    assert Consent.objects.filter(member=world.head, purpose=Purpose.SCORING).count() == 2
    assert (world.wang_home.enrolled_from, world.wang_home.enrolled_to) == (date(2026, 12, 1), None)


def test_a_paper_from_before_the_withdrawal_does_not_bring_a_household_back(world):
    consents.withdraw(member=world.head, by=world.wang, at=NOON)
    with pytest.raises(Invalid, match="退出过"):
        on_paper(world.head, world, given_on=date(2026, 10, 1))


def test_a_member_is_asked_for_the_purposes_not_answered_yet(world):
    assert [ask.purpose for ask in consents.asks(world.head, NOON)] == [Purpose.HONOUR]


def test_a_new_notice_asks_again_and_the_old_yes_stands_until_then(world):
    new = people.notice(2, TODAY)
    asked = consents.asks(world.head, NOON)
    assert [(ask.purpose, ask.notice) for ask in asked] == [(Purpose.SCORING, new), (Purpose.HONOUR, new)]
    consents.give(member=world.head, purpose=Purpose.SCORING, by=world.wang, at=NOON)
    world.wang_home.refresh_from_db()
    assert world.wang_home.enrolled_from == date(2026, 3, 1)
    assert [ask.purpose for ask in consents.asks(world.head, NOON)] == [Purpose.HONOUR]
    consents.withdraw(member=world.head, purpose=Purpose.SCORING, by=world.wang, at=NOON)
    assert not consents.standing(world.head).exists()


def test_who_says_no_is_not_asked_again_until_the_notice_changes(world):
    consents.decline(member=world.head, purpose=Purpose.HONOUR, by=world.wang, at=NOON)
    assert consents.asks(world.head, NOON) == []
    people.notice(2, TODAY + timedelta(days=1))
    later = NOON + timedelta(days=1)
    assert Purpose.HONOUR in {ask.purpose for ask in consents.asks(world.head, later)}


def test_who_withdrew_is_left_in_peace(world):
    consents.withdraw(member=world.head, by=world.wang, at=NOON)
    people.notice(2, TODAY)
    assert Purpose.SCORING not in {ask.purpose for ask in consents.asks(world.head, NOON)}


def test_one_cannot_decline_what_stands(world):
    with pytest.raises(Refused, match="退出"):
        consents.decline(member=world.head, purpose=Purpose.SCORING, by=world.wang, at=NOON)


def test_the_consents_of_a_member_who_left_ended_and_no_new_ones_are_taken(world):
    son = people.adult(world.wang_home, "王小明", people.account(""))
    people.consent(son, Purpose.HONOUR)
    members.leave(member=son, on=TODAY, why="分出去住", by=world.clerk, at=NOON)
    assert not consents.standing(son).exists()
    with pytest.raises(Refused, match="不在这一户"):
        consents.give(member=son, purpose=Purpose.SCORING, by=son.user, at=NOON)


def test_without_a_notice_nobody_is_asked_and_nobody_can_agree(world, chen):
    before = NOON.replace(year=2024)
    assert consents.asks(chen, before) == []
    with pytest.raises(Refused, match="没有告知书"):
        consents.give(member=chen, purpose=Purpose.SCORING, by=chen.user, at=before)


def test_nothing_of_a_withdrawal_remains_when_a_layer_above_fails(world, monkeypatch):
    def fail(subject, by, at):
        raise RuntimeError("no room")

    monkeypatch.setattr(consents, "ON_WITHDRAWN", [fail])
    with pytest.raises(RuntimeError):
        consents.withdraw(member=world.head, by=world.wang, at=NOON)
    world.wang_home.refresh_from_db()
    assert world.wang_home.is_enrolled(TODAY)
    assert consents.standing(world.head).exists()
    assert not Event.objects.filter(name="consent.withdrawn").exists()
