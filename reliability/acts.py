"""What people do while parts die: they press the button, and press it again when the page did not come."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlencode

from django.conf import settings
from django.test import Client
from django.urls import reverse

from appeals.models import Objection
from governance.models import User
from reliability.stage import Place
from workflows.models import Round, Settlement

_TOKEN = "t" * 32


class Browser:
    """Somebody signed in; what does not come is None."""

    def __init__(self, user: User, port: int):
        client = Client()
        client.force_login(user)
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        self._port = port
        self._headers = {
            "Cookie": f"{settings.SESSION_COOKIE_NAME}={session}; {settings.CSRF_COOKIE_NAME}={_TOKEN}",
            "X-Forwarded-Proto": "https", "Referer": f"https://127.0.0.1:{port}/",
        }  # fmt: skip

    def get(self, path: str) -> str | None:
        """A page; None when it did not come or is an error."""
        return self._ask("GET", path)

    def post(self, path: str, **form: str) -> str | None:
        """Send a form."""
        headers = {"Content-Type": "application/x-www-form-urlencoded", "X-CSRFToken": _TOKEN}
        return self._ask("POST", path, urlencode(form), headers)

    def _ask(self, method, path, body=None, headers=()) -> str | None:
        connection = HTTPConnection("127.0.0.1", self._port, timeout=20)
        try:
            connection.request(method, path, body, self._headers | dict(headers))
            answer = connection.getresponse()
            words = answer.read().decode(errors="replace")
            return words if answer.status < 500 else None
        except (OSError, HTTPException):
            return None
        finally:
            connection.close()


@dataclass(frozen=True)
class Act:
    """One thing people do: who, by which page, and how one sees that it is done."""

    name: str
    stage: str  # function of reliability.stage
    does: Callable[[Place, Callable[[User], Browser]], None]
    is_done: Callable[[Place], bool]


def publish(place: Place, browser: Callable[[User], Browser]) -> None:
    """The clerk posts the month."""
    browser(place.clerk).post(reverse("round_publish", args=[place.round.key]))


def settle(place: Place, browser: Callable[[User], Browser]) -> None:
    """The clerk has the quarter computed."""
    browser(place.clerk).post(reverse("settlement_start", args=[place.village.code]), quarter="2026Q3")


def decide(place: Place, browser: Callable[[User], Browser]) -> None:
    """The officer opens the case and upholds the objection."""
    path, officer = reverse("case_decide", args=[place.case.key]), browser(place.officer)
    page = officer.get(path)
    if page and (seen := re.search(r'name="seen" value="([^"]*)"', page)):
        officer.post(path, outcome="upheld", grounds="看了照片，问了邻居，不是他家的。", seen=seen[1])


def posted(place: Place) -> bool:
    """Is the month posted."""
    return Round.objects.filter(pk=place.round.pk, state=Round.State.PUBLISHED).exists()


def settled(place: Place) -> bool:
    """Is the quarter computed."""
    return Settlement.objects.filter(village=place.village, quarter="2026Q3", state="confirming").exists()


def decided(place: Place) -> bool:
    """Has the case its decision."""
    return Objection.objects.get(pk=place.case.pk).decisions.exists()


ACTS = {
    "publishing a month": Act("publishing a month", "posting", publish, posted),
    "settling a quarter": Act("settling a quarter", "settling", settle, settled),
    "deciding an objection": Act("deciding an objection", "deciding", decide, decided),
}
