"""Asking those who know, meeting, passing a case on: each by who may, and nobody who was asked decides."""

from datetime import date, timedelta

import pytest

from appeals import assignments, decisions, hearings, inquiries
from appeals.models import Delegation, Hearing, Inquiry
from appeals.who import eligible
from governance import appointments
from governance.models import Event
from governance.models.people import Role
from governance.refusals import Conflict, Invalid, Refused
from tests import people
from tests.appeals.cases import Case

State = Inquiry.State


@pytest.fixture
def case(world, month) -> Case:
    return Case(world, month).file().accept()


def ask(case, **changed):
    given = {"kind": "rater", "to_user": case.world.li, "question": "那天您看见了什么？", **changed}
    return inquiries.ask(objection=case.row, by=case.world.officer, at=case.at, **given)


def test_the_rater_answers_in_their_own_queue(case, world):
    inquiry = ask(case)
    assert list(inquiries.waiting(world.li)) == [inquiry]
    assert inquiry.answer_by == date(2026, 11, 18)
    inquiries.answer(inquiry=inquiry, text="看见三轮车倒在路口", by=world.li, at=case.at)
    assert not inquiries.waiting(world.li)
    assert Event.objects.filter(name="inquiry.answered").exists()


def test_nobody_else_answers_for_them(case, world):
    inquiry = ask(case)
    for user in [world.officer, world.wang, world.shi]:
        with pytest.raises(Refused, match="由本人来答"):
            inquiries.answer(inquiry=inquiry, text="看见了", by=user, at=case.at)


def test_a_witness_without_an_account_is_heard_in_person(case, world):
    inquiry = ask(case, kind="witness", to_user=None, to_name="路口小店的店主")
    inquiries.answer(inquiry=inquiry, text="袋子早上就在", by=world.officer, at=case.at)
    assert Inquiry.objects.get().answered_by == world.officer


def test_a_question_needs_somebody_words_and_no_double(case, world):
    for wrong in [{"to_name": "又写一位"}, {"to_user": None}, {"question": " "}, {"to_user": world.wang}]:
        with pytest.raises(Invalid):
            ask(case, **wrong)
    ask(case)
    with pytest.raises(Conflict, match="没答的"):
        ask(case)


def test_a_late_answer_is_noted_and_still_taken(case, world):
    inquiry = ask(case)
    case.wait(days=3)
    assert Inquiry.objects.get().state == State.LATE
    inquiries.answer(inquiry=inquiry, text="看见了", by=world.li, at=case.at)
    assert Inquiry.objects.get().state == State.ANSWERED


def test_when_the_case_is_over_nobody_need_answer(case, world):
    inquiry = ask(case)
    case.decide("upheld")
    assert Inquiry.objects.get().state == State.DROPPED
    with pytest.raises(Conflict):
        inquiries.answer(inquiry=inquiry, text="看见了", by=world.li, at=case.at)


def test_who_was_asked_does_not_decide_the_second_review(case, world):
    ask(case, kind="witness", to_user=world.panel[0])
    case.decide("rejected").ask_review()
    with pytest.raises(Refused, match="问过您的话"):
        case.decide("upheld", by=world.panel[0])


def test_a_hearing_has_a_time_a_place_and_minutes(case, world):
    given = {"objection": case.row, "by": world.officer, "at": case.at}
    with pytest.raises(Invalid):
        hearings.call(takes_place_at=case.at, place="村部", **given)
    hearing = hearings.call(takes_place_at=case.at + timedelta(days=1), place="村部会议室", **given)
    with pytest.raises(Invalid, match="还没到"):
        hearings.hold(hearing=hearing, minutes="都到了", by=world.officer, at=case.at)
    case.at += timedelta(days=1, hours=1)
    hearings.hold(hearing=hearing, minutes="都到了，各说各的", by=world.officer, at=case.at)
    with pytest.raises(Conflict):
        hearings.cancel(hearing=hearing, why="下雨", by=world.officer, at=case.at)
    assert Hearing.objects.get().minutes == "都到了，各说各的"


def test_a_case_on_somebodys_desk_is_theirs_until_they_pass_it_on(case, world):
    other = people.person("苏专员", Role.OFFICER, world.township)
    with pytest.raises(Refused, match="严专员在办"):
        case.decide("upheld", by=other)
    assignments.hand_over(objection=case.row, to=other, why="要去开会", by=world.officer, at=case.at)
    case.decide("upheld", by=other)


def test_it_is_not_passed_on_to_kin_or_to_who_touched_it(case, world):
    people.appoint(world.li, Role.OFFICER, world.township)
    other = people.person("苏专员", Role.OFFICER, world.township)
    people.kin(other, world.wang_home)
    for user in [world.li, other]:
        with pytest.raises(Refused, match="不能转给"):
            assignments.hand_over(objection=case.row, to=user, why="要去开会", by=world.officer, at=case.at)
    assert set(assignments.candidates(case.row, by=world.officer, at=case.at)) == {
        *world.panel,
        world.supervisor,
    }


def test_while_an_officer_is_away_another_handles_their_cases(case, world):
    other = people.person("苏专员", Role.OFFICER, world.township)
    day = case.at.date()
    assignments.delegate(
        to=other, starts=day, ends=day + timedelta(days=3), why="出差", by=world.officer, at=case.at
    )
    case.decide("rejected", by=other)
    assert case.row.decisions.get().decided_by == other
    with pytest.raises(Refused):
        assignments.delegate(
            to=world.li,
            starts=day + timedelta(days=9),
            ends=day + timedelta(days=9),
            why="出差",
            by=world.officer,
            at=case.at,
        )
    assignments.end_delegation(delegation=Delegation.objects.get(), by=world.officer, at=case.at)


def test_when_an_officer_goes_their_cases_go_to_the_successor_or_the_pool(case, world):
    from governance.models import Appointment

    office = Appointment.objects.get(user=world.officer)
    for hook in appointments.ON_ENDED:
        hook(office, None, by=world.clerk, at=case.at)
    assert case.again().row.officer is None


def test_as_long_as_somebody_in_the_county_is_free_somebody_may_act(case, world):
    assert eligible(case.row, at=case.at) == [world.officer]
    for user in [world.officer, *world.panel]:
        people.kin(user, world.wang_home)
    assert eligible(case.row, at=case.at) == [world.supervisor]


def test_claiming_is_won_by_one(case, world, month):
    fresh = Case(world, month).file("sweep", text="记少了")
    assignments.claim(objection=fresh.row, by=world.officer, at=case.at)
    with pytest.raises(Conflict):
        assignments.claim(objection=fresh.row, by=world.officer, at=case.at)
    other = people.person("苏专员", Role.OFFICER, world.township)
    with pytest.raises(Refused, match="严专员在办"):
        decisions.accept(objection=fresh.row, by=other, at=case.at)


def test_nobody_is_asked_or_given_a_case_when_then_nobody_could_look_again(case, world):
    for user in [*world.panel[1:], world.supervisor]:
        people.kin(user, world.wang_home)
    with pytest.raises(Refused, match="加派人"):
        ask(case, kind="witness", to_user=world.panel[0])
    with pytest.raises(Refused, match="加派人"):
        assignments.hand_over(objection=case.row, to=world.panel[0], why="出差", by=world.officer, at=case.at)


def test_a_meeting_nobody_needs_any_more_is_called_off(case, world):
    when = case.at + timedelta(days=1)
    hearings.call(objection=case.row, takes_place_at=when, place="村部", by=world.officer, at=case.at)
    case.decide("upheld")
    assert Hearing.objects.get().state == "cancelled"
