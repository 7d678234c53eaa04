"""What every way out promises: one call sends one text to one address, or says whether trying again can help."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


class SendError(Exception):
    """Nothing was sent, and a later try may work: no connection, the provider is busy, a rate limit."""


class AddressError(SendError):
    """Nothing was sent and no later try will help: the address or the template is refused. Given up at once."""


@dataclass(frozen=True)
class Letter:
    """One thing to send. `reference` stays the same at each try, so that a provider can tell a second try.

    `template` and `values` are for providers that send approved templates only (SMS, WeChat); `text` says the same
    in full for the others. None of it holds a name, a score or a reason.
    """

    to: str  # phone number, e-mail address, openid
    reference: str
    subject: str
    text: str
    url: str = ""  # absolute
    template: str = ""  # kind of the message, or "digest"
    values: tuple[tuple[str, str], ...] = ()


class Sender(Protocol):
    """Sends; safe to share between threads."""

    def send(self, letter: Letter) -> str:
        """Send one letter and return the provider's number for it. Raises SendError or AddressError."""
        ...
