"""The calendar of who has something to do: read by somebody else's parser, opened by a secret address."""

import re
from datetime import date, datetime, timedelta
from unicodedata import east_asian_width

import pytest
import time_machine
from django.urls import reverse
from icalendar import Calendar

from governance.models import Member, Subject
from notifications import calendar, forgetting
from notifications.models import CalendarKey
from tests import people
from tests.months import Month
from tests.people import NOON
from workflows.queues import waiting_for

RENEW, STOP, FILE, PAGE = (
    reverse(name)
    for name in ("notify_calendar_renew", "notify_calendar_stop", "notify_calendar_file", "notify_calendar")
)


@pytest.fixture
def month(world):
    """November, open: every rater has a sheet to hand in."""
    with time_machine.travel(NOON, tick=False):
        yield Month(world, NOON, date(2026, 11, 1)).open()


def events(text: bytes) -> list:
    return list(Calendar.from_ical(text).walk("VEVENT"))


def feed(token: str) -> str:
    return reverse("notify_calendar_feed", args=[token])


def test_a_rater_sees_by_when_the_sheet_is_due(world, month):
    [waiting] = [one for one in waiting_for(world.li, at=NOON) if one.due]
    [event] = events(calendar.text_for(world.li, at=NOON))
    assert event["summary"] == "11月联户评议"
    assert event.decoded("dtstart") == waiting.due.astimezone(NOON.tzinfo).date()
    assert event.decoded("dtstamp") == NOON
    assert event["url"].endswith(waiting.url)
    alarms = [alarm.decoded("trigger") for alarm in event.walk("VALARM")]
    assert alarms == [timedelta(hours=-15), timedelta(hours=8)]


def test_an_entry_stays_the_same_one_from_day_to_day(world, month):
    first, later = (
        events(calendar.text_for(world.li, at=at))[0]["uid"] for at in (NOON, NOON + timedelta(hours=30))
    )
    assert first == later
    other = events(calendar.text_for(world.zhou, at=NOON))[0]["uid"]
    assert other != first


def test_what_is_late_says_so_and_rings_no_more(world, month):
    [event] = events(calendar.text_for(world.li, at=NOON + timedelta(days=40)))
    assert event["summary"] == "过期了：11月联户评议"
    assert not event.walk("VALARM")


def test_the_file_keeps_to_the_standard(world, month):
    """RFC 5545 3.1: CRLF, no line longer than 75 octets, none broken within a character."""
    text = calendar.text_for(world.li, at=NOON)
    assert text.endswith(b"\r\n")
    lines = text.split(b"\r\n")
    assert max(map(len, lines)) <= 75
    assert not [line for line in lines if b"\n" in line]
    assert any(east_asian_width(sign) == "W" for sign in text.decode())
    for line in lines:
        line.decode()


def test_a_comma_or_a_line_break_in_a_title_stays_within_it(world, month, monkeypatch):
    """Titles are ours today; a village's own words may come into one tomorrow."""
    [waiting] = [one for one in waiting_for(world.li, at=NOON) if one.due]
    evil = type(waiting)("评议, 核单; 签字\nEND:VEVENT", "", waiting.url_name, waiting.key, waiting.due)
    event = calendar._event(world.li, evil, NOON)
    [read] = Calendar.from_ical(b"BEGIN:VCALENDAR\r\n" + event.to_ical() + b"END:VCALENDAR\r\n").walk(
        "VEVENT"
    )
    assert read["summary"] == "评议, 核单; 签字\nEND:VEVENT"


def test_an_hour_that_matters_is_an_hour_in_the_calendar(world, month):
    [waiting] = [one for one in waiting_for(world.li, at=NOON) if one.due]
    ends = datetime(2026, 11, 20, 17, tzinfo=NOON.tzinfo)
    timed = type(waiting)("当面听", "", waiting.url_name, waiting.key, ends)
    event = calendar._event(world.li, timed, NOON)
    assert event.decoded("dtend") == ends
    assert "最晚11月20日 17:00" in event["description"]


def test_no_calendar_names_a_household_or_its_door(world, month):
    month.observe("block", world.wang_home, "block", chosen_tenths=20, grounds="占了", fact="柴堆")
    month.to_review()
    names = [row.name for model in (Subject, Member) for row in model.objects.all()]
    users = [
        world.li,
        world.shi,
        world.clerk,
        world.officer,
        world.supervisor,
        *world.council,
        *world.committee,
    ]
    texts = [calendar.text_for(user, at=NOON).decode().replace("\r\n ", "") for user in users]
    assert sum(text.count("BEGIN:VEVENT") for text in texts) > 3
    assert [name for name in names if any(name in text for text in texts)] == []
    assert not any("1号" in text for text in texts)


def test_the_secret_address_works_without_signing_in_and_is_kept_nowhere(world, month, client):
    token = calendar.subscribe(by=world.li, at=NOON)
    response = client.get(feed(token))
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert "private" in response["Cache-Control"]
    assert len(events(response.content)) == 1
    assert token.encode() not in bytes(CalendarKey.objects.get().digest)
    assert response.cookies == {}


def test_a_new_address_ends_the_old_one(world, month, client):
    old = calendar.subscribe(by=world.li, at=NOON)
    new = calendar.subscribe(by=world.li, at=NOON)
    assert client.get(feed(old)).status_code == 404
    assert client.get(feed(new)).status_code == 200
    assert client.get(feed("0" * 64)).status_code == 404


def test_who_stops_it_or_leaves_is_read_no_more(world, month, client):
    token = calendar.subscribe(by=world.li, at=NOON)
    assert calendar.unsubscribe(by=world.li)
    assert client.get(feed(token)).status_code == 404
    token = calendar.subscribe(by=world.li, at=NOON)
    world.li.is_active = False
    world.li.save()
    assert client.get(feed(token)).status_code == 404


def test_the_page_shows_the_address_once(world, month, client):
    client.force_login(world.li)
    response = client.post(RENEW)
    assert (response.status_code, response.url) == (302, PAGE)  # loading it again makes no other
    page = client.get(PAGE).content.decode()
    assert "只显示这一次" in page
    [token] = set(re.findall(r"(?<!notifications)/calendar/([\w-]+)\.ics", page))
    assert client.get(feed(token)).status_code == 200
    page = client.get(PAGE).content.decode()
    assert "已经有一个地址" in page
    assert ".ics" not in page.replace("lianping.ics", "")


@pytest.mark.parametrize(("address", "is_there"), [(RENEW, True), (STOP, False)])
def test_before_an_address_stops_working_it_is_asked_once_more(world, month, client, address, is_there):
    old = calendar.subscribe(by=world.li, at=NOON)
    client.force_login(world.li)
    assert "现在还没有改动" in client.post(address).content.decode()
    assert client.get(feed(old)).status_code == 200
    assert client.post(address, {"sure": "1"}).status_code == 302
    assert client.get(feed(old)).status_code == 404
    assert CalendarKey.objects.exists() is is_there


def test_the_session_holds_no_secret_that_opens_a_calendar(world, month, client):
    client.force_login(world.li)
    client.post(RENEW)
    [kept] = [value for key, value in client.session.items() if key.startswith("calendar")]
    page = client.get(PAGE).content.decode()
    [token] = set(re.findall(r"(?<!notifications)/calendar/([\w-]+)\.ics", page))
    assert token not in kept
    assert not [key for key in client.session.keys() if key.startswith("calendar")]  # noqa: SIM118


def test_the_file_is_there_for_who_has_a_post_only(world, month, client):
    client.force_login(world.li)
    response = client.get(FILE)
    assert response["Content-Disposition"] == 'attachment; filename="lianping.ics"'
    assert len(events(response.content)) == 1
    client.force_login(world.wang)
    assert client.get(FILE).status_code == 403
    assert client.post(RENEW).status_code == 403
    assert "您自己家的事" in client.get(PAGE).content.decode()


def test_who_has_nothing_to_do_has_an_empty_calendar(world, client):
    assert events(calendar.text_for(people.person("新党员", "rater", world.village), at=NOON)) == []


def test_a_closed_account_leaves_no_address_behind(world, month):
    calendar.subscribe(by=world.li, at=NOON)
    forgetting.forget(subject=None, users=[world.li], at=NOON)
    assert not CalendarKey.objects.exists()
