"""What is forgotten here with a household or an account: addresses, and what still waits to be sent or handed over."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from governance.models import Subject, User
from notifications.models import CalendarKey, Delivery, Preference
from rights.forgetting import ON_FORGOTTEN

OPEN = (Delivery.State.WAITING, Delivery.State.SENDING)


def forget(*, subject: Subject | None, users: list[User], at: datetime) -> None:
    """Delete addresses and preferences of closed accounts and drop what waits for them, or for the household on paper.

    Messages stay: they hold no name, no address and no words of a household.
    """
    for model in (Preference, CalendarKey):
        model.objects.filter(user__in=users).delete()
    theirs = Q(message__recipient__in=users)
    if subject:
        theirs |= Q(message__recipient=None, message__subject_key=subject.key)
    found = Delivery.objects.filter(theirs, state__in=OPEN)
    found.update(state=Delivery.State.DROPPED, done_at=at)


def register() -> None:
    """Let the layer below call it."""
    ON_FORGOTTEN.append(forget)
