"""Repairs as they are told."""

from datetime import timedelta

from appeals import repair_posting, repair_review, repairs
from governance import deadlines
from governance.models import Consent
from tests import people
from tests.notifications.opened import Opened
from tests.notifications.stories.beginning import ONE, TWO, begin
from tests.people import NOON
from tests.published import posted
from tests.repaired import applied, approved, november, shown, verified


def a_repair(world):
    opened = begin(world)
    month = posted(world)
    row = applied(world, month, how="helper", by=_helper(world))
    opened.look(ONE)
    shown(row, world.wang)
    opened.look(ONE)
    repairs.hand_in(repair=_again(row), text="还有一张", by=world.wang, at=NOON)
    opened.look(ONE)
    repair_review.send_back(repair=_again(row), why="还差一点", by=world.gao, at=NOON)
    opened.look(ONE)
    shown(_again(row), world.wang)
    verified(_again(row), world.gao)
    opened.look(ONE)
    approved(_again(row), world.council[:2])
    opened.look(ONE)
    november(world, ONE).publish()
    opened.look(TWO)
    repair_posting.revoke(repair=_again(row), why="照片是别人家的", by=world.panel[2], at=TWO)
    return opened.look(TWO)


def repairs_that_end_otherwise(world):
    opened = begin(world)
    month = posted(world)
    withdrawn = applied(world, month, how="helper", by=_helper(world))
    repairs.withdraw(repair=withdrawn, by=world.helper, at=NOON)
    opened.look(ONE)
    refused = shown(applied(world, month), world.wang)
    repair_review.refuse(repair=refused, why="没有做", by=world.gao, at=NOON)
    opened.look(ONE)
    repairs.look_again(repair=_again(refused), by=world.officer, at=NOON)
    opened.look(ONE)
    return _as_days_pass(opened)


def repairs_that_are_late(world):
    opened = begin(world)
    month = posted(world)
    assert verified(shown(applied(world, month), world.wang), world.gao)
    return _as_days_pass(opened)


def a_promise_that_lapses(world):
    opened = begin(world)
    applied(world, posted(world))
    return _as_days_pass(opened)


def _as_days_pass(opened: Opened) -> Opened:
    for days in range(1, 20):
        at = NOON + timedelta(days=days)
        deadlines.fire_due(at)
        opened.look(at)
    return opened


def _helper(world):
    people.consent(world.head, Consent.Purpose.HELPER)
    return world.helper


def _again(row):
    row.refresh_from_db()
    return row


STORIES = (
    a_repair,
    repairs_that_end_otherwise,
    repairs_that_are_late,
    a_promise_that_lapses,
)
