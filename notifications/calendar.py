"""A calendar file (RFC 5545) of what waits for somebody and by when, to be read by the calendar of their phone.

Calendars are kept by others, so an entry says what and by when, never whose: no household, no door, no village.
"""

from __future__ import annotations

import hashlib
import secrets
from base64 import b64decode, b64encode
from collections.abc import MutableMapping
from datetime import UTC, date, datetime, timedelta
from uuid import NAMESPACE_URL, uuid5

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from icalendar import Alarm, Calendar, Event

from governance import access
from governance.crypto import keyring
from governance.deadlines import end_of
from governance.models import User
from governance.models.people import Role
from governance.refusals import Refused
from notifications.models import CalendarKey
from notifications.site import absolute
from workflows.queues import Waiting, waiting_for

KEPT = "calendar.token"
NAME = "联评：要我办的事"
OFFICES = frozenset(Role)
REFRESH = timedelta(hours=1)
# Before the beginning of the last day: nine in the morning of the day before; after it: eight that day.
ALL_DAY_ALARMS = (timedelta(hours=-15), timedelta(hours=8))
TIMED_ALARMS = (timedelta(days=-1), timedelta(hours=-2))
TIMED = timedelta(minutes=30)


def check_works(user: User, *, at: datetime) -> None:
    """Calendars are for who works for a village or above it; raises Refused for anybody else."""
    if not access.roles_of(user, at=at) & OFFICES:
        raise Refused("日历给村里、镇上办事的人用。您自己家的事，在“通知”里看就行。")


@transaction.atomic
def subscribe(*, by: User, at: datetime) -> str:
    """A new secret for an address that needs no signing in; an earlier one stops working. Raises Refused.

    Shown once: only its digest is kept. 192 bits of chance need no key to stay unguessable.
    """
    check_works(by, at=at)
    token = secrets.token_urlsafe(24)
    CalendarKey.objects.update_or_create(user=by, defaults={"digest": _digest(token), "made_at": at})
    return token


def keep(token: str, session: MutableMapping, *, by: User) -> None:
    """Carry a new secret to the next page, sealed: a page that is loaded again must make no other."""
    session[KEPT] = b64encode(keyring().encrypt(token, KEPT, by.key)).decode()


def take(session: MutableMapping, *, by: User) -> str:
    """The secret that was kept, once; empty afterwards."""
    found = session.pop(KEPT, None)
    return keyring().decrypt(b64decode(found), KEPT, by.key) if found else ""


def unsubscribe(*, by: User) -> bool:
    """Make the address stop working; returns whether there was one."""
    return bool(CalendarKey.objects.filter(user=by).delete()[0])


def made_at(user: User) -> datetime | None:
    """Since when somebody has an address; None without."""
    return CalendarKey.objects.filter(user=user).values_list("made_at", flat=True).first()


def owner(token: str) -> User | None:
    """Whose address this is; None for a wrong or replaced one, and for an account that is closed."""
    row = (
        CalendarKey.objects.select_related("user").filter(digest=_digest(token), user__is_active=True).first()
    )
    return row and row.user


def text_for(user: User, *, at: datetime) -> bytes:
    """The calendar of one user as of now: what has a day by which it must be done."""
    calendar = Calendar()
    calendar.add("prodid", "-//Lianping//zh-Hans//")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", NAME)
    calendar.add("refresh-interval", REFRESH, parameters={"value": "DURATION"})
    for waiting in waiting_for(user, at=at):
        if waiting.due:
            calendar.add_component(_event(user, waiting, at))
    return calendar.to_ical()


def _event(user: User, waiting: Waiting, at: datetime) -> Event:
    """One entry; its UID stays the same as long as the same is asked, so that calendars move it, not double it."""
    asked = f"{user.key}:{waiting.url_name}:{waiting.key}:{waiting.title}"
    event, late = Event(), waiting.due < at
    event.add("uid", f"{uuid5(NAMESPACE_URL, asked)}@{settings.LOG_ORIGIN}")
    event.add("dtstamp", at.astimezone(UTC))
    event.add("summary", f"过期了：{waiting.title}" if late else waiting.title)
    event.add("description", f"{_by_when(waiting.due)}请登录联评办：{absolute(waiting.url)}")
    event.add("url", absolute(waiting.url))
    event.add("transp", "TRANSPARENT")
    alarms = _when(event, waiting.due)
    for before in () if late else alarms:
        event.add_component(_alarm(waiting.title, before))
    return event


def _when(event: Event, due: datetime) -> tuple[timedelta, ...]:
    """The last day, or where the hour matters the half hour before it; returns when to remind."""
    day = timezone.localdate(due)
    if due >= end_of(day):
        event.add("dtstart", day)
        event.add("dtend", day + timedelta(days=1))
        return ALL_DAY_ALARMS
    event.add("dtstart", (due - TIMED).astimezone(UTC))
    event.add("dtend", due.astimezone(UTC))
    return TIMED_ALARMS


def _alarm(title: str, before: timedelta) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", title)
    alarm.add("trigger", before)
    return alarm


def _by_when(due: datetime) -> str:
    day: date = timezone.localdate(due)
    hour = "" if due >= end_of(day) else timezone.localtime(due).strftime(" %H:%M")
    return f"最晚{day.month}月{day.day}日{hour}。"


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
