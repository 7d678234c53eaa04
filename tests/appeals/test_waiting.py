"""What waits for somebody because of a case: on their to-do list, and only on theirs."""

import pytest

from appeals import corrections
from tests import people
from tests.appeals.cases import Case
from workflows.queues import waiting_for


def titles(user, at) -> list[str]:
    return [waiting.title for waiting in waiting_for(user, at=at)]


@pytest.fixture
def case(world, month) -> Case:
    return Case(world, month).file()


def test_a_new_case_is_with_the_officers_and_then_on_one_desk(case, world):
    assert titles(world.officer, case.at) == ["还没有人领的异议"]
    case.accept()
    assert titles(world.officer, case.at) == ["异议YY-2026-0001，在查"]


def test_when_all_of_them_are_kin_the_supervisor_is_told(case, world):
    for user in [world.officer, *world.panel, world.supervisor]:
        people.kin(user, world.wang_home)
    assert titles(world.officer, case.at) == []
    assert titles(world.supervisor, case.at) == ["没有人能办的异议，请加派异议专员"]


def test_a_correction_waits_for_the_second_person_and_not_for_the_first(month, world):
    at = month.at
    corrections.propose(
        village=world.village,
        rule=world.rules["litter"],
        ground="这一条没有依据",
        source="县里的通知",
        by=world.officer,
        at=at,
    )
    assert titles(world.officer, at) == []
    assert titles(world.panel[0], at) == ["整批更正GZ-2026-0001，等另一个人看过签字"]


def test_the_queries_do_not_grow_with_cases(world, month, django_assert_max_num_queries):
    Case(world, month).file()
    with django_assert_max_num_queries(60) as one:
        titles(world.officer, month.at)
    for name in ("sweep", "volunteer"):
        Case(world, month).file(name)
    with django_assert_max_num_queries(len(one)):
        titles(world.officer, month.at)
