"""What a kind of message is: which event, who hears of it, in which words, and where it is read or done."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import UUID

from governance.models import Event
from notifications.models import Topic

if TYPE_CHECKING:
    from notifications.kinds.scene import Scene


@dataclass(frozen=True)
class Audience:
    """Who hears of one event: accounts, each with a page of its own or None for the kind's; and households, by key,
    in which nobody can read it in an account: they are told on paper."""

    users: Mapping[int, str | None] = field(default_factory=dict)
    on_paper: tuple[UUID, ...] = ()
    homes: Mapping[int, UUID] = field(default_factory=dict)  # whose household is not the event's own

    def without(self, users: Iterable[int | None]) -> Audience:
        """As this, less some accounts: who acted, or has heard of it already."""
        gone = set(users)
        return Audience(
            {pk: path for pk, path in self.users.items() if pk not in gone}, self.on_paper, self.homes
        )


NOBODY = Audience()


@dataclass(frozen=True)
class Who:
    """Finds the audience of an event; `says` who that is, for the page that shows all kinds. `is_of_file`: it is for
    who reads a household's file, and no more for who reads it no more."""

    says: str
    find: Callable[[Scene, Event], Audience]
    is_of_file: bool = False

    def __call__(self, scene: Scene, event: Event) -> Audience:
        """The audience, whoever acted included."""
        return self.find(scene, event)


def told(says: str, *, is_of_file: bool = False) -> Callable[[Callable], Who]:
    """Mark a function as one that finds an audience."""
    return lambda find: Who(says, find, is_of_file)


@dataclass(frozen=True)
class Kind:
    """One way in which an event is told to one audience.

    Words may hold {month}, {quarter}, {number} and {day} of the thing (`Scene.words`), nothing else: never a name, a
    score or a reason. `short` fits one SMS of 70 characters.
    """

    event: str
    topic: Topic
    who: Who
    title: str
    text: str
    short: str
    page: Callable[[Scene, Event], str]
    is_urgent: bool = False
    to: str = ""  # tells two kinds of one event apart
    tells_actor: bool = False  # as a resident: who posts the month may have a line in it
    needs_thing: bool = True  # nobody is told of what is not there (any more)

    @property
    def name(self) -> str:
        """What a message keeps as its kind."""
        return f"{self.event}.{self.to}" if self.to else self.event
