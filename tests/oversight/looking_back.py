"""柳溪村 whose rows were written in August, so that a test of November can look back to a day in between."""

from __future__ import annotations

from datetime import timedelta

import time_machine
from django.urls import reverse

from tests import people
from tests.people import NOON, World

AUGUST = NOON - timedelta(days=100)  # 8 August
SEPTEMBER = NOON - timedelta(days=60)  # 17 September


def built() -> World:
    """The village as `people.build` makes it, its history beginning in August."""
    with time_machine.travel(AUGUST, tick=False):
        return people.build()


def clock(at=NOON, **later):
    """The world's clock for a page, `later` than told."""
    return time_machine.travel(at + timedelta(**later), tick=False)


def text(response) -> str:
    """The page."""
    return response.content.decode()


def opened(client, user, home, **query):
    """A household's page for a supervisor who gives the reason that is asked for; at NOON."""
    client.force_login(user)
    address = reverse("asof_card", args=[home.key])
    with clock():
        client.post(address, {"open_why": "查第3号异议"})
        return client.get(address, query)
