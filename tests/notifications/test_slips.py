"""纸条: carried by the clerk, or by the helper a household asked for; nobody marks one twice."""

import pytest

from governance.events import last, why_of
from governance.models import Consent
from governance.refusals import Conflict, Invalid, Refused
from notifications import slips
from notifications.models import Channel, Delivery
from tests import people
from tests.notifications.made import message, out
from tests.people import NOON

State = Delivery.State


@pytest.fixture
def slip(world) -> Delivery:
    return out(message(world.village, None, home=world.liu_home), Channel.SLIP)


def test_the_clerk_hands_it_over_and_says_to_whom(world, slip):
    done = slips.hand_over(delivery=slip, to="刘大婶本人", by=world.clerk, at=NOON)
    assert (done.state, done.done_at) == (State.SENT, NOON)
    event = last(slip, "slip.handed_over")
    assert (event.subject_key, event.by, why_of(event)) == (world.liu_home.key, world.clerk, "刘大婶本人")
    assert "刘" not in done.reference


def test_a_wrong_mark_is_taken_back_with_a_reason(world, slip):
    slips.hand_over(delivery=slip, to="刘大婶本人", by=world.clerk, at=NOON)
    with pytest.raises(Invalid):
        slips.take_back(delivery=slip, why=" ", by=world.clerk, at=NOON)
    assert slips.take_back(delivery=slip, why="点错了一户", by=world.clerk, at=NOON).state == State.WAITING


def test_twice_is_a_conflict_and_nobody_named_is_invalid(world, slip):
    with pytest.raises(Invalid):
        slips.hand_over(delivery=slip, to="", by=world.clerk, at=NOON)
    slips.hand_over(delivery=slip, to="刘大婶", by=world.clerk, at=NOON)
    with pytest.raises(Conflict):
        slips.hand_over(delivery=slip, to="刘大婶", by=world.clerk, at=NOON)


def test_the_helper_carries_it_only_where_they_were_asked(world, slip):
    with pytest.raises(Refused):
        slips.hand_over(delivery=slip, to="刘大婶", by=world.helper, at=NOON)
    assert not slips.listed(world.helper, at=NOON).exists()
    people.consent(world.liu_home.members.get(), Consent.Purpose.HELPER)
    assert list(slips.listed(world.helper, at=NOON)) == [slip]
    slips.hand_over(delivery=slip, to="刘大婶", by=world.helper, at=NOON)


@pytest.mark.parametrize("who", ["li", "elsewhere_clerk", "wang", "officer"])
def test_nobody_else_sees_or_marks_it(world, slip, who):
    user = getattr(world, who)
    assert not slips.listed(user, at=NOON).exists()
    with pytest.raises(Refused):
        slips.hand_over(delivery=slip, to="刘大婶", by=user, at=NOON)
