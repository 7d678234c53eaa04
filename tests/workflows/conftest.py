"""柳溪村's October, told at noon of 16 November unless a test says otherwise."""

import pytest
from django.urls import reverse

from tests.months import Month
from tests.people import NOON


@pytest.fixture
def october(world) -> Month:
    """October, open."""
    return Month(world, NOON).open()


@pytest.fixture
def get(client):
    """Open a page as somebody (nobody: None)."""

    def page(user, name, *args, **query):
        client.logout() if user is None else client.force_login(user)
        return client.get(reverse(name, args=args), query)

    return page


@pytest.fixture
def post(client):
    """Act as somebody."""

    def act(user, name, *args, **data):
        client.force_login(user)
        return client.post(reverse(name, args=args), data)

    return act
