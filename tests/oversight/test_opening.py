"""A supervisor opens a named household's file with a reason, logged, shown to the household, for half an hour."""

from datetime import timedelta

import pytest
import time_machine
from django.http import HttpResponse
from django.urls import include, path, reverse
from django.utils import timezone

from governance.models import Reading
from governance.models.people import Role
from governance.readings import log_reading
from governance.refusals import Invalid, Refused
from oversight import opening
from oversight.opening import HOLDS, for_opened_file, open_file, pass_for
from tests import people
from tests.people import NOON

pytestmark = pytest.mark.urls(__name__)
WHY = "查第3号异议的减分"


@for_opened_file
def file(request, subject):
    """A page behind the gate: what it shows is the household's name."""
    return HttpResponse(f'<title>档案</title><link rel="icon" href="data:,">档案：{subject.name}')


urlpatterns = [path("", include("config.urls")), path("file/<uuid:key>/", file, name="test_file")]


@pytest.fixture
def at_noon():
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


@pytest.fixture
def see(client, world, at_noon):
    def page(home, user=None):
        client.force_login(user or world.supervisor)
        return client.get(reverse("test_file", args=[home.key]), {"q": "1"})

    return page


@pytest.fixture
def write(client, world, at_noon):
    def post(home, why=WHY, user=None):
        client.force_login(user or world.supervisor)
        return client.post(reverse("test_file", args=[home.key]) + "?q=1", {"open_why": why})

    return post


def is_gate(page) -> bool:
    return "先写为什么" in page.content.decode()


def test_a_file_opens_once_the_reason_is_written_and_leads_back_to_the_same_address(world, see, write):
    page = see(world.wang_home)
    assert is_gate(page)
    assert "王" not in page.content.decode()
    done = write(world.wang_home)
    assert (done.status_code, done["Location"]) == (
        302,
        reverse("test_file", args=[world.wang_home.key]) + "?q=1",
    )
    assert "档案：王家户" in see(world.wang_home).content.decode()


def test_the_household_reads_who_looked_when_and_why(world, write, client):
    write(world.wang_home)
    client.force_login(world.wang)
    html = client.get(reverse("my_readings")).content.decode()
    assert "县镇监督 温监督" in html
    assert WHY in html
    assert "11月16日" in html
    assert "12:00" in html


@pytest.mark.parametrize("why", ["", "   ", "核实", "看" * 201])
def test_without_a_reason_nothing_opens_and_nothing_is_noted(world, see, write, why):
    assert write(world.wang_home, why).status_code == 422
    assert not Reading.objects.exists()
    assert is_gate(see(world.wang_home))


def test_after_half_an_hour_the_reason_is_asked_again(world, see, write, at_noon):
    write(world.wang_home)
    at_noon.move_to(NOON + HOLDS - timedelta(seconds=1))
    assert not is_gate(see(world.wang_home))
    at_noon.move_to(NOON + HOLDS)
    assert is_gate(see(world.wang_home))
    write(world.wang_home, "再核对第3号异议")
    assert not is_gate(see(world.wang_home))
    assert Reading.objects.count() == 2


def test_one_reason_opens_one_file_for_one_reader(world, see, write):
    write(world.wang_home)
    assert is_gate(see(world.liu_home))
    colleague = people.person("边监督", Role.SUPERVISOR, world.county)
    assert is_gate(see(world.wang_home, colleague))
    assert is_gate(see(world.wang_home, world.supervision))


def test_what_another_page_noted_about_the_reader_opens_nothing(world, see):
    look = {"user": world.supervisor, "role": Role.SUPERVISOR, "at": NOON}
    log_reading(subject=world.wang_home, why="办异议YY-2026-0001", **look)
    assert is_gate(see(world.wang_home))


def test_the_village_s_own_supervision_may_too(world, see, write):
    write(world.wang_home, user=world.supervision)
    assert not is_gate(see(world.wang_home, world.supervision))
    assert Reading.objects.get().role == Role.SUPERVISION


def test_own_household_and_kin_stay_closed_before_and_after_a_reason(world, see, write):
    write(world.wang_home)
    people.kin(world.supervisor, world.wang_home)
    page = see(world.wang_home)
    assert page.status_code == 403
    assert "亲属" in page.content.decode()
    people.adult(world.liu_home, "温监督", world.supervisor)
    for answer in (see(world.liu_home), write(world.liu_home)):
        assert answer.status_code == 403
        assert "您自己家" in answer.content.decode()
    assert Reading.objects.count() == 1


def test_a_household_of_another_place_is_not_found(world, see, write):
    place = people.Division.objects.create(code="990101104000", name="外镇", level="township")
    other = people.person("外镇监督", Role.SUPERVISOR, place)
    assert see(world.wang_home, other).status_code == 404
    assert write(world.wang_home, user=other).status_code == 404
    assert see(world.elsewhere_home, world.supervision).status_code == 404
    assert not Reading.objects.exists()


def test_who_supervises_nothing_finds_nothing(world, see):
    for user in (world.clerk, world.officer, world.operator, world.wang, world.stranger):
        assert see(world.wang_home, user).status_code == 404


def test_the_pass_ends_with_the_office(world, see, write):
    write(world.wang_home)
    world.supervisor.appointments.update(ends=NOON.date() - timedelta(days=1))
    assert see(world.wang_home).status_code == 404


def test_a_visitor_is_sent_to_sign_in(world, client):
    answer = client.get(reverse("test_file", args=[world.wang_home.key]))
    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("account_login"))


def test_the_service_asks_all_of_it_itself(world):
    people.kin(world.supervisor, world.liu_home)
    for home, by, why, refusal in (
        (world.wang_home, world.clerk, WHY, Refused),
        (world.liu_home, world.supervisor, WHY, Refused),
        (world.wang_home, world.supervisor, " ", Invalid),
    ):
        with pytest.raises(refusal):
            open_file(home, why=why, by=by, at=NOON)
    assert pass_for(world.wang_home, by=world.supervisor, at=NOON) is None
    made = open_file(world.wang_home, why=WHY, by=world.supervisor, at=NOON)
    assert pass_for(world.wang_home, by=world.supervisor, at=NOON) == made
    assert opening.subjects(world.supervision, at=timezone.now()).filter(pk=world.wang_home.pk).exists()
