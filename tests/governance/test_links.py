"""Which party member rates which household."""

from datetime import timedelta

import pytest

from governance import links
from governance.models import Link
from governance.refusals import Conflict, Invalid, Refused
from tests import people
from tests.people import NOON

TODAY = NOON.date()


@pytest.fixture
def act(world):
    return {"by": world.clerk, "at": NOON}


@pytest.fixture
def unlinked(world):
    return people.household("9号", world.east, "吴大嫂")


def test_the_clerk_links_a_household_to_a_rater(world, unlinked, act):
    row = links.link(rater=world.li, subject=unlinked, **act)
    assert (row.starts, row.ends) == (TODAY, None)


def test_a_household_has_one_rater(world, act):
    with pytest.raises(Conflict, match="现在由李党员联"):
        links.link(rater=world.zhou, subject=world.wang_home, **act)


def test_only_a_rater_of_the_village_is_linked(world, unlinked, act):
    for other in (world.shi, world.stranger, world.elsewhere_clerk):
        with pytest.raises(Refused, match="不是柳溪村的联户党员"):
            links.link(rater=other, subject=unlinked, **act)


def test_nobody_rates_their_own_home(world, act):
    with pytest.raises(Refused, match="自己家"):
        links.relink(subject=world.li_home, rater=world.li, why="换", **act)


def test_kin_may_be_linked_and_the_clerk_is_told(world, unlinked, act):
    people.kin(world.li, unlinked)
    assert "亲属" in links.caution(world.li, unlinked, NOON)
    assert links.caution(world.zhou, unlinked, NOON) == ""
    assert links.link(rater=world.li, subject=unlinked, **act)


def test_only_the_clerk_links(world, unlinked):
    for other in (world.li, world.shi, world.elsewhere_clerk):
        with pytest.raises(Refused, match="文书"):
            links.link(rater=world.li, subject=unlinked, by=other, at=NOON)


def test_a_household_changes_its_rater_without_a_day_of_two(world, act):
    links.relink(subject=world.wang_home, rater=world.zhou, why="李党员生病", **act)
    for day in (TODAY - timedelta(days=1), TODAY):
        assert Link.objects.on(day).filter(subject=world.wang_home).count() == 1
    links.relink(subject=world.wang_home, rater=world.li, why="病好了", **act)
    assert Link.objects.on(TODAY).get(subject=world.wang_home).rater == world.zhou
    assert Link.objects.on(TODAY + timedelta(days=1)).get(subject=world.wang_home).rater == world.li


def test_changing_to_the_same_rater_or_without_a_reason_is_sent_back(world, act):
    with pytest.raises(Conflict, match="本来就由李党员联"):
        links.relink(subject=world.wang_home, rater=world.li, why="换", **act)
    with pytest.raises(Invalid, match="原因"):
        links.relink(subject=world.wang_home, rater=world.zhou, why=" ", **act)


def test_a_link_ends_once(world, act):
    row = world.wang_home.links.get()
    assert links.end(link=row, why="党员调走", **act).ends == TODAY
    with pytest.raises(Conflict, match="11月16日已经结束"):
        links.end(link=row, why="党员调走", **act)
