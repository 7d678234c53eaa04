"""The pages that ask for a deletion: what goes and what stays, once more, and then it waits."""

from datetime import timedelta

import pytest
from django.urls import reverse

from governance import consents
from governance.models import Consent
from rights.models import Erasure
from tests import people
from tests.people import NOON
from tests.published import clock

DAY = timedelta(days=1)


@pytest.fixture
def left(world):
    consents.withdraw(member=world.head, by=world.wang, at=NOON)
    return world


def test_the_page_says_what_goes_and_what_stays_and_what_stands_in_the_way(world, client):
    client.force_login(world.wang)
    with clock():
        page = client.get(reverse("my_erase")).content.decode()
    for words in ("删什么", "留什么，为什么", "您家还在参加", "disabled>下一步"):
        assert words in page


def test_it_takes_two_steps(left, client):
    client.force_login(left.wang)
    with clock():
        assert client.post(reverse("my_erase"), {}).status_code == 422
        page = client.post(reverse("my_erase"), {"which": "household"})
        assert "再看一遍：删全家的" in page.content.decode()
        assert "7天以后删" in page.content.decode()
        assert not Erasure.objects.exists()
        again = client.post(reverse("my_erase"), {"which": "household", "again": "1"})
        assert "下一步" in again.content.decode()
        done = client.post(reverse("my_erase"), {"which": "household", "sure": "1"}, follow=True)
    row = Erasure.objects.get()
    assert row.number in done.content.decode()
    assert (row.how, row.member) == ("online", None)
    with clock(days=1):
        client.post(reverse("erasure_undo", args=[row.key]))
    row.refresh_from_db()
    assert row.state == Erasure.State.UNDONE


def test_what_is_refused_is_said_beside_the_choice(world, client):
    client.force_login(world.wang)
    with clock():
        answer = client.post(reverse("my_erase"), {"which": "household"})
    assert answer.status_code == 422
    assert "您家还在参加" in answer.content.decode()


def test_another_adult_is_offered_only_their_own(left, client):
    wife = people.account("王大妈")
    people.adult(left.wang_home, "王大妈", wife)
    client.force_login(wife)
    with clock():
        page = client.get(reverse("my_erase")).content.decode()
        assert "只删本人的" in page
        assert 'value="household"' not in page
        client.post(reverse("my_erase"), {"which": "me", "sure": "1"})
        row = Erasure.objects.get()
        assert row.member.user == wife
        client.force_login(left.wang)
        assert client.get(reverse("erasure", args=[row.key])).status_code == 200
        assert "王大妈的资料" in client.get(reverse("my_data")).content.decode()
        client.force_login(left.stranger)
        assert client.get(reverse("erasure", args=[row.key])).status_code == 404


def test_the_desk_takes_it_down_and_only_who_did_sees_it_again(left, client):
    client.force_login(left.clerk)
    where = [left.village.code, left.wang_home.key]
    said = {"for_member": left.head.pk, "how": "desk", "which": "household"}
    with clock():
        assert "不问为什么，也不劝" in client.get(reverse("desk_erase", args=where)).content.decode()
        assert "再看一遍" in client.post(reverse("desk_erase", args=where), said).content.decode()
        client.post(reverse("desk_erase", args=where), said | {"sure": "1"})
        row = Erasure.objects.get()
        assert (row.how, row.filed_by) == ("desk", left.clerk)
        assert client.get(reverse("erasure", args=[row.key])).status_code == 200
        other = people.person("另一位文书", "clerk", left.village)
        client.force_login(other)
        assert client.get(reverse("erasure", args=[row.key])).status_code == 404


def test_a_helper_is_asked_only_by_who_asked_for_help(world, client):
    people.consent(world.head, Consent.Purpose.HELPER)
    consents.withdraw(member=world.head, purpose="scoring", by=world.wang, at=NOON)
    client.force_login(world.helper)
    where = [world.village.code, world.wang_home.key]
    said = {"for_member": world.head.pk, "which": "household", "sure": "1"}
    with clock():
        assert client.post(reverse("desk_erase", args=where), said).status_code == 302
    assert Erasure.objects.get().how == "helper"
