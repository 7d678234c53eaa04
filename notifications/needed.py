"""Asked again before each letter: what was true when a message was queued need not be true when it leaves."""

from __future__ import annotations

from appeals.models import Objection
from governance.models import User
from notifications import kinds, preferences
from notifications.kinds.homes import Homes
from notifications.models import Delivery, Message, Preference, Topic
from notifications.trial import KIND as TRIAL


def is_trial(message: Message) -> bool:
    """Asked for by its reader, to be sent at once and whatever the hour."""
    return message.kind == TRIAL


def is_news(message: Message, user: User) -> bool:
    """May they still be told: what concerns a household goes out whether it was read in the inbox or not, but only to
    who still reads its file."""
    if not user.is_active or is_trial(message):
        return user.is_active
    if message.topic != Topic.HOME:
        return message.read_at is None
    kind = kinds.BY_NAME.get(message.kind)
    return not (kind and kind.who.is_of_file) or _reads(message, user)


def goes_by(row: Delivery, user: User, preference: Preference | None) -> bool:
    """Do they still want it by this way, and does the way lead to them. Asks nothing of who just tries it."""
    is_wanted = is_trial(row.message) or row.channel in preferences.channels(preference, row.message.topic)
    return is_wanted and bool(preferences.address(user, preference, row.channel))


def _reads(message: Message, user: User) -> bool:
    homes = Homes().of(message.subject_key)
    return any(user.pk in home.readers for home in homes) or _spoke(message, user)


def _spoke(message: Message, user: User) -> bool:
    """They said it themselves, and follow their own case wherever they live now."""
    event = message.event
    is_case = event is not None and event.about_type == Objection._meta.label_lower
    return is_case and Objection.objects.filter(key=event.about_id, for_member__user=user).exists()
