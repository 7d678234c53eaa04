"""Where a person is reached beside inbox and phone: an e-mail address or a WeChat openid, once proved to be theirs.

An account's own, no matter of a village: nothing here is an event of a log. Both are kept encrypted.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from governance.models import User
from notifications import preferences
from notifications.models import Channel


def address_of(user: User, channel: Channel) -> str:
    """The address somebody proved to be theirs; empty when none."""
    return preferences.address(user, preferences.of(user), channel)


def bind(*, channel: Channel, address: str, by: User, at: datetime) -> None:
    """Keep an address that `by` has just proved to be theirs, instead of an earlier one."""
    _set(channel, address, by, at)


def unbind(*, channel: Channel, by: User, at: datetime) -> bool:
    """Forget the address; nothing goes there any more. Returns whether there was one."""
    if not address_of(by, channel):
        return False
    _set(channel, None, by, at)
    return True


@transaction.atomic
def _set(channel: Channel, address: str | None, by: User, at: datetime) -> None:
    User.objects.select_for_update(no_key=True).get(pk=by.pk)  # two pages open at once make one row
    row = preferences.of(by)
    setattr(row, channel.value, address)  # the columns are called as the channels are
    row.changed_at = at
    row.save()
