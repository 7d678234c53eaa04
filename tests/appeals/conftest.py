"""October of 柳溪村 posted at noon of 16 November: what can be objected to until the 21st."""

import pytest

from tests.months import Month
from tests.published import clock, posted


@pytest.fixture
def month(world) -> Month:
    """王家户 with a plus, a minus and hours of work, posted."""
    return posted(world)


@pytest.fixture
def send(client):
    """Open a page as somebody, an hour after the notice or as much later as told; with data, post to it."""

    def call(user, url, data=None, **later):
        client.force_login(user)
        with clock(**later):
            return client.get(url) if data is None else client.post(url, data)

    return call
