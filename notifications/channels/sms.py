"""SMS behind one interface: a log line (console), memory (inbox, for the demo and tests), or Alibaba Cloud."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from uuid import uuid4

from django.conf import settings

from governance import accounts
from notifications.channels.aliyun import Aliyun
from notifications.channels.base import Letter, Sender, SendError

log = logging.getLogger("lianping.sms")
KEPT = 50


@dataclass(frozen=True)
class Console:
    """Writes a log line instead: masked number and length; the text only where a developer looks on."""

    shows_text: bool

    def send(self, letter: Letter) -> str:
        """Log; nothing leaves the house."""
        masked = f"{letter.to[:3]}****{letter.to[-4:]}"
        log.info("短信 %s：%s", masked, letter.text if self.shows_text else f"{len(letter.text)}个字")
        return letter.reference


class Inbox:
    """Keeps the last ones in memory."""

    def send(self, letter: Letter) -> str:
        """Keep; nothing leaves the house."""
        accounts.OUTBOX.append((letter.to, letter.text))
        del accounts.OUTBOX[:-KEPT]
        return letter.reference


def sender() -> Sender:
    """What SMS_BACKEND names."""
    if settings.SMS_BACKEND == "aliyun":
        return _aliyun(json.dumps(settings.SMS_ALIYUN, sort_keys=True))
    return Inbox() if settings.SMS_BACKEND == "inbox" else Console(settings.DEBUG)


def configured() -> Sender | None:
    """As `sender`, but None where an SMS would end in the log of a real installation: nobody would be told."""
    return sender() if settings.SMS_BACKEND != "console" or settings.DEBUG else None


def send_now(phone: str, text: str, *, template: str, values: Mapping[str, str]) -> None:
    """Send a phone code or the like while somebody waits; settings.SMS_SENDER for the layers below.

    Raises governance.accounts.NotSent, whose sentence is the same whatever went wrong and whosever number it is.
    """
    letter = Letter(phone, uuid4().hex, "", text, template=template, values=tuple(values.items()))
    try:
        sender().send(letter)
    except SendError as error:
        log.warning("短信没有发出去：%s", error)
        raise accounts.NotSent(accounts.NOT_SENT) from error


@lru_cache(maxsize=4)
def _aliyun(config: str) -> Aliyun:
    return Aliyun(**json.loads(config))
