"""A repair costs nothing: who may promise, by when, what is shown, and how it ends by itself."""

from datetime import date, timedelta
from io import BytesIO

import pytest

from appeals import objections, repair_review, repairs
from appeals.against import Against
from appeals.models import Repair
from governance import consents, deadlines, ledger
from governance.events import record, why_of
from governance.models import Consent, Event
from governance.refusals import Conflict, Invalid, Refused
from tests import people
from tests.months import photo
from tests.people import NOON
from tests.published import entry
from tests.repaired import PROMISE, applied, ready, shown
from workflows.steps import now_open

How, State = Repair.How, Repair.State
LATER = NOON + timedelta(days=1)


def at_step(row) -> list[str]:
    row.process.refresh_from_db()
    flow = row.process.flow_class
    return [node.name for node in flow.instance.nodes() if now_open(row.process, node)]


def test_a_promise_has_a_number_an_event_and_waits_for_the_household(world, month):
    row = applied(world, month)
    assert (row.number, row.state, at_step(row)) == ("XF-2026-0001", State.PROMISED, ["promise"])
    event = Event.objects.get(name="repair.applied")
    assert why_of(event) == PROMISE["promise"]
    assert event.subject_key == world.wang_home.key
    assert f"appeals_repair:{row.key}" in event.digests


def test_the_deduction_goes_on_counting_meanwhile(world, month):
    applied(world, month)
    assert not entry(month, "litter").holds.exists()


def test_only_a_deduction_can_be_repaired(world, month):
    with pytest.raises(Refused, match="只有减分"):
        applied(world, month, "sweep")


def test_a_rule_may_say_that_it_cannot_be_repaired(world, month):
    world.rulebook.rules.filter(number="1.2").update(repairable=False)
    with pytest.raises(Refused, match="不能修复"):
        applied(world, month)


def test_a_deduction_taken_back_needs_no_repair(world, month):
    line = entry(month, "litter")
    undo = ledger.reversal(line, source="objection:test")
    event = record("entry.reversed", village=world.village, about=undo, by=None, at=NOON, rows=[undo])
    ledger.post([undo], event=event)
    with pytest.raises(Refused, match="已经撤销"):
        applied(world, month)


def test_while_an_objection_is_open_there_is_nothing_to_repair(world, month):
    objections.file(
        against=Against.line(entry(month, "litter")),
        text="",
        how=How.ONLINE,
        for_member=world.head,
        by=world.wang,
        at=NOON,
    )
    with pytest.raises(Refused, match="正在办异议"):
        applied(world, month)


def test_one_repair_at_a_time(world, month):
    applied(world, month)
    with pytest.raises(Conflict, match="XF-2026-0001"):
        applied(world, month)


@pytest.mark.parametrize("day", [NOON.date(), date(2026, 12, 17)])
def test_the_day_lies_between_tomorrow_and_what_the_village_allows(world, month, day):
    with pytest.raises(Invalid) as caught:
        applied(world, month, due_on=day)
    assert "12月16日" in caught.value.errors["due_on"]


def test_both_words_are_needed(world, month):
    with pytest.raises(Invalid) as caught:
        applied(world, month, wrong=" ", promise="")
    assert set(caught.value.errors) == {"wrong", "promise"}


def test_the_clerk_takes_it_down_at_the_desk(world, month):
    row = applied(world, month, how=How.DESK, by=world.clerk)
    assert (row.filed_by, row.for_member) == (world.clerk, world.head)


def test_a_helper_needs_the_adults_own_yes(world, month):
    with pytest.raises(Refused, match="还没有请代办员"):
        applied(world, month, how=How.HELPER, by=world.helper)
    people.consent(world.head, Consent.Purpose.HELPER)
    assert applied(world, month, how=How.HELPER, by=world.helper).how == How.HELPER


@pytest.mark.parametrize("who", ["elsewhere_clerk", "li", "shi", "officer", "stranger"])
def test_nobody_else_takes_it_down(world, month, who):
    for how in (How.ONLINE, How.DESK, How.HELPER):
        with pytest.raises(Refused):
            applied(world, month, how=how, by=getattr(world, who))
    assert not Repair.objects.exists()


def test_what_was_done_is_shown_with_a_photo_and_goes_to_a_leader(world, month):
    row = shown(applied(world, month), world.wang, LATER)
    assert (row.state, at_step(row)) == (State.SHOWN, ["verify"])
    assert [piece.kind for piece in row.exhibits.all()] == ["photo"]
    digests = Event.objects.get(name="repair.shown").digests
    assert f"appeals_exhibit:{row.exhibits.get().key}" in digests


def test_a_file_that_is_none_leaves_it_with_the_household(world, month):
    row = applied(world, month)
    with pytest.raises(Invalid) as caught:
        repairs.show(repair=row, done="做了", files=[BytesIO(b"?")], by=world.wang, at=NOON)
    assert "files" in caught.value.errors
    assert (at_step(row), row.exhibits.count()) == (["promise"], 0)


def test_words_and_photos_may_follow_until_a_leader_has_looked(world, month):
    row = shown(applied(world, month), world.wang)
    repairs.hand_in(repair=row, files=[photo()], text="早上又扫了一遍", by=world.clerk, at=LATER)
    assert row.exhibits.count() == 3
    repair_review.verify(repair=row, by=world.gao, at=LATER)
    with pytest.raises(Conflict):
        repairs.hand_in(repair=row, text="还有", by=world.wang, at=LATER)


def test_empty_hands_are_said_so(world, month):
    with pytest.raises(Invalid, match="至少给一样"):
        repairs.hand_in(repair=applied(world, month), by=world.wang, at=NOON)


def test_withdrawing_leaves_the_deduction_and_it_can_be_promised_anew(world, month):
    row = repairs.withdraw(repair=applied(world, month), by=world.wang, at=NOON)
    assert (row.state, at_step(row)) == (State.WITHDRAWN, [])
    with pytest.raises(Conflict):
        repairs.withdraw(repair=row, by=world.wang, at=NOON)
    assert applied(world, month).number == "XF-2026-0002"


@pytest.mark.parametrize("who", ["li", "shi", "officer", "helper", "stranger"])
def test_nobody_withdraws_or_shows_it_for_the_household(world, month, who):
    row = applied(world, month)
    for act in (
        lambda by: repairs.withdraw(repair=row, by=by, at=NOON),
        lambda by: repairs.show(repair=row, done="做了", by=by, at=NOON),
        lambda by: repairs.hand_in(repair=row, text="做了", by=by, at=NOON),
    ):
        with pytest.raises(Refused):
            act(getattr(world, who))


def test_three_days_before_the_household_is_reminded_and_then_it_lapses(world, month):
    row = applied(world, month)
    deadlines.fire_due(deadlines.end_of(date(2026, 11, 29)))
    assert Event.objects.get(name="repair.reminded").subject_key == world.wang_home.key
    deadlines.fire_due(deadlines.end_of(date(2026, 12, 1)))
    row.refresh_from_db()
    assert (row.state, at_step(row)) == (State.LAPSED, [])
    later = applied(world, month, at=NOON + timedelta(days=20), due_on=date(2026, 12, 20))
    assert later.number == "XF-2026-0002"


def test_what_was_shown_in_time_does_not_lapse(world, month):
    row = shown(applied(world, month), world.wang)
    deadlines.fire_due(NOON + timedelta(days=40))
    row.refresh_from_db()
    assert row.state == State.SHOWN


def test_sent_back_late_there_is_still_a_week(world, month):
    row = shown(applied(world, month), world.wang)
    late = NOON + timedelta(days=14)
    row = repair_review.send_back(repair=row, why="墙角还有一堆", by=world.gao, at=late)
    assert (row.state, row.due_on, at_step(row)) == (State.PROMISED, date(2026, 12, 7), ["promise"])
    deadlines.fire_due(late + timedelta(days=6))
    assert Repair.objects.get().state == State.PROMISED
    assert shown(row, world.wang, late + timedelta(days=7)).state == State.SHOWN


def test_when_the_household_leaves_its_repair_ends(world, month):
    row = ready(world, month)
    consents.withdraw(member=world.head, by=world.wang, at=LATER)
    row.refresh_from_db()
    assert (row.state, at_step(row)) == (State.WITHDRAWN, [])


def test_when_the_deduction_goes_another_way_its_repair_ends(world, month):
    row = shown(applied(world, month), world.wang)
    [dropped] = repairs.drop_for(entries=[entry(month, "litter")], by=world.officer, at=LATER)
    assert (dropped.pk, dropped.state, at_step(dropped)) == (row.pk, State.WITHDRAWN, [])
    assert Event.objects.get(name="repair.dropped").subject_key == world.wang_home.key
    assert repairs.drop_for(entries=[entry(month, "litter")], by=world.officer, at=LATER) == []
