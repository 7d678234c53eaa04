"""Who holds an office, from when, and who takes over."""

from datetime import timedelta

import pytest

from governance import appointments
from governance.access import holds, roles_of
from governance.models import Appointment, Event, Link
from governance.models.people import Role
from governance.refusals import Conflict, Invalid, Refused
from tests import people
from tests.people import NOON

TODAY = NOON.date()
TOMORROW = NOON + timedelta(days=1)


@pytest.fixture
def act(world):
    return {"by": world.clerk, "at": NOON}


def appoint(user, role, world, **changes):
    fields = {"division": world.village, "by": world.clerk, "at": NOON, **changes}
    return appointments.appoint(user=user, role=role, **fields)


def office(user, role):
    return Appointment.objects.get(user=user, role=role)


def test_the_clerk_makes_an_account_and_gives_it_an_office(world, act):
    user = appointments.create_account(
        village=world.village, username="xin", name="辛党员", password="chun-feng-8811", **act
    )
    row = appoint(user, Role.RATER, world)
    assert holds(user, Role.RATER, world.village, at=NOON)
    assert row.starts == TODAY
    event = Event.objects.get(name="appointment.made")
    assert (event.by, event.role) == (world.clerk, "clerk")


def test_an_account_for_an_office_has_a_name(world, act):
    with pytest.raises(Invalid, match="姓名"):
        appointments.create_account(
            village=world.village, username="xin", name=" ", password="chun-feng-8811", **act
        )


def test_nobody_appoints_themself(world):
    with pytest.raises(Refused, match="自己任命自己"):
        appoint(world.clerk, Role.COUNCIL, world)


def test_only_the_clerk_of_the_village_appoints_there(world):
    for other in (world.shi, world.elsewhere_clerk, world.supervisor):
        with pytest.raises(Refused):
            appoint(world.stranger, Role.RATER, world, by=other)


def test_a_clerk_fills_no_office_of_the_township(world):
    with pytest.raises(Refused, match="系统管理员"):
        appoint(world.stranger, Role.OFFICER, world, division=world.township)
    operator = people.account("管理员", is_superuser=True)
    assert appoint(world.stranger, Role.OFFICER, world, division=world.township, by=operator)


def test_a_leader_has_an_area_of_the_village_and_others_have_none(world):
    for role, area in (
        (Role.LEADER, None),
        (Role.RATER, world.east),
        (Role.LEADER, world.elsewhere_home.area),
    ):
        with pytest.raises(Invalid, match="片"):
            appoint(world.stranger, role, world, area=area)
    assert appoint(world.stranger, Role.LEADER, world, area=world.east)


def test_an_office_is_given_once_and_never_in_the_past(world):
    with pytest.raises(Conflict, match="已经是联户党员"):
        appoint(world.li, Role.RATER, world)
    with pytest.raises(Invalid, match="以前的日子"):
        appoint(world.stranger, Role.RATER, world, starts=TODAY - timedelta(days=1))


def test_a_stopped_account_gets_no_office(world):
    with pytest.raises(Refused, match="停用"):
        appoint(people.account("走了的人", is_active=False), Role.RATER, world)


def test_council_and_committee_members_do_not_supervise_themselves(world):
    for user in (world.lin, world.committee[0]):
        with pytest.raises(Refused, match="村务监督"):
            appoint(user, Role.SUPERVISION, world)
    with pytest.raises(Refused, match="村务监督"):
        appoint(world.supervision, Role.COUNCIL, world)


def test_neither_do_their_close_relatives(world):
    people.adult(world.liu_home, "林理事", world.lin)
    housemate, brother = people.account("同住的人"), people.account("兄弟")
    people.adult(world.liu_home, "同住的人", housemate)
    people.kin(brother, world.liu_home)
    for user in (housemate, brother):
        with pytest.raises(Refused, match="近亲属"):
            appoint(user, Role.SUPERVISION, world)
    assert appoint(world.stranger, Role.SUPERVISION, world)


def test_the_tie_counts_whichever_side_declared_it(world):
    people.adult(world.sun_home, "姐夫", world.stranger)
    people.kin(world.lin, world.sun_home)
    assert appointments.are_relatives(world.lin, world.stranger, NOON)
    assert appointments.are_relatives(world.stranger, world.lin, NOON)
    assert not appointments.are_relatives(world.li, world.stranger, NOON)


def test_an_office_ends_at_once(world, act):
    appointments.end(appointment=office(world.lin, Role.COUNCIL), why="辞职", **act)
    assert not holds(world.lin, Role.COUNCIL, world.village, at=NOON)
    with pytest.raises(Conflict, match="11月15日"):
        appointments.end(appointment=office(world.lin, Role.COUNCIL), why="辞职", **act)


def test_an_office_ends_on_a_day_that_is_still_worked(world, act):
    appointments.end(appointment=office(world.lin, Role.COUNCIL), why="换届", on=TODAY, **act)
    assert holds(world.lin, Role.COUNCIL, world.village, at=NOON)
    assert not holds(world.lin, Role.COUNCIL, world.village, at=TOMORROW)


def test_ending_needs_a_reason_and_a_day_that_has_come(world, act):
    row = office(world.lin, Role.COUNCIL)
    with pytest.raises(Invalid, match="原因"):
        appointments.end(appointment=row, why="", **act)
    with pytest.raises(Invalid, match="离任"):
        appointments.end(appointment=row, why="换届", on=TOMORROW.date(), **act)


def test_a_successor_takes_the_office_and_the_households_over(world, act):
    successor = people.account("新党员")
    people.adult(world.liu_home, "新党员", successor)
    appointments.end(appointment=office(world.li, Role.RATER), why="搬走了", successor=successor, **act)
    assert holds(successor, Role.RATER, world.village, at=NOON)
    assert not Link.objects.filter(rater=world.li, ends__isnull=True).exists()
    theirs = Link.objects.filter(rater=successor, ends__isnull=True).values_list("subject__door", flat=True)
    assert set(theirs) == {"1号", "3号"}  # 2号 is the successor's own home: it waits for the clerk


def test_a_successor_who_holds_the_office_already_just_takes_over(world, act):
    appointments.end(appointment=office(world.li, Role.RATER), why="生病", successor=world.zhou, **act)
    assert Appointment.objects.filter(user=world.zhou, role=Role.RATER).count() == 1
    assert world.wang_home.links.get(ends__isnull=True).rater == world.zhou


def test_the_layers_above_hear_of_it_in_the_same_transaction(world, act, monkeypatch):
    def fail(appointment, successor, by, at):
        raise RuntimeError("queue is full")

    monkeypatch.setattr(appointments, "ON_ENDED", [fail])
    with pytest.raises(RuntimeError):
        appointments.end(appointment=office(world.li, Role.RATER), why="生病", **act)
    assert holds(world.li, Role.RATER, world.village, at=NOON)
    assert world.wang_home.links.get().ends is None
    assert not Event.objects.filter(name="appointment.ended").exists()


def test_an_election_ends_many_at_once_or_none(world, act, monkeypatch):
    heard = []
    hook = lambda row, successor, by, at: heard.append((row.user, successor))  # noqa: E731
    monkeypatch.setattr(appointments, "ON_ENDED", [hook])
    rows = list(Appointment.objects.filter(role=Role.COUNCIL))
    with pytest.raises(Invalid):
        appointments.end_many(appointments=rows, why="换届", successors={rows[-1].pk: rows[-1].user}, **act)
    assert Appointment.objects.filter(role=Role.COUNCIL, ends__isnull=False).count() == 0
    heard.clear()
    appointments.end_many(appointments=rows, why="换届", successors={rows[0].pk: world.stranger}, **act)
    assert heard[0] == (world.council[0], world.stranger)
    assert len(heard) == 5
    assert roles_of(world.stranger, at=NOON) == {"council"}


def test_the_only_clerk_does_not_leave_without_a_successor(world, act):
    row = office(world.clerk, Role.CLERK)
    with pytest.raises(Refused, match="只有这一位文书"):
        appointments.end(appointment=row, why="退休", **act)
    assert appointments.end(appointment=row, why="退休", successor=world.stranger, **act).ends
    assert holds(world.stranger, Role.CLERK, world.village, at=NOON)
