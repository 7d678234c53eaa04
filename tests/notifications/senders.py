"""A way out of the house that keeps what it was given, and fails when it is told to: the outside world of a test."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from notifications.channels.base import Letter
from notifications.models import Channel


@dataclass
class Sender:
    """Takes letters; `fails` are raised first, one a letter."""

    letters: list[Letter] = field(default_factory=list)
    fails: list[Exception] = field(default_factory=list)

    def send(self, letter: Letter) -> str:
        """Keep a letter, or raise what was set."""
        if self.fails:
            raise self.fails.pop(0)
        self.letters.append(letter)
        return f"no-{len(self.letters)}"


@pytest.fixture
def senders(monkeypatch) -> dict[str, Sender]:
    """SMS, e-mail and WeChat as this installation's ways out."""
    found = {channel: Sender() for channel in (Channel.SMS, Channel.EMAIL, Channel.WECHAT)}
    monkeypatch.setattr("notifications.channels.sender_for", found.get)
    return found


@pytest.fixture
def nobody_sends(monkeypatch) -> None:
    """An installation without any way out of the house."""
    monkeypatch.setattr("notifications.channels.sender_for", lambda channel: None)
