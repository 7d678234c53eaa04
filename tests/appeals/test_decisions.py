"""From filing to the end: who answers, what takes effect when, and what silence does."""

from datetime import date, timedelta

import pytest

from appeals import decisions, facts
from appeals.against import Against
from appeals.models import Decision, Objection
from governance import ledger, scorecards
from governance.events import record
from governance.models import Entry, Event, Hold
from governance.points import Fact
from governance.refusals import Conflict, Invalid, Refused
from governance.replay import replay
from tests.appeals.cases import GROUNDS, Case, hours
from tests.people import NOON
from tests.published import entry, posted

State, Outcome = Objection.State, Objection.Outcome


@pytest.fixture
def case(world, month) -> Case:
    return Case(world, month)


def total(case, quarter="2026Q4") -> int:
    return scorecards.lines(subject=case.world.wang_home, quarter=quarter, at=case.at).total_tenths


def held() -> int:
    return Hold.objects.filter(lifted_at=None).count()


def test_upheld_takes_effect_at_once(case):
    before = total(case.file())
    case.accept().decide("upheld")
    assert (case.row.state, case.row.outcome, held()) == (State.CLOSED, Outcome.UPHELD, 0)
    assert total(case) == before
    line = Entry.objects.get(reverses=entry(case.month, "litter"))
    assert line.event.name == "objection.decided"


def test_rejected_waits_for_the_household_and_the_line_stays_held(case):
    case.file().accept().decide("rejected")
    assert (case.row.state, held()) == (State.ANSWERED, 1)
    before = total(case)
    case.to_due()
    assert (case.row.state, case.row.outcome, held()) == (State.CLOSED, Outcome.REJECTED, 0)
    assert total(case) == before - 20


def test_the_household_may_agree_without_waiting(case):
    case.file().accept().decide("rejected")
    decisions.agree(objection=case.row, by=case.world.wang, at=case.at)
    assert (case.again().row.state, held()) == (State.CLOSED, 0)


def test_refused_says_why_and_leads_to_the_second_review(case):
    case.file()
    decisions.refuse(objection=case.row, grounds="这一条上个月已经办过。", by=case.world.officer, at=case.at)
    assert (case.again().row.state, held()) == (State.ANSWERED, 1)
    case.ask_review().decide("upheld", by=case.world.panel[0])
    assert (case.row.state, case.row.outcome, held()) == (State.CLOSED, Outcome.UPHELD, 0)


def test_part_of_a_deduction_counts_only_when_the_household_had_its_say(world):
    month = posted(world, facts=[("block", "柴堆在通道上", {"chosen_tenths": 40, "grounds": "量过了"})])
    case = Case(world, month).file("block").accept()
    before = total(case)
    case.decide("partly", measure=Fact(chosen_tenths=10))
    assert (total(case), held()) == (before, 1)
    case.to_due()
    assert (total(case), held()) == (before - 10, 0)
    line = Entry.objects.get(source=f"objection:{case.row.key}", reverses=None)
    assert (line.raw_tenths, line.rule) == (-10, world.rules["block"])


def test_a_plus_that_was_too_small_becomes_what_the_rule_gives(case):
    case.file("volunteer", text="我做了八个小时").accept().decide("upheld", measure=hours(8))
    assert Entry.objects.get(source=f"objection:{case.row.key}", reverses=None).raw_tenths == 40


@pytest.mark.parametrize(
    ("name", "outcome", "said"), [("litter", "partly", "没有一半"), ("sweep", "upheld", "加不了更多")]
)
def test_a_rule_with_fixed_points_has_no_half_and_no_more(case, name, outcome, said):
    with pytest.raises(Invalid) as caught:
        case.file(name, text="不对").accept().decide(outcome, measure=hours(1))
    assert said in str(caught.value.errors["outcome"])


def test_a_plus_is_never_made_smaller(case):
    with pytest.raises(Invalid, match="不能让人吃亏"):
        case.file("volunteer").accept().decide("upheld", measure=hours(2))


def test_points_follow_from_the_rule_and_nobody_types_them(case):
    with pytest.raises(Invalid, match="实际是多少"):
        case.file("volunteer").accept().decide("upheld")


def test_a_missing_plus_is_recorded_for_its_own_day(case, world):
    missing = Against.missing(world.wang_home, date(2026, 10, 20), world.rules["sweep"])
    case.file(against=missing, text="我扫了路，没有记").accept().decide("upheld", measure=hours(0))
    line = Entry.objects.get(source=f"objection:{case.row.key}")
    assert (line.raw_tenths, line.occurred_on, line.quarter) == (10, date(2026, 10, 20), "2026Q4")


def test_nobody_decides_without_grounds_or_with_a_word_that_is_no_outcome(case):
    case.file().accept()
    seen = facts.seen(case.row, at=case.at)
    for outcome, grounds in [("upheld", " "), ("maybe", GROUNDS), ("lapsed", GROUNDS)]:
        with pytest.raises(Invalid):
            decisions.decide(
                objection=case.row,
                outcome=outcome,
                grounds=grounds,
                seen=seen,
                by=case.world.officer,
                at=NOON,
            )
    assert not Decision.objects.exists()


def test_the_decision_is_refused_with_a_diff_when_the_facts_changed(case, world):
    case.file().accept()
    seen = facts.seen(case.row, at=case.at)
    undo = ledger.reversal(entry(case.month, "litter"), source="correction:test")
    event = record("entry.reversed", village=world.village, about=undo, by=None, at=NOON, rows=[undo])
    ledger.post([undo], event=event)
    with pytest.raises(Conflict, match="您看的时候是“−2”，现在是“−2，已经撤销”"):
        case.decide("upheld", seen=seen)


def test_the_second_review_is_by_other_people(case, world):
    case.to_review()
    with pytest.raises(Refused, match="头一回是您办的"):
        case.decide("upheld", by=world.officer)
    case.decide("rejected", by=world.panel[1])
    assert [d.turn for d in case.row.decisions.all()] == [1, 2]
    assert (case.row.state, held()) == (State.CLOSED, 0)


def test_whoever_touched_the_line_does_not_decide(case, world):
    from tests import people

    for user in [world.li, world.shi, world.council[0], world.committee[0], world.clerk]:
        people.appoint(user, "officer", world.township)
    case.file()
    for user in [world.li, world.shi, world.council[0], world.committee[0]]:
        with pytest.raises(Refused, match="经手过"):
            case.accept(by=user)
    people.kin(world.officer, world.wang_home)
    with pytest.raises(Refused, match="亲属"):
        case.accept()


def test_kin_of_the_rater_do_not_decide_either(case, world):
    from tests import people

    people.kin(world.officer, world.li_home)
    with pytest.raises(Refused, match="记这一条的人是您的亲属"):
        case.file().accept()
    case.accept(by=world.panel[0])  # the next rung
    assert case.row.officer == world.panel[0]


def test_when_nobody_takes_it_up_in_time_it_is_taken_up(case):
    case.file().to_due()
    assert (case.row.state, case.row.accepted_at) == (State.ACCEPTED, case.at)


def test_a_deduction_nobody_decides_on_is_lifted(case):
    case.file().accept().to_due()
    assert (case.row.state, case.row.outcome, held()) == (State.CLOSED, Outcome.LAPSED, 0)
    assert Entry.objects.filter(reverses=entry(case.month, "litter")).exists()
    assert Event.objects.get(name="objection.lapsed").role == "system"


def test_a_plus_nobody_decides_on_goes_to_the_township_and_is_not_granted(case, world):
    case.file("sweep", text="记少了").accept().to_due()
    assert case.row.state == State.REVIEWING
    assert not Entry.objects.filter(reverses__isnull=False).exists()
    first = case.row.answer_by
    case.to_due()
    assert case.row.state == State.REVIEWING
    assert case.row.answer_by > first
    assert Event.objects.filter(name="objection.overdue").exists()
    case.decide("rejected", by=world.panel[0])
    assert case.row.state == State.CLOSED


def test_withdrawing_is_possible_in_every_open_state(case, world):
    from appeals import objections

    for go in [
        Case.file,
        lambda c: c.file().accept(),
        lambda c: c.file().accept().decide("rejected"),
        Case.to_review,
    ]:
        go(case)
        objections.withdraw(objection=case.row, by=world.wang, at=case.at)
        assert (case.again().row.state, held()) == (State.WITHDRAWN, 0)
        case.at += timedelta(minutes=1)
    with pytest.raises(Conflict):
        objections.withdraw(objection=case.row, by=world.wang, at=case.at)


def test_replay_finds_no_difference_afterwards(case):
    case.to_review().decide("upheld", by=case.world.panel[0])
    assert all(not one.differences for one in replay(village_code=case.world.village.code))
