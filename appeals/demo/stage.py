"""How scenes are planned: a method marked `scene` is called with its moment first and happens when the story gets there."""

from __future__ import annotations

from datetime import datetime
from functools import wraps

from governance import deadlines
from governance.models import Entry, User
from workflows.demo.facts import Seen
from workflows.demo.months import moment
from workflows.demo.photos import photo
from workflows.demo.story import Story


def scene(method):
    """Put a step off until its moment comes."""

    @wraps(method)
    def later(self, at: datetime, *args, **said):
        self.story.plan(at, lambda then: method(self, then, *args, **said))
        return self

    return later


def workday(at: datetime, days: int, hour: int = 10) -> datetime:
    """A time on the `days`-th working day after a moment."""
    return moment(deadlines.workdays_after(at, days).on, hour)


class Household:
    """One door of the story: who speaks for it, by which way, and the line recorded there."""

    def __init__(self, story: Story, door: str, how: str):
        self.story, self.door, self.how = story, door, how

    @property
    def village(self):
        """The village of the story."""
        return self.story.village

    @property
    def subject(self):
        """The household's file."""
        return self.village.subjects[self.door]

    @property
    def head(self):
        """The adult it is for."""
        return self.village.head(self.door)

    @property
    def speaker(self) -> User:
        """Who puts it in: the adult, the helper, or the clerk at the desk."""
        if self.how == "online":
            return self.head.user
        return self.village.user("daiban") if self.how == "helper" else self.village.clerk

    def line(self, seen: Seen) -> Entry:
        """The line of the ledger that came of a fact at this door."""
        lines = Entry.objects.filter(subject=self.subject, rule__number=seen.rule, reverses__isnull=True)
        return lines.order_by("pk").first()


def picture(scene: str, name: str, variant: int = 0):
    """A photo that somebody hands in."""
    return photo(scene, f"{name}.jpg", variant)
