"""A question whose SQL is made once answers as the ORM would, whatever it is asked about."""

from datetime import date, timedelta

import pytest

from governance.models import Appointment, Subject
from governance.models.people import Role
from governance.prepared import prepared
from tests.people import NOON, appoint

DAY = NOON.date()


@prepared
def held(users: tuple[int, ...], village: int, day: date, *, role: str):
    rows = Appointment.objects.on(day).filter(user__in=users, division=village, role=role)
    return rows.order_by("pk").values_list("user", "starts", "ends", "key")


def test_the_same_question_is_asked_about_others(world):
    clerk, other = world.clerk, world.stranger
    appoint(other, Role.CLERK, world.village)
    village = world.village.pk
    assert [row[0] for row in held((clerk.pk,), village, DAY, role=Role.CLERK)] == [clerk.pk]
    assert [row[0] for row in held((other.pk,), village, DAY, role=Role.CLERK)] == [other.pk]
    both = held((other.pk, clerk.pk), village, DAY, role=Role.CLERK)
    assert {row[0] for row in both} == {clerk.pk, other.pk}
    assert held((clerk.pk,), village, DAY, role=Role.COUNCIL) == []
    assert held((clerk.pk,), world.township.pk, DAY, role=Role.CLERK) == []
    assert held((clerk.pk,), village, date(1990, 1, 1), role=Role.CLERK) == []


def test_rows_are_what_the_orm_gives(world):
    appointment = Appointment.objects.get(user=world.clerk)
    appointment.ends = DAY + timedelta(days=3)
    appointment.save()
    rows = held((world.clerk.pk,), world.village.pk, DAY, role=Role.CLERK)
    assert rows == [(world.clerk.pk, appointment.starts, appointment.ends, appointment.key)]


def test_about_nobody_the_database_is_not_asked(world, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert held((), world.village.pk, DAY, role=Role.CLERK) == []


def test_a_value_the_orm_changes_on_its_way_is_refused(world):
    @prepared
    def doors(number: int):
        return Subject.objects.filter(door=number).values_list("pk")

    with pytest.raises(TypeError, match="doors"):
        doors(3)
