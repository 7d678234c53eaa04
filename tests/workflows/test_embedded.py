"""The embedded mode under several hands at once: SQLite, waitress and the ticker, and no request ends in a 500."""

import json
import os
import re
import socket
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from http.client import HTTPConnection
from urllib.parse import urlencode

import pytest
from django.db import connection

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(__file__)))


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A server on an SQLite file of its own: (port, what tests.embedded prepared)."""
    if connection.vendor != "sqlite":
        pytest.skip("the embedded mode is SQLite's")
    tmp_path = tmp_path_factory.mktemp("embedded")
    env = os.environ | {
        "DATABASE_URL": f"sqlite:///{tmp_path / 'village.sqlite3'}",
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "MEDIA_ROOT": str(tmp_path / "uploads"),
    }
    made = subprocess.run(
        [sys.executable, "-m", "tests.embedded"], env=env, cwd=ROOT, capture_output=True, check=True
    )
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = (tmp_path / "server.log").open("w")
    server = subprocess.Popen(
        [sys.executable, "manage.py", "serve", "--port", str(port)], env=env, cwd=ROOT, stdout=log, stderr=log
    )
    try:
        _wait_for(port)
        yield port, json.loads(made.stdout)
    finally:
        server.terminate()
        server.wait(timeout=20)
        log.close()


def _wait_for(port):
    for _ in range(100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    raise AssertionError("the server did not start")


def request(port, method, path, session, form=None):
    """(status, body); a form is posted with the token its page gives."""
    headers = {"Cookie": f"sessionid={session}"}
    body = None
    if method == "POST":
        token = "t" * 32
        headers |= {
            "Cookie": f"sessionid={session}; csrftoken={token}",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        body = urlencode({"csrfmiddlewaretoken": token, **(form or {})})
    link = HTTPConnection("127.0.0.1", port, timeout=60)
    with closing(link):
        link.request(method, path, body, headers)
        answer = link.getresponse()
        return answer.status, answer.read().decode(errors="replace")


def test_six_taps_are_one_sheet_and_nobody_sees_an_error(site):
    port, made = site
    with ThreadPoolExecutor(6) as hands:
        answers = list(hands.map(lambda session: request(port, "POST", made["file"], session), made["six"]))
    assert Counter(status for status, _ in answers) == {302: 1, 409: 5}
    [sentence] = {re.search(r"李党员[^<]*", body)[0] for status, body in answers if status == 409}
    assert "已经办过了" in sentence or "不能再改" in sentence


def test_many_hands_on_different_things_all_get_an_answer(site):
    port, made = site
    [(other, urls)] = made["others"].items()
    acts = [("POST", url, other) for url in urls] * 5
    acts += [("GET", "/todo/", session) for session in made["six"]] * 3
    acts += [("POST", made["file"], made["six"][0])] * 2
    with ThreadPoolExecutor(8) as hands:
        statuses = Counter(status for status, _ in hands.map(lambda act: request(port, *act), acts))
    assert not [status for status in statuses if status >= 500], statuses
