"""Deadlines fire by command, by Celery and beside the embedded server."""

import logging
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import closing
from datetime import timedelta
from http.client import HTTPConnection
from pathlib import Path
from threading import Event

import pytest
from django.core.management import call_command
from django.utils import timezone

from governance import deadlines
from governance.models import Deadline, Division
from workflows import tasks, ticker

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def due(db, monkeypatch):
    """A deadline that passed an hour ago; what its handler was called with."""
    called = []
    monkeypatch.setitem(deadlines.HANDLERS, "test.due", lambda about_id, at: called.append(about_id))
    village = Division.objects.create(code="990101103205", name="柳溪村", level="village")
    deadlines.set_deadline(
        "test.due", about=village, village=village, due=timezone.now() - timedelta(hours=1)
    )
    return village.pk, called


def test_tick_fires_what_is_due_once_and_says_so(due, capsys):
    about_id, called = due
    call_command("tick")
    call_command("tick")
    fired, count, nothing = capsys.readouterr().out.splitlines()
    assert fired.endswith(f" test.due governance.division {about_id}")
    assert (count, nothing) == ("办了1件到期的事。", "办了0件到期的事。")
    assert called == [about_id]


def test_the_celery_task_does_the_same(due):
    assert (tasks.tick(), tasks.tick()) == (1, 0)


@pytest.mark.usefixtures("due")
def test_a_deadline_whose_handler_fails_stays_open(monkeypatch):
    monkeypatch.setitem(deadlines.HANDLERS, "test.due", lambda about_id, at: 1 / 0)
    with pytest.raises(ExceptionGroup):
        call_command("tick")
    assert Deadline.objects.get().fired_at is None


def test_the_ticker_goes_on_after_a_failure_and_stops_when_told(monkeypatch, caplog):
    twice, ticks = Event(), []

    def tick():
        ticks.append(1)
        if len(ticks) == 2:
            twice.set()
        raise OSError("the database is away")

    monkeypatch.setattr(ticker, "tick", tick)
    with caplog.at_level(logging.ERROR, "lianping.ticker"), ticker.ticking(seconds=0.01):
        assert twice.wait(10)
    after = len(ticks)
    time.sleep(0.05)
    assert len(ticks) == after
    assert "下一轮再办" in caplog.text


def test_serve_says_when_its_port_is_taken(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken, serving(tmp_path, taken.getsockname()[1]) as server:
        assert server.wait(timeout=60) == 1
        assert "端口开不了" in server.stderr.read()


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_serve_answers_and_stops_cleanly(tmp_path, stop):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with serving(tmp_path, port) as server:
        try:
            assert f"http://127.0.0.1:{port}" in server.stdout.readline()
            assert status(port, "/static/css/tokens.css") == 200
        finally:
            server.send_signal(stop)
        assert server.stdout.read().strip() == "停好了。"
    assert server.returncode == 0


def serving(folder: Path, port: int) -> subprocess.Popen:
    """`manage.py serve` as a process of its own, over an empty database: its ticks fail, its pages work."""
    return subprocess.Popen(
        [sys.executable, "manage.py", "serve", "--port", str(port)],
        cwd=ROOT,
        env=os.environ | {"DATABASE_URL": f"sqlite:///{folder}/db.sqlite3"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def status(port: int, path: str) -> int:
    """Status of the answer to one GET."""
    connection = HTTPConnection("127.0.0.1", port, timeout=20)
    with closing(connection):
        connection.request("GET", path)
        return connection.getresponse().status
