"""How many messages are new, for the frame of every page; asked only by a page that shows it, once."""

from __future__ import annotations

from functools import cached_property

from django.http import HttpRequest

from notifications import inbox


def unread(request: HttpRequest) -> dict:
    """Context processor: `unread`, with `count` for who is signed in, and `is_shown` for nobody else."""
    return {"unread": Unread(getattr(request, "user", None), request.path)}


class Unread:
    """The number on the bell: at most one query, none for a visitor."""

    def __init__(self, user, path: str = "/"):
        self.user = user
        # On its way in nobody is asked again and again: who still has to set up a second factor is sent back each time.
        self.is_live = not path.startswith("/accounts/")

    @property
    def is_shown(self) -> bool:
        """Is anybody signed in."""
        return bool(self.user and self.user.is_authenticated)

    @cached_property
    def count(self) -> int:
        """New messages; 0 for a visitor."""
        return inbox.unread(self.user) if self.is_shown else 0
