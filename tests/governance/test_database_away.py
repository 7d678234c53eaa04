"""While the database is away people read that, and come back later (503); it is no fault of the program (500)."""

import pytest
from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.test import Client
from django.urls import reverse

from governance.views.errors import server_error
from tests.failing import away

pytestmark = pytest.mark.django_db


def test_a_page_asked_for_meanwhile_says_come_back_later(world):
    client = Client(raise_request_exception=False)
    client.force_login(world.clerk)
    with away():
        answer = client.get(reverse("todo"))
    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    assert "请过一会儿再办一次" in answer.text


@pytest.mark.parametrize(
    ("error", "status"), [(OperationalError(), 503), (InterfaceError(), 503), (ValueError(), 500)]
)
def test_only_a_database_that_is_away_is_told_so(error, status, rf, django_assert_num_queries):
    try:
        raise error
    except type(error):
        with django_assert_num_queries(0):
            assert server_error(rf.get("/")).status_code == status


def test_a_kept_connection_is_asked_before_it_is_used():
    assert settings.DATABASES["default"]["CONN_HEALTH_CHECKS"]
