"""Family ties are declared by either side and keep people out of their own affairs."""

import pytest

from governance import kinships, recusal
from governance.models import Kinship
from governance.refusals import Conflict, Invalid, Refused
from tests.people import NOON

SIBLING = Kinship.Relation.SIBLING


def declare(world, **changes):
    fields = {"user": world.lin, "subject": world.wang_home, "relation": SIBLING, "by": world.lin, "at": NOON}
    return kinships.declare(**{**fields, **changes})


@pytest.mark.parametrize("who", ["lin", "wang", "clerk"])
def test_either_side_or_the_clerk_declares_a_tie(world, who):
    row = declare(world, by=getattr(world, who))
    assert row.declared_by == getattr(world, who)
    assert recusal.reasons(world.lin, [world.wang_home], at=NOON)


def test_nobody_else_declares_it(world):
    for other in (world.li, world.shi, world.elsewhere_clerk):
        with pytest.raises(Refused):
            declare(world, by=other)


def test_a_tie_is_declared_once_and_of_a_known_kind(world):
    declare(world)
    with pytest.raises(Conflict, match="已经申报过"):
        declare(world, by=world.wang)
    with pytest.raises(Invalid, match="亲属关系"):
        declare(world, relation="friend")


def test_ones_own_household_needs_no_declaration(world):
    with pytest.raises(Refused, match="自己家"):
        declare(world, user=world.wang, by=world.wang)


def test_only_the_clerk_ends_a_tie_and_it_still_holds_today(world):
    row = declare(world)
    for other in (world.lin, world.wang):
        with pytest.raises(Refused):
            kinships.end(kinship=row, why="填错了", by=other, at=NOON)
    kinships.end(kinship=row, why="填错了", by=world.clerk, at=NOON)
    assert recusal.reasons(world.lin, [world.wang_home], at=NOON)
    with pytest.raises(Conflict, match="11月16日已经取消"):
        kinships.end(kinship=row, why="填错了", by=world.clerk, at=NOON)


def test_a_clerk_does_not_end_their_own_tie(world):
    row = declare(world, user=world.clerk, by=world.clerk)
    with pytest.raises(Refused, match="别的文书"):
        kinships.end(kinship=row, why="填错了", by=world.clerk, at=NOON)
