"""Whoever is told of something opens it at once: after each act every new message, as its reader, at that moment."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

import time_machine
from django.test import Client

from notifications import relay, reminders
from notifications.models import Message
from tests.people import World


@dataclass
class Opened:
    """What was told while it looked: kinds, and every page that did not open for whoever was led there."""

    world: World
    told: set[str] = field(default_factory=set)
    shut: list[str] = field(default_factory=list)
    last: int = 0

    def look(self, at: datetime) -> Opened:
        """Read on, remind, and open what is new."""
        with time_machine.travel(at, tick=False):
            relay.relay(self.world.village, at)
            reminders.remind_due(at)
            for message in (
                Message.objects.filter(pk__gt=self.last).select_related("recipient").order_by("pk")
            ):
                self.last = message.pk
                self.told.add(message.kind)
                if message.recipient:
                    self._open(message)
        return self

    def _open(self, message: Message) -> None:
        client = Client(raise_request_exception=False)
        client.force_login(message.recipient)
        status = client.get(message.path, follow=True).status_code
        if status != 200:
            self.shut.append(f"{message.kind}: {message.recipient} {message.path} {status}")
