"""Two operators try the same thing at once, on PostgreSQL with real threads: one wins, the other gets a sentence."""

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from governance.models import Event
from governance.models.people import Role
from tests import people
from tests.oversight.stuck import LATER, fail, parked, window
from tests.published import posted
from tests.real_transactions import at_once

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def world(transactional_db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return people.build()


@pytest.fixture
def operators(world):
    return [people.person(f"运维{n}", Role.OPERATOR, world.county) for n in range(2)]


def one_wins(operators, source, pk, event):
    """Each posts the same retry at the same moment."""
    clients = [Client(raise_request_exception=False) for _ in operators]
    for client, user in zip(clients, operators, strict=True):
        client.force_login(user)
    address = reverse("stuck_item", args=[source, pk])
    answers = at_once([lambda c=client: c.post(address, {"why": "盘清过了"}) for client in clients])
    assert sorted(answer.status_code for answer in answers) == [302, 409]
    [late] = [answer for answer in answers if answer.status_code == 409]
    assert "不用再办" in late.content.decode()
    assert Event.objects.filter(name=event).count() == 1


def test_a_missed_deadline_is_fired_by_one_of_two_operators(world, operators):
    month = posted(world)
    fail()
    with time_machine.travel(LATER, tick=True):
        one_wins(operators, "deadlines", window(month).pk, "deadline.fired_by_hand")
    assert Event.objects.filter(name="round.closed").count() == 1
    assert not Event.objects.filter(name="deadline.fire_failed").exists()


def test_a_failed_step_is_done_again_by_one_of_two_operators(world, operators):
    task = parked(world)
    one_wins(operators, "steps", task.pk, "step.retried")
    assert Event.objects.filter(name="test.listed").count() == 1
