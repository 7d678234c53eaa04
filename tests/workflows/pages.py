"""What tests of pages share: a browser per person, at noon of 16 November."""

import re

import time_machine
from django.test import Client

from tests.people import NOON


def browser(user) -> Client:
    """A signed-in browser; sign in while the clock is stopped, or the session is over."""
    client = Client()
    client.force_login(user)
    return client


def at_noon(at=NOON):
    """Stop the clock."""
    return time_machine.travel(at, tick=False)


def text(response) -> str:
    """The page's words without its tags, on one line."""
    html = re.sub(r"<(script|style)[^>]*>.*?</\1>", "", response.content.decode(), flags=re.S)
    return re.sub(r"\s+", "", re.sub(r"<[^>]+>", "", html))
