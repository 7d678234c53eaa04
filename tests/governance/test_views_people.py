"""人员和职务, 联户, 片, 天数和人数 by HTTP."""

from datetime import timedelta

import pytest
from django.urls import reverse

from governance import access, policies
from governance.models import Appointment, Area, Event, Policy, User
from tests import people

PASSWORD = "liuxi-cun-2026-hao"


@pytest.fixture
def desk(client, world):
    client.force_login(world.clerk)
    return client


def here(world, name, *more):
    return reverse(name, args=[world.village.code, *more])


def office(user) -> Appointment:
    return user.appointments.get()


def ending(user) -> str:
    return reverse("appointment_end", args=[office(user).key])


def test_somebody_gets_an_account_and_then_an_office(desk, world):
    filled = {"name": "韩党员", "username": "handangyuan", "password": PASSWORD}
    weak = desk.post(here(world, "account_new"), {**filled, "password": "123"})
    assert weak.status_code == 422
    assert "123" not in weak.context["form"].as_p()  # a password is never sent back
    made = desk.post(here(world, "account_new"), filled)
    user = User.objects.get(username="handangyuan")
    assert made.url == f"{here(world, 'appoint')}?user={user.key}"
    assert f'value="{user.key}" selected' in desk.get(made.url).text
    desk.post(here(world, "appoint"), {"user": user.key, "role": "rater"})
    assert office(user).role == "rater"
    again = desk.post(here(world, "appoint"), {"username": "handangyuan", "role": "rater"})
    assert again.status_code == 409


def test_nobody_appoints_themself_and_a_leader_needs_an_area(desk, world):
    own = desk.post(here(world, "appoint"), {"user": world.clerk.key, "role": "council"})
    assert own.status_code == 403
    assert "不能自己任命自己" in own.text
    leader = desk.post(here(world, "appoint"), {"user": world.zhou.key, "role": "leader"})
    assert leader.status_code == 422
    assert "要选一个片" in leader.text


def test_offices_above_the_village_and_unknown_names_are_not_on_offer(desk, world):
    assert desk.post(here(world, "appoint"), {"user": world.zhou.key, "role": "officer"}).status_code == 422
    unknown = desk.post(here(world, "appoint"), {"username": "nobody", "role": "rater"})
    assert "没有这个登录名" in unknown.text


def test_an_office_ends_with_a_successor_after_what_passes_on_was_said(desk, world):
    url = ending(world.li)
    told = desk.post(url, {"successor": world.shi.key, "why": "外出打工"})
    assert "3户也由他联" in told.text
    assert office(world.li).ends is None
    desk.post(url, {"successor": world.shi.key, "why": "外出打工", "sure": "1"})
    assert office(world.li).ends < access.today()
    assert world.wang_home.links.get(ends__isnull=True).rater == world.shi
    assert desk.post(url, {"why": "外出打工", "sure": "1"}).status_code == 409


def test_an_election_ends_many_offices_in_one_act_or_none(desk, world):
    url = here(world, "election")
    lin, zheng = (office(user) for user in world.council[:2])
    assert "还没有勾上谁离任" in desk.post(url, {"why": "换届"}).text
    filled = {f"end_{lin.key}": "on", f"end_{zheng.key}": "on", f"to_{lin.key}": world.gao.key, "why": "换届"}
    assert "高组长接替" in desk.post(url, filled).text
    bad = desk.post(url, {**filled, f"to_{zheng.key}": world.supervision.key, "sure": "1"})
    assert bad.status_code == 403
    assert not Appointment.objects.filter(ends__isnull=False).exists()
    desk.post(url, {**filled, "sure": "1"})
    assert Appointment.objects.filter(role="council", ends__isnull=False).count() == 2
    assert world.gao.appointments.filter(role="council").exists()


def test_the_only_clerk_cannot_be_ended_without_a_successor(desk, world):
    answer = desk.post(ending(world.clerk), {"why": "退休", "sure": "1"})
    assert answer.status_code == 403
    assert "只有这一位文书" in answer.text


def test_many_households_go_to_another_rater_in_one_act(desk, world):
    url = f"{here(world, 'links')}?rater={world.li.key}"
    homes = [world.wang_home, world.liu_home]
    filled = {"subjects": [home.key for home in homes], "rater": world.zhou.key, "why": "分得匀一点"}
    people.kin(world.zhou, world.wang_home)
    assert "是他的亲属" in desk.post(url, filled).text
    assert {home.links.get(ends__isnull=True).rater for home in homes} == {world.li}
    desk.post(url, {**filled, "sure": "1"})
    assert {home.links.get(ends__isnull=True).rater for home in homes} == {world.zhou}
    assert desk.post(url, {**filled, "sure": "1"}).status_code == 422  # no longer on this list


def test_own_home_among_many_stops_all_of_them(desk, world):
    url = f"{here(world, 'links')}?rater={world.zhou.key}"
    filled = {
        "subjects": [world.zhao_home.key, world.li_home.key],
        "rater": world.li.key,
        "why": "分得匀一点",
    }
    answer = desk.post(url, {**filled, "sure": "1"})
    assert answer.status_code == 403
    assert world.zhao_home.links.get(ends__isnull=True).rater == world.zhou


def test_households_without_a_rater_are_counted_and_get_one(desk, world):
    home = people.household("30号", world.west, "马大哥")
    assert "1户" in desk.get(here(world, "links")).text
    url = f"{here(world, 'links')}?rater=none"
    desk.post(url, {"subjects": [home.key], "rater": world.li.key, "why": "新来的", "sure": "1"})
    assert home.links.get().rater == world.li
    assert "这里一户也没有" in desk.get(url).text
    assert desk.get(f"{here(world, 'links')}?rater=somebody").status_code == 404


def test_the_checklist_says_what_comes_next(desk, world):
    assert "都办齐了" in desk.get(here(world, "village")).text
    world.wang_home.links.all().delete()
    assert "还有1户没有人联" in desk.get(here(world, "village")).text
    desk.force_login(world.elsewhere_clerk)
    empty = desk.get(reverse("village", args=[world.elsewhere.code])).text
    assert "还没有联户党员、承包组长" in empty


def test_areas_are_added_and_renamed_and_never_twice(desk, world):
    desk.post(here(world, "area_new"), {"name": "南片"})
    assert world.village.areas.last().name == "南片"
    assert "已经有这个片了" in desk.post(here(world, "area_new"), {"name": "东片"}).text
    desk.post(here(world, "area_edit", world.east.pk), {"name": "河东片"})
    world.east.refresh_from_db()
    assert world.east.name == "河东片"
    assert Event.objects.filter(name="area.renamed").count() == 1
    other = Area.objects.get(village=world.elsewhere)
    assert desk.post(here(world, "area_edit", other.pk), {"name": "某片"}).status_code == 404


def test_a_number_is_set_from_a_day_on_within_its_bounds_and_with_its_source(desk, world):
    url = here(world, "policy_set", "publication_days")
    today = access.today()
    filled = {"value": "7", "starts": str(today), "source": "11月村民代表会议"}
    assert "5到30" in desk.post(url, {**filled, "value": "3"}).text
    assert desk.post(url, {**filled, "source": ""}).status_code == 422
    assert desk.post(url, {**filled, "starts": str(today - timedelta(days=1))}).status_code == 422
    assert not Policy.objects.exists()
    desk.post(url, filled)
    assert policies.value("publication_days", world.village, today) == 7
    assert "已经定过一回" in desk.post(url, filled).text
    assert desk.get(here(world, "policy_set", "no-such-number")).status_code == 404


def test_points_are_typed_as_points_and_kept_in_tenths(desk, world):
    url = here(world, "policy_set", "large_tenths")
    later = access.today() + timedelta(days=30)
    desk.post(url, {"value": "7.5", "starts": str(later), "source": "理事会商定"})
    assert policies.value("large_tenths", world.village, later) == 75
    assert "起是7.5分" in desk.get(here(world, "policy")).text.replace("</time>", "")
    assert desk.post(url, {"value": "7.55", "starts": str(later), "source": "理事会"}).status_code == 422
