"""Refusals become pages; staff set up a second factor where it is required."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import OperationalError
from django.urls import reverse

from governance.accounts import SecondFactor
from governance.middleware import answers
from governance.refusals import Conflict, Refused


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (Refused("不能办。"), 403),
        (Conflict("别人先办了。"), 409),
        (OperationalError("database is locked"), 409),
    ],
)
def test_a_refusal_is_a_page_with_its_sentence(error, status, rf):
    request = rf.get("/")
    request.user = AnonymousUser()
    page = answers(None).process_exception(request, error)
    assert page.status_code == status
    assert (str(error) if isinstance(error, Refused) else "刚好有别人") in page.content.decode()


def test_any_other_error_is_not_hidden(rf):
    assert answers(None).process_exception(rf.get("/"), OperationalError("disk is full")) is None


def test_staff_without_a_second_factor_are_sent_to_set_it_up(client, world, settings):
    settings.STAFF_TOTP = True
    client.force_login(world.clerk)
    assert client.get(reverse("todo")).url == reverse("mfa_activate_totp")


def test_residents_need_no_second_factor(world, settings):
    settings.STAFF_TOTP = True
    assert SecondFactor.needed(world.clerk)
    assert not SecondFactor.needed(world.wang)
