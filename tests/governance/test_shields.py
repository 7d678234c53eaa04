"""Whose work a household objected to judges no new deduction on it for a while."""

from datetime import timedelta

import pytest

from governance import policies, shields
from governance.models import Event, Policy, Shield
from governance.refusals import Invalid
from tests.people import LONG_AGO, NOON

CAUSE = "objection:1"


def raised(world, *users, subject=None, cause=CAUSE, at=NOON):
    return shields.raise_for(
        subject=subject or world.wang_home,
        users=users,
        cause=cause,
        village=world.village,
        by=world.wang,
        at=at,
    )


def test_those_whose_work_was_objected_to_are_named_with_the_household_and_no_other(world):
    raised(world, world.li, world.shi)
    everybody, homes = [world.li, world.shi, world.zhou], [world.wang_home, world.liu_home]
    home = world.wang_home.pk
    assert shields.pairs(everybody, homes, at=NOON) == {(world.li.pk, home), (world.shi.pk, home)}


def test_it_holds_for_the_days_the_village_set_and_no_longer(world):
    Policy.objects.create(village=world.village, name="shield_days", value=90, starts=LONG_AGO, source="大会")
    raised(world, world.li)
    last = NOON + timedelta(days=90)
    assert shields.is_shielded(world.li, world.wang_home, at=last)
    assert not shields.is_shielded(world.li, world.wang_home, at=last + timedelta(days=1))


def test_raising_it_twice_changes_nothing_and_somebody_new_is_added(world):
    raised(world, world.li, None)
    assert raised(world, world.li, at=NOON + timedelta(days=1)) == []
    [added] = raised(world, world.li, world.shi, at=NOON + timedelta(days=1))
    assert added.user == world.shi
    assert Shield.objects.count() == 2
    assert Event.objects.filter(name="shield.raised", subject_key=world.wang_home.key).count() == 2


def test_every_shield_leaves_a_line_in_its_history(world):
    [row] = raised(world, world.li)
    assert row.history.get().history_change_reason == "shield.raised"


def test_many_users_and_households_are_asked_in_one_query(world, django_assert_num_queries):
    raised(world, world.li, world.shi)
    with django_assert_num_queries(1):
        shields.pairs([world.li, world.shi, *world.council], [world.wang_home, world.liu_home], at=NOON)


def test_no_village_shortens_it_below_three_months(world):
    with pytest.raises(Invalid, match="90到365"):
        policies.set_value(
            "shield_days",
            89,
            village=world.village,
            starts=NOON.date(),
            source="大会",
            by=world.clerk,
            at=NOON,
        )
