"""The secrets of second factors, sealed like personal words: who reads a backup cannot make a code.

allauth keeps them as text inside JSON and names no row, so a text is bound to its purpose only. What was stored in
clear before goes on opening, and is sealed by the next `manage.py rotate_keys`.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Iterator
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.db import transaction

from governance.crypto import keyring

PREFIX, PURPOSE, NO_ROW = "sealed:", "authenticator.secret", UUID(int=0)
NAMES = ("secret", "seed")  # of a TOTP key, of recovery codes


def seal(text: str) -> str:
    """A secret as it is stored."""
    return PREFIX + b64encode(keyring().encrypt(text, PURPOSE, NO_ROW)).decode()


def opened(text: str) -> str:
    """A secret as it is used. Raises crypto.DecryptionError."""
    return keyring().decrypt(_bytes(text), PURPOSE, NO_ROW) if text.startswith(PREFIX) else text


def sealed_in(data: dict) -> Iterator[bytes]:
    """The sealed texts of an authenticator's data, for what must know their keys."""
    yield from (_bytes(data[name]) for name in NAMES if data.get(name, "").startswith(PREFIX))


def reseal() -> int:
    """Seal under the primary key what is not; returns how many rows. Raises crypto.DecryptionError."""
    return sum(_reseal(pk) for pk in Authenticator.objects.order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def _reseal(pk: int) -> int:
    row = Authenticator.objects.select_for_update(no_key=True).filter(pk=pk).first()
    old = [name for name in NAMES if row and name in row.data and not _is_current(row.data[name])]
    for name in old:
        row.data[name] = seal(opened(row.data[name]))
    if old:
        row.save(update_fields=["data"])
    return bool(old)


def _is_current(text: str) -> bool:
    return text.startswith(PREFIX) and keyring().is_current(_bytes(text))


def _bytes(text: str) -> bytes:
    return b64decode(text.removeprefix(PREFIX))
