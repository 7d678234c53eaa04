"""Pages under the real server: gunicorn, one sync worker, loopback; a visitor who asks for them one by one."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Callable
from contextlib import contextmanager
from http.client import HTTPConnection
from statistics import median
from time import sleep
from urllib.parse import urlencode

from django.conf import settings
from django.test import Client

from benchmarks.results import Clock
from governance.models import User

_SECONDS = 60
_TOKEN = "t" * 32
_FORM = {"Content-Type": "application/x-www-form-urlencoded", "X-CSRFToken": _TOKEN}


@contextmanager
def serving(settings_module: str):
    """The port of a server with these settings; it ends with the block."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        "gunicorn",
        "--bind",
        f"127.0.0.1:{port}",
        "--workers",
        "1",
        "--log-level",
        "error",
        "config.wsgi",
    ]
    process = subprocess.Popen(
        [sys.executable, "-m", *command],
        cwd=settings.BASE_DIR,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": settings_module},
    )
    try:
        _wait_for(port)
        yield port
    finally:
        process.terminate()
        process.wait(_SECONDS)


class Visitor:
    """Somebody signed in, at one of the servers."""

    def __init__(self, user: User, port: int, backend: str | None = None):
        client = Client()
        client.force_login(user, backend)
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        self._cookie = {
            "Cookie": f"{settings.SESSION_COOKIE_NAME}={session}; {settings.CSRF_COOKIE_NAME}={_TOKEN}"
        }
        self._port = port

    def get(self, path: str) -> bytes:
        """A page; RuntimeError when it is not 200."""
        return self._ask("GET", path, 200)

    def post(self, path: str, **form: str) -> None:
        """A form that is answered by going on to a page; RuntimeError when it is not."""
        self._ask("POST", path, 302, urlencode(form), _FORM)

    def _ask(self, method, path, expected, body=None, headers=()) -> bytes:
        connection = HTTPConnection("127.0.0.1", self._port, timeout=_SECONDS)
        connection.request(method, path, body, self._cookie | dict(headers))
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        if answer.status != expected:
            raise RuntimeError(f"{method} {path}: {answer.status}\n{content.decode()[:2000]}")
        return content


def medians(times: int, *acts: Callable[[], object]) -> list[float]:
    """The median seconds of each act, taken in turns so that the machine's moods meet all of them alike."""
    for act in acts:
        act()
    rounds = [[_seconds(act) for act in acts] for _ in range(times)]
    return [median(seconds) for seconds in zip(*rounds, strict=True)]


def _seconds(act: Callable[[], object]) -> float:
    with Clock() as clock:
        act()
    return clock.seconds


def _wait_for(port: int) -> None:
    for _ in range(_SECONDS * 10):
        with socket.socket() as attempt:
            if attempt.connect_ex(("127.0.0.1", port)) == 0:
                return
        sleep(0.1)
    raise RuntimeError("the server did not start")
