"""The village that all stories are told of is what it says it is."""

from governance.access import check_role, roles_of
from governance.models import Subject
from tests.people import NOON


def test_everybody_in_the_village_holds_the_role_they_are_named_by(world):
    assert roles_of(world.clerk, at=NOON) == {"clerk"}
    assert roles_of(world.li, at=NOON) == {"rater", "resident"}
    assert roles_of(world.wang, at=NOON) == {"resident"}
    assert check_role(world.shi, "leader", village=world.village, area=world.east, at=NOON) == "leader"
    assert len(world.council) == 5


def test_all_households_but_one_are_enrolled_today(world):
    enrolled = Subject.objects.filter(village=world.village).enrolled(NOON.date())
    assert enrolled.count() == 6
    assert world.chen_home not in enrolled
