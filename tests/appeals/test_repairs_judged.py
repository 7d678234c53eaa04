"""A repair is judged by people who had no hand in it, and never waits for nobody."""

from datetime import timedelta

import pytest

from appeals import repair_review, repairs
from appeals.models import Objection, Repair
from appeals.repair_who import electors, verifiers
from governance import deadlines
from governance.events import last, why_of
from governance.models.people import Role
from governance.refusals import Conflict, Invalid, Refused
from tests import people
from tests.people import NOON
from tests.repaired import applied, approved, shown, verified
from workflows.steps import now_open

State = Repair.State


@pytest.fixture
def done(world, month):
    """Shown by the household, for the leader to see. 石组长 confirmed the deduction with the month."""
    return shown(applied(world, month), world.wang)


@pytest.fixture
def seen(world, done):
    """Seen by whoever is to see it."""
    return verified(done, _verifier(done))


def _verifier(row):
    return verifiers([row], at=NOON)[row.pk][0]


def _may(rows_of, row):
    return [user.name for user in rows_of([row], at=NOON)[row.pk]]


def test_the_leader_who_confirmed_the_deduction_does_not_verify(world, done):
    assert _may(verifiers, done) == ["高组长"]
    with pytest.raises(Refused, match="您经手的"):
        verified(done, world.shi)


def test_a_second_leader_of_the_area_comes_before_those_of_other_areas(world, done):
    people.person("方组长", Role.LEADER, world.village, world.east)
    assert _may(verifiers, done) == ["方组长"]
    with pytest.raises(Refused, match="方组长"):
        verified(done, world.gao)


def test_kin_do_not_verify_and_then_the_township_does(world, done):
    people.kin(world.gao, world.wang_home)
    assert len(_may(verifiers, done)) == 3
    with pytest.raises(Refused, match="亲属"):
        verified(done, world.gao)
    assert verified(done, world.panel[0]).verified_by == world.panel[0]


def test_the_rater_of_the_deduction_does_not_verify_as_leader(world, done):
    people.appoint(world.li, Role.LEADER, world.village, world.east)
    assert "李党员" not in _may(verifiers, done)


def test_who_took_it_down_does_not_verify(world, month):
    people.appoint(world.clerk, Role.LEADER, world.village, world.west)
    row = shown(applied(world, month, how="desk", by=world.clerk), world.clerk)
    assert _may(verifiers, row) == ["高组长"]


@pytest.mark.parametrize("who", ["wang", "clerk", "li", "officer", "lin", "stranger"])
def test_nobody_else_verifies_refuses_or_sends_back(world, done, who):
    for act in (repair_review.send_back, repair_review.refuse):
        with pytest.raises(Refused):
            act(repair=done, why="不行", by=getattr(world, who), at=NOON)
    with pytest.raises(Refused):
        verified(done, getattr(world, who))


def test_sending_back_and_refusing_want_a_reason(world, done):
    for act in (repair_review.send_back, repair_review.refuse):
        with pytest.raises(Invalid) as caught:
            act(repair=done, why=" ", by=world.gao, at=NOON)
        assert "why" in caught.value.errors
    done.refresh_from_db()
    assert done.state == State.SHOWN


def test_a_refusal_says_why_and_lets_the_household_apply_again(world, month, done):
    row = repair_review.refuse(repair=done, why="垃圾还在", by=world.gao, at=NOON)
    assert row.state == State.REFUSED
    assert why_of(last(row, "repair.refused")) == "垃圾还在"
    assert applied(world, month).number == "XF-2026-0002"


def test_two_who_agree_carry_it_and_it_waits_for_the_month(world, seen):
    first, second = world.council[:2]
    assert approved(seen, [first]).state == State.VERIFIED
    assert approved(seen, [second]).state == State.APPROVED
    flow = seen.process.flow_class
    assert now_open(seen.process, flow.wait)


def test_one_who_disagrees_refuses_it_with_the_reason(world, seen):
    approved(seen, world.council[:1])
    with pytest.raises(Invalid) as caught:
        repair_review.vote(repair=seen, agrees=False, reason="", by=world.council[1], at=NOON)
    assert "reason" in caught.value.errors
    repair_review.vote(repair=seen, agrees=False, reason="只扫了一天", by=world.council[1], at=NOON)
    seen.refresh_from_db()
    assert seen.state == State.REFUSED
    assert why_of(last(seen, "repair.refused")) == "只扫了一天"


def test_nobody_votes_twice_or_after_it_is_decided(world, seen):
    approved(seen, world.council[:1])
    with pytest.raises(Conflict, match="投过了"):
        approved(seen, world.council[:1])
    approved(seen, world.council[1:2])
    with pytest.raises(Conflict):
        approved(seen, world.council[2:3])


def test_kin_raters_and_who_verified_do_not_vote(world, seen):
    for user in (world.li, seen.verified_by):
        people.appoint(user, Role.COUNCIL, world.village)
    people.kin(world.council[0], world.wang_home)
    assert {"李党员", seen.verified_by.name, "林理事"}.isdisjoint(_may(electors, seen))
    for user in (world.li, seen.verified_by, world.council[0]):
        with pytest.raises(Refused):
            approved(seen, [user])


def test_with_fewer_than_two_of_the_council_free_the_township_votes(world, seen):
    for user in world.council[:4]:
        people.kin(user, world.wang_home)
    assert {name[-2:] for name in _may(electors, seen)} == {"评审"}
    with pytest.raises(Refused, match="别人来定"):
        approved(seen, world.council[4:])
    assert approved(seen, world.panel[:2]).state == State.APPROVED


def test_with_one_left_in_the_whole_township_that_one_decides(world, seen):
    for user in [*world.council, *world.panel]:
        people.kin(user, world.wang_home)
    assert _may(electors, seen) == ["严专员"]
    assert approved(seen, [world.officer]).state == State.APPROVED


def test_what_lies_too_long_goes_to_the_township_as_well(world, done):
    assert _may(verifiers, done) == ["高组长"]
    later = NOON + timedelta(days=14)
    deadlines.fire_due(later)
    assert last(done, "repair.late").role == "system"
    assert verified(done, world.panel[0], later).state == State.VERIFIED
    assert "秦评审" not in _may(electors, done)


class TestLookedAtAgain:
    @pytest.fixture
    def again(self, world, seen):
        """林理事 refused; an objection was upheld."""
        repair_review.vote(repair=seen, agrees=False, reason="不行", by=world.council[0], at=NOON)
        return repairs.look_again(repair=seen, by=world.officer, at=NOON + timedelta(days=2))

    def test_others_look_and_others_vote(self, world, again):
        assert (again.state, again.turn, again.verified_by) == (State.SHOWN, 2, None)
        assert again.process.task_set.filter(status="NEW").count() == 1
        assert "高组长" not in _may(verifiers, again)
        row = verified(again, _verifier(again))
        assert "林理事" not in _may(electors, row)
        with pytest.raises(Refused):
            approved(row, world.council[:1])
        assert approved(row, world.council[1:3]).state == State.APPROVED

    def test_the_leader_who_refused_does_not_look_again(self, world, done):
        repair_review.refuse(repair=done, why="没看见", by=world.gao, at=NOON)
        row = repairs.look_again(repair=done, by=world.officer, at=NOON)
        assert "高组长" not in _may(verifiers, row)

    def test_only_a_refused_one_is_looked_at_again(self, world, again):
        with pytest.raises(Conflict):
            repairs.look_again(repair=again, by=world.officer, at=NOON)

    def test_not_when_it_was_promised_anew_meanwhile(self, world, month, done):
        repair_review.refuse(repair=done, why="没看见", by=world.gao, at=NOON)
        applied(world, month)
        with pytest.raises(Conflict, match="XF-2026-0002"):
            repairs.look_again(repair=done, by=world.officer, at=NOON)

    def test_while_the_refusal_is_objected_to_nothing_new_is_promised(self, world, month, done):
        repair_review.refuse(repair=done, why="没看见", by=world.gao, at=NOON)
        Objection.objects.create(
            village=world.village,
            subject=world.wang_home,
            about="repair",
            repair=done,
            for_member=world.head,
            filed_by=world.wang,
            how="online",
            number="YY-2026-0009",
            filed_at=NOON,
            answer_by=NOON.date(),
        )
        with pytest.raises(Conflict, match="YY-2026-0009"):
            applied(world, month)
