"""A page reads each thing once; an act always asks the database."""

from django.utils import timezone

from governance import access
from governance.models import Appointment
from governance.models.people import Role
from governance.requests import reading
from tests.people import NOON, appoint


def test_while_a_page_is_drawn_an_appointment_is_read_once(world, django_assert_num_queries):
    with reading(), django_assert_num_queries(1):
        assert access.holds(world.clerk, Role.CLERK, world.village, at=NOON)
        assert access.check_role(world.clerk, Role.CLERK, village=world.village, at=NOON) == Role.CLERK


def test_an_act_sees_a_role_that_ended_a_moment_ago(world):
    assert access.holds(world.clerk, Role.CLERK, world.village, at=NOON)
    Appointment.objects.filter(user=world.clerk).delete()
    assert not access.holds(world.clerk, Role.CLERK, world.village, at=NOON)


def test_what_one_page_read_is_forgotten_by_the_next(world, client):
    client.force_login(world.stranger)
    assert client.get("/todo/").context["shell"].roles == []
    appoint(world.stranger, Role.CLERK, world.village)
    assert client.get("/todo/").context["shell"].roles == ["文书"]


def test_two_readers_do_not_share_their_answers(world):
    with reading():
        assert access.appointments(world.clerk, at=timezone.now())
        assert not access.appointments(world.stranger, at=timezone.now())
