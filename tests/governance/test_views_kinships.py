"""申报亲属 by HTTP: either side declares, the clerk ends a mistake, nobody ends their own."""

import pytest
from django.urls import reverse

from governance.models import Kinship
from tests import people
from tests.published import clock

PAGE = reverse("kinships")


@pytest.fixture
def send(client):
    def call(user, data=None, url=PAGE):
        client.force_login(user)
        with clock():
            return client.get(url) if data is None else client.post(url, data)

    return call


def works(world, **changed):
    return {"side": "works", "area": world.east.pk, "door": "2号", "relation": "sibling", **changed}


def test_a_rater_declares_a_household_by_its_door(world, send):
    assert send(world.li, works(world)).url == PAGE
    tie = Kinship.objects.get()
    assert (tie.user, tie.subject, tie.declared_by) == (world.li, world.liu_home, world.li)
    assert "李党员和东片2号" in send(world.li).content.decode()


def test_a_door_that_does_not_exist_is_asked_again(world, send):
    response = send(world.li, works(world, door="99号"))
    assert response.status_code == 422
    assert "这一片没有这个门牌" in response.content.decode()
    assert 'value="99号"' in response.content.decode()


def test_declaring_twice_reads_that_it_is_done(world, send):
    send(world.li, works(world))
    response = send(world.li, works(world))
    assert response.status_code == 409
    assert Kinship.objects.count() == 1


def test_ones_own_home_needs_no_declaring(world, send):
    assert send(world.li, works(world, door="5号")).status_code == 403


def test_an_area_of_another_village_is_not_on_offer(world, send):
    elsewhere = world.elsewhere_home.area
    assert send(world.li, works(world, area=elsewhere.pk, door="1号")).status_code == 422


def test_a_household_declares_its_kin_among_those_who_judge(world, send):
    send(world.wang, {"side": "lives", "user": world.lin.pk, "relation": "child"})
    tie = Kinship.objects.get()
    assert (tie.user, tie.subject, tie.declared_by) == (world.lin, world.wang_home, world.wang)


def test_a_household_cannot_name_who_judges_nothing_here(world, send):
    response = send(world.wang, {"side": "lives", "user": world.elsewhere_clerk.pk, "relation": "child"})
    assert response.status_code == 422


def test_who_has_neither_village_nor_household_is_told_where_to_go(world, send):
    assert send(world.stranger).status_code == 403


def test_a_rater_sees_only_their_own_ties(world, send):
    people.kin(world.zhou, world.sun_home)
    assert "孙" not in send(world.li).content.decode()
    assert "西片6号" not in send(world.li).content.decode()
    assert "西片6号" in send(world.clerk).content.decode()


def test_the_clerk_ends_a_mistake_with_a_reason(world, send):
    tie = people.kin(world.zhou, world.sun_home)
    url = reverse("kinship_end", args=[tie.key])
    assert send(world.clerk, {"why": ""}, url).status_code == 422
    assert send(world.clerk, {"why": "同名弄错了"}, url).url == PAGE
    tie.refresh_from_db()
    assert tie.ends


def test_a_rater_or_another_villages_clerk_cannot_end_a_tie(world, send):
    tie = people.kin(world.zhou, world.sun_home)
    for user in [world.zhou, world.elsewhere_clerk, world.wang]:
        assert send(user, {"why": "想评他"}, reverse("kinship_end", args=[tie.key])).status_code == 404
    tie.refresh_from_db()
    assert tie.ends is None


def test_the_clerk_cannot_end_their_own_tie(world, send):
    tie = people.kin(world.clerk, world.sun_home)
    assert send(world.clerk, {"why": "弄错了"}, reverse("kinship_end", args=[tie.key])).status_code == 403
