"""发一条试试: a message to oneself by every way one has chosen, to see whether it arrives."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4

from django.db import transaction
from django.urls import reverse

from governance import access
from governance.models import Division, Member, User
from governance.models.people import Role
from governance.refusals import Refused
from notifications import preferences
from notifications.models import Channel, Delivery, Message, Topic

KIND = "trial"
MOST, WITHIN = 3, timedelta(hours=1)
TITLE = "试一条"
TEXT = "您刚才要试一条通知，这就是。站内看得到，短信、邮件、微信里也收到了，说明发得到。"
SHORT = "联评：您要试的一条通知，收到就说明发得到，不用回。"


def check(user: User, *, at: datetime) -> None:
    """May somebody try now; raises Refused: too often within the hour, or in no village at all."""
    if _village(user, at) is None:
        raise Refused("您还没有绑定到户，也没有职务，没有通知可以试。")
    if Message.objects.filter(recipient=user, kind=KIND, made_at__gt=at - WITHIN).count() >= MOST:
        raise Refused(f"一小时里试过{MOST}次了。没收到的，先看看号码对不对，过一小时再试。")


@transaction.atomic
def send(*, by: User, at: datetime) -> list[str]:
    """Make a message to oneself and its deliveries, due at once whatever the hour. Raises Refused.

    Returns the channels besides the inbox; `notifications.sending` takes them from here.
    """
    User.objects.select_for_update(no_key=True).get(pk=by.pk)  # the limit holds for two clicks at once
    check(by, at=at)
    village, channels = _village(by, at), _chosen(by)
    message = Message.objects.create(
        village=village, cause=f"{KIND}:{uuid4()}", kind=KIND, topic=Topic.WORK, to=f"user:{by.key}", recipient=by,
        title=TITLE, text=TEXT, short=SHORT, path=reverse("how_told"), is_urgent=True, made_at=at,
    )  # fmt: skip
    Delivery.objects.bulk_create(
        [
            Delivery(
                village=village, message=message, channel=Channel.INBOX, state=Delivery.State.SENT, due_at=at, done_at=at
            ),
            *(Delivery(village=village, message=message, channel=channel, due_at=at) for channel in channels),
        ]
    )  # fmt: skip
    return channels


def _chosen(user: User) -> list[str]:
    """Every way by which somebody is told of anything, as far as it leads anywhere."""
    preference = preferences.of(user)
    chosen = {way for topic in Topic.values for way in preferences.channels(preference, topic)}
    usable = preferences.usable(user, preference)
    return [way for way in preferences.OUT if way in chosen & usable]


def _village(user: User, at: datetime) -> Division | None:
    """The village somebody works for or lives in."""
    works = access.villages(user, *Role, at=at).order_by("code").first()
    if works:
        return works
    home = Member.objects.filter(user=user, left_on__isnull=True).select_related("village").first()
    return home.village if home else None
