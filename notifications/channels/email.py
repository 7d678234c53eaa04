"""E-mail by SMTP, plain text; the same Message-ID at each try, so that a second one is filed as the first."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from smtplib import SMTPDataError, SMTPException, SMTPRecipientsRefused, SMTPResponseException
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.urls import reverse

from notifications.channels.base import AddressError, Letter, Sender, SendError

# What a server says of a mailbox that is not there: RFC 3463 5.1.x (not .7 and .8, which are about the sender), or in
# words. Anything else it says to a recipient (too many letters today, not this sender) is for the operator to mend.
NOBODY = re.compile(
    r"^5\.1\.[0-6]\b|unknown (user|recipient|mailbox)|(user|recipient|mailbox) (is )?(unknown|not found)"
    r"|no such (user|recipient|mailbox)|does not exist|用户不存在",
    re.IGNORECASE,
)
OF_MAILBOX = {501, 550, 551, 553}


@dataclass(frozen=True)
class Smtp:
    """Sends by one mail server; `connection` is what Django's get_connection takes."""

    connection: dict = field(repr=False)
    sender: str
    site: str

    def send(self, letter: Letter) -> str:
        """Send one e-mail; returns its Message-ID. Raises AddressError when the address is refused, or SendError."""
        number = f"<{letter.reference}@{urlsplit(self.site).hostname}>"
        connection = get_connection(**self.connection)
        try:
            self._message(letter, number, connection).send()
        except SMTPRecipientsRefused as error:
            raise _turned_away(*next(iter(error.recipients.values()))) from None
        except SMTPResponseException as error:
            raise _answered(error) from None
        except (OSError, SMTPException) as error:
            raise SendError(f"邮件服务器：{type(error).__name__}") from None
        except ValueError:  # a line break in an address or header
            raise AddressError("收件地址写得不对") from None
        finally:
            _hang_up(connection)
        return number

    def _message(self, letter: Letter, number: str, connection) -> EmailMessage:
        return EmailMessage(
            subject=" ".join(letter.subject.split()),
            body="\n\n".join(filter(None, [letter.text, letter.url, self._footer()])),
            from_email=self.sender,
            to=[letter.to],
            connection=connection,
            headers={
                "Message-ID": number,
                "Auto-Submitted": "auto-generated",  # RFC 3834: no holiday notes in return
                "List-Unsubscribe": f"<{self._preferences()}>",
            },
        )

    def _footer(self) -> str:
        return f"-- \n联评自动发的，请不要回复。不想再收邮件，在这里改：{self._preferences()}"

    def _preferences(self) -> str:
        return self.site + reverse("notify_email")


def configured() -> Sender | None:
    """The sender of EMAIL_URL; None without."""
    config = settings.EMAIL and {**settings.EMAIL, "site": settings.SITE_URL}
    return _smtp(json.dumps(config, sort_keys=True)) if config else None


def _hang_up(connection) -> None:
    """Django leaves the line open when the server refuses encryption or password."""
    with suppress(OSError, SMTPException):
        connection.close()


def _turned_away(code: int, words: bytes) -> SendError:
    """Given up only where the server says plainly that there is no such mailbox."""
    is_nobody = code in OF_MAILBOX and NOBODY.search(words.decode(errors="replace"))
    return (AddressError if is_nobody else SendError)(f"收件地址：{code}")


def _answered(error: SMTPResponseException) -> SendError:
    """A refused letter is given up; a refused call, sender or password is for the operator to mend, then it goes out."""
    is_letters = isinstance(error, SMTPDataError) and error.smtp_code // 10 in (55, 50)
    return (AddressError if is_letters else SendError)(f"邮件服务器：{error.smtp_code}")


@lru_cache(maxsize=4)
def _smtp(config: str) -> Smtp:
    return Smtp(**json.loads(config))
