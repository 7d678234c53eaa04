"""The post office of these tests, and letters that wait for it."""

from __future__ import annotations

from datetime import timedelta
from itertools import count

from django.utils import timezone

from notifications.models import Channel, Delivery
from tests.notifications.made import row, with_phone
from tests.notifications.senders import Sender
from tests.people import account, village

OFFICE = Sender()
_codes = count(990101200000)
State = Delivery.State


def letter(age: timedelta = timedelta(), **fields) -> Delivery:
    """One SMS that has been due for so long."""
    due, n = timezone.now() - age, next(_codes)
    reader = with_phone(account("王大爷"), f"139{n % 10**8:08d}")
    told = row(village(code=str(n)), reader, at=due, kind="letter")  # of no file: sent whoever reads one
    values = {"state": State.WAITING, "due_at": due, **fields}
    return Delivery.objects.create(village=told.village, message=told, channel=Channel.SMS, **values)


def settled(age: timedelta = timedelta()) -> list[Delivery]:
    """One in each state after which nothing is sent."""
    return [letter(age, state=state) for state in (State.SENT, State.FAILED, State.DROPPED)]


def taken(delivery: Delivery) -> int:
    """How often the office took this letter."""
    return sum(each.reference == str(delivery.key) for each in OFFICE.letters)
