"""An e-mail address counts once a code sent to it is typed back, in the same browser and within ten minutes.

What is waited for stands in the session: the address sealed, of the code a keyed hash.
"""

from __future__ import annotations

import secrets
from base64 import b64decode, b64encode
from collections.abc import MutableMapping
from datetime import datetime, timedelta
from uuid import uuid4

from django.core.cache import cache

from governance.crypto import keyring
from governance.models import User
from governance.refusals import Conflict, Invalid, Refused
from notifications import addresses
from notifications.channels import sender_for
from notifications.channels.base import AddressError, Letter, SendError
from notifications.models import Channel

KEY, PURPOSE = "email_waiting", "email.waiting"
VALID = timedelta(minutes=10)
TRIES = 5
SENT_PER_HOUR, HOUR = 5, 3600
NOT_HERE = "这里还没有开通邮件通知，请问村里的系统运维。"


def ask(*, email: str, session: MutableMapping, by: User, at: datetime) -> None:
    """Send a code to an address and remember in the session what is waited for.

    Raises Refused (no e-mail here, five codes this hour, or the mail server does not answer) or Invalid (refused address).
    """
    sender = sender_for(Channel.EMAIL)
    if sender is None:
        raise Refused(NOT_HERE)
    _count(by)
    code = f"{secrets.randbelow(10**6):06d}"
    try:
        sender.send(_letter(email, code))
    except AddressError as error:
        raise Invalid(email="这个邮箱收不了信，请核对有没有写错。") from error
    except SendError as error:
        raise Refused("邮件这会儿发不出去，请过几分钟再试。") from error
    session[KEY] = {
        "sealed": b64encode(keyring().encrypt(email, PURPOSE, by.key)).decode(),
        "code": _hash(code),
        "until": (at + VALID).timestamp(),
        "left": TRIES,
    }


def waiting(session: MutableMapping, *, by: User) -> str:
    """The address whose code is waited for; empty when none is."""
    found = session.get(KEY)
    return keyring().decrypt(b64decode(found["sealed"]), PURPOSE, by.key) if found else ""


def confirm(*, code: str, session: MutableMapping, by: User, at: datetime) -> str:
    """Take the code: the address is theirs from now on, and is returned.

    Raises Invalid for a wrong code, or Conflict once it is too old, tried too often or not waited for.
    """
    found, email = session.get(KEY), waiting(session, by=by)
    if not found or at.timestamp() > found["until"]:
        session.pop(KEY, None)
        raise Conflict("这个验证码过期了。请回去再发一次。")
    if not secrets.compare_digest(found["code"], _hash(code)):
        _wrong(session, found)
    del session[KEY]
    addresses.bind(channel=Channel.EMAIL, address=email, by=by, at=at)
    return email


def _wrong(session: MutableMapping, found: dict) -> None:
    left = found["left"] - 1
    if left <= 0:
        del session[KEY]
        raise Conflict(f"输错了{TRIES}次，这个验证码不能用了。请回去再发一次。")
    session[KEY] = {**found, "left": left}
    raise Invalid(code=f"验证码不对，请看看最新那封邮件。还能试{left}次。")


def _count(by: User) -> None:
    counter = f"email-codes:{by.pk}"
    cache.add(counter, 0, HOUR)
    if cache.incr(counter) > SENT_PER_HOUR:
        raise Refused(f"这一小时里已经发了{SENT_PER_HOUR}次验证码，请过一小时再试。")


def _letter(email: str, code: str) -> Letter:
    minutes = VALID.seconds // 60
    text = f"您的验证码是{code}，{minutes}分钟内有效。填上以后，联评的通知也会发到这个邮箱。\n\n不是您本人在办，不用管它。"
    return Letter(email, str(uuid4()), "联评邮箱验证码", text, template="code", values=(("code", code),))


def _hash(code: str) -> str:
    return keyring().blind_index(code, "email.code").hex()
