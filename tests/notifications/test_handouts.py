"""通知纸条: seen by clerk and asked helper, printed by the batch, noted once, taken back; the household sees who printed."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from governance.models import Consent, Event, Reading
from notifications.models import Delivery
from tests import people
from tests.notifications.messages import State, slip
from tests.people import NOON
from workflows.queues import waiting_for

REFUSED = {403, 404}


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def desk(world, client):
    client.force_login(world.clerk)
    return client


def see(client, world, name="handouts", **query) -> str:
    response = client.get(reverse(name, args=[world.village.code]), query)
    assert response.status_code == 200
    return response.content.decode()


def act(client, world, name, *slips, **data):
    keys = [str(each.key) for each in slips]
    return client.post(reverse(name, args=[world.village.code]), {"slip": keys, **data}, follow=True)


def states() -> set[str]:
    return set(Delivery.objects.values_list("state", flat=True))


def test_with_nothing_to_carry_the_page_says_so(desk, world):
    assert "没有等着送的纸条" in see(desk, world)
    assert "还没有送到的" in see(desk, world, "handouts_done")
    assert "没有要打印的" in see(desk, world, "handouts_print")


def test_households_stand_by_area_and_door_once_whatever_waits_for_them(desk, world):
    for home in (world.sun_home, world.zhao_home, world.liu_home, world.liu_home):
        slip(home)
    html = see(desk, world)
    assert "3户等着送" in html
    assert html.index("2号") < html.index("4号") < html.index("6号")
    assert "2张" in html
    assert "您的异议有了结果" not in html  # what it is about stands on the paper only


def test_a_household_is_found_by_area_door_or_exact_name(desk, world):
    slip(world.liu_home)
    slip(world.sun_home)
    assert "6号" not in see(desk, world, area=world.east.pk)
    assert "6号" not in see(desk, world, words="2号")
    assert "6号" not in see(desk, world, words="刘大婶")
    assert "没有找到" in see(desk, world, words="刘")


def test_ticked_households_are_printed_and_see_who_printed(desk, world):
    slip(world.liu_home)
    slip(world.sun_home)
    html = see(desk, world, "handouts_print", pick=[world.liu_home.key, "x"])
    assert "刘家户" in html
    assert "您的异议有了结果" in html
    assert "孙家户" not in html
    [reading] = Reading.objects.all()
    assert (reading.subject_key, reading.by, reading.role) == (world.liu_home.key, world.clerk, "clerk")
    assert "纸条" in reading.why


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ({"picked": "1"}, "请先选几户"),
        ({"area": "99999"}, "没看懂"),
        ({"picked": "1", "pick": "x"}, "请先选几户"),
    ],
)
def test_nothing_ticked_or_understood_is_never_the_whole_village(desk, world, query, says):
    slip(world.liu_home)
    response = desk.get(reverse("handouts_print", args=[world.village.code]), query, follow=True)
    html = response.content.decode()
    assert says in html
    assert "1户等着送" in html
    assert not Reading.objects.exists()


def test_a_page_that_is_loaded_again_is_one_look(desk, world):
    slip(world.liu_home)
    see(desk, world, "handouts_print")
    slip(world.sun_home)
    see(desk, world, "handouts_print")
    assert Reading.objects.count() == 2
    with time_machine.travel(NOON + timedelta(minutes=11), tick=False):
        see(desk, world, "handouts_print")
    assert Reading.objects.count() == 4


def test_what_concerns_one_adult_is_addressed_to_them(desk, world):
    slip(world.wang_home, user=world.wang)
    slip(world.wang_home)
    html = see(desk, world, "handouts_print")
    assert "王大爷　收" in html
    assert "王家户　收" in html


def test_nobody_is_asked_for_at_the_door_by_a_user_name(desk, world):
    world.wang.name = ""
    world.wang.save()
    slip(world.wang_home, user=world.wang)
    for page in ("handouts", "handouts_print"):
        html = see(desk, world, page)
        assert "王大爷" in html
        assert world.wang.username not in html


def test_a_batch_is_at_most_sixty_households(desk, world, monkeypatch):
    monkeypatch.setattr("notifications.handouts.AT_ONCE", 1)
    slip(world.liu_home)
    slip(world.sun_home)
    html = see(desk, world, "handouts_print")
    assert "送完这批再打印下一批" in html
    assert "孙家户" not in html


def test_a_batch_is_handed_over_and_taken_back(desk, world):
    batch = [slip(world.liu_home), slip(world.sun_home)]
    html = act(desk, world, "handouts_give", *batch, to="本人").content.decode()
    assert "2张记成送到了" in html
    assert states() == {State.SENT}
    assert set(Event.objects.values_list("name", flat=True)) == {"slip.handed_over"}
    assert "2张又在等着送" in act(desk, world, "handouts_undo", *batch).content.decode()
    assert states() == {State.WAITING}
    assert see(desk, world).count("送到了</button>") == 2


def test_the_done_list_says_to_whom(desk, world):
    act(desk, world, "handouts_give", slip(world.liu_home), to="同住的家里大人")
    html = see(desk, world, "handouts_done")
    assert "东片2号" in html
    assert "同住的家里大人" in html
    assert "没有找到" in see(desk, world, "handouts_done", words="99号")


def test_without_saying_to_whom_nothing_is_noted(desk, world):
    assert "请选纸条交给了谁" in act(desk, world, "handouts_give", slip(world.liu_home)).content.decode()
    assert states() == {State.WAITING}


def test_what_came_after_the_printing_is_not_noted_with_the_batch(desk, world):
    printed = slip(world.liu_home)
    later = slip(world.liu_home, title="后来的")
    act(desk, world, "handouts_give", printed, to="本人")
    later.refresh_from_db()
    assert later.state == State.WAITING


def test_what_somebody_noted_already_is_said_and_not_noted_twice(desk, world):
    one = slip(world.liu_home)
    act(desk, world, "handouts_give", one, to="本人")
    assert "已经有人记过了" in act(desk, world, "handouts_give", one, to="本人").content.decode()
    assert Event.objects.count() == 1


def test_who_carries_slips_finds_them_among_the_to_dos(desk, world):
    slip(world.liu_home)
    slip(world.liu_home)
    slip(world.sun_home)
    [todo] = [each for each in waiting_for(world.clerk, at=NOON) if "纸条" in each.title]
    assert (todo.title, todo.where) == ("通知纸条，2户等着送", "柳溪村")
    assert todo.url == reverse("handouts", args=[world.village.code])
    assert not [each for each in waiting_for(world.helper, at=NOON) if "纸条" in each.title]


def test_a_helper_sees_those_who_asked_for_one_and_nobody_else(client, world):
    client.force_login(world.helper)
    people.consent(world.head, Consent.Purpose.HELPER)
    slip(world.wang_home)
    other = slip(world.liu_home)
    html = see(client, world)
    assert "1号" in html
    assert "2号" not in html
    assert "刘家户" not in see(client, world, "handouts_print")
    act(client, world, "handouts_give", other, to="本人")
    other.refresh_from_db()
    assert other.state == State.WAITING


@pytest.mark.parametrize("who", ["li", "committee", "supervisor", "officer", "wang", "elsewhere_clerk"])
def test_nobody_else_reads_or_notes_them(client, world, who):
    user = getattr(world, who)
    client.force_login(user[0] if isinstance(user, list) else user)
    one = slip(world.liu_home)
    for name in ("handouts", "handouts_print", "handouts_done"):
        assert client.get(reverse(name, args=[world.village.code])).status_code in REFUSED
    assert act(client, world, "handouts_give", one, to="本人").status_code in REFUSED
    assert states() == {State.WAITING}


@pytest.mark.parametrize("name", ["handouts", "handouts_print", "handouts_done"])
def test_the_pages_ask_as_much_for_many_as_for_one(desk, world, name):
    counts, state = [], State.SENT if name == "handouts_done" else State.WAITING
    for homes in ([world.liu_home], [world.zhao_home, world.sun_home, world.shop, world.wang_home] * 7):
        for home in homes:
            Delivery.objects.filter(pk=slip(home).pk).update(state=state, done_at=NOON)
        with CaptureQueriesContext(connection) as seen:
            see(desk, world, name)
        counts.append(len(seen))
    assert counts[0] == counts[1]
