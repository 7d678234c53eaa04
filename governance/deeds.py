"""Who did it and when, for the sentence that tells the second person they were not the first."""

from django.db import models
from django.utils import timezone

from governance.events import last


def who_when(about: models.Model, *names: str) -> str:
    """ "沈文书11月16日12:00" for the last event of these names about a thing; empty when it was never recorded."""
    event = last(about, *names)
    if event is None:
        return ""
    at = timezone.localtime(event.at)
    return f"{event.by or ''}{at.month}月{at.day}日{at:%H:%M}"


def said(day) -> str:
    """A date as it is said: 2026年11月16日."""
    return f"{day.year}年{day.month}月{day.day}日"
