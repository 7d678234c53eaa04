"""Which places are verified: every village, and whatever else has a log, whatever its row says it is."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from governance import appointments
from governance.models import Division, Entry, Event, User
from governance.verifying import verify_all
from tests.people import NOON
from tests.vouched import begin, edit, found, told
from transparency.models import Log

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(world, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return told(world)


def verified(*codes: str) -> tuple[int, str]:
    """The exit status and what the command says."""
    out = StringIO()
    try:
        call_command("verify_log", *(word for code in codes for word in ("--village", code)), stdout=out)
    except SystemExit as stopped:
        return stopped.code, out.getvalue()
    return 0, out.getvalue()


def test_a_village_that_is_called_a_township_is_verified_all_the_same(world, case):
    line = Entry.objects.last()
    edit(line, "raw_tenths", 999)
    edit(world.village, "level", "township")
    for codes in ((), (world.village.code,)):
        status, says = verified(*codes)
        assert status == 1
        assert f"{world.village.code} governance_entry {line.key}" in says


def test_the_log_of_a_township_is_verified(world):
    begin(world)
    operator = User.objects.create(username="root", name="根", is_superuser=True)
    appointments.appoint(
        user=world.stranger, role="officer", division=world.township, starts=NOON.date(), by=operator, at=NOON
    )
    event = Event.objects.get(village=world.township)
    edit(event, "role", "clerk")
    status, says = verified(world.township.code)
    assert status == 1
    assert f"{world.township.code} governance_event {event.pk}：role" in says
    assert world.township.code in {each.village.code for each in verify_all()}


def test_a_log_of_no_place_is_a_break(world, case):
    edit(Log.objects.get(), "village", "990101999999")
    status, says = verified("990101999999")
    assert status == 1
    assert "990101999999 governance_division 990101999999：" in says


@pytest.mark.parametrize("code", ["000", "990101103000", "990101103299"])
def test_a_place_without_a_log_is_no_success(world, code):
    Division.objects.create(code="990101103299", name="新村", level="village", parent=world.township)
    with pytest.raises(CommandError, match="核对12位代码"):
        call_command("verify_log", "--village", code, stdout=StringIO())


def test_a_village_nobody_asked_for_may_have_no_log_yet(world):
    begin(world)
    assert world.elsewhere.code in {each.village.code for each in verify_all()}
    assert found(world).breaks == []
