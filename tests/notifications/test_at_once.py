"""Two hands at the same button on PostgreSQL with real threads: one slip, handed over once; three tries, no more."""

import pytest
from django.test import Client
from django.urls import reverse

from governance.models import Event
from notifications.models import Message
from tests import people
from tests.notifications.messages import slip
from tests.real_transactions import at_once

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def world(transactional_db):
    return people.build()


def clients(*users):
    found = [Client(raise_request_exception=False) for _ in users]
    for client, user in zip(found, users, strict=True):
        client.force_login(user)
    return found


def test_a_batch_posted_twice_is_handed_over_once(world):
    slips = [slip(world.liu_home), slip(world.sun_home)]
    data = {"slip": [str(each.key) for each in slips], "to": "本人"}
    address = reverse("handouts_give", args=[world.village.code])
    answers = at_once(
        [lambda c=client: c.post(address, data) for client in clients(world.clerk, world.clerk)]
    )
    assert [answer.status_code for answer in answers] == [302, 302]
    assert Event.objects.filter(name="slip.handed_over").count() == 2


def test_five_clicks_at_once_send_three(world):
    answers = at_once(
        [lambda c=client: c.post(reverse("how_tried")) for client in clients(*[world.wang] * 5)]
    )
    assert {answer.status_code for answer in answers} == {302}
    assert Message.objects.filter(kind="trial").count() == 3
