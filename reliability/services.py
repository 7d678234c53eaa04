"""PostgreSQL, Redis, web server, worker and beat of our own, on free ports of this machine: started, killed, started again."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import contextmanager, suppress
from http.client import HTTPConnection
from pathlib import Path
from threading import Event, Lock, Thread

ROOT = Path(__file__).resolve().parent.parent
SECONDS = 60.0


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def wait_for(what: str, is_there: Callable[[], bool], seconds: float = SECONDS) -> None:
    """Wait until something is so; raises TimeoutError that names it."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if is_there():
            return
        time.sleep(0.05)
    raise TimeoutError(f"{what}: not within {seconds:.0f} s")


def answers(port: int) -> bool:
    """Does anybody listen on a port."""
    with socket.socket() as asked:
        asked.settimeout(1)
        return asked.connect_ex(("127.0.0.1", port)) == 0


class Process:
    """One program in a process group of its own, so that kill -9 takes its children too."""

    def __init__(self, name: str, command: list[str], env: dict[str, str], folder: Path):
        self.name, self.command, self.env, self.folder = name, command, env, folder
        self.running: subprocess.Popen | None = None
        self.restarts = 0
        self._lock = Lock()

    def start(self) -> None:
        """Start it; `is_up` tells when it works."""
        with self._lock, open(self.folder / f"{self.name}.log", "ab") as log:
            self.running = subprocess.Popen(
                self.command, cwd=ROOT, env=self.env, stdout=log, stderr=log, start_new_session=True
            )

    def kill(self) -> None:
        """Kill -9: nothing of it has a say."""
        with self._lock:
            if self.running:
                with suppress(ProcessLookupError):
                    os.killpg(self.running.pid, signal.SIGKILL)
                self.running.wait(SECONDS)
                self.running = None

    def look_after(self) -> None:
        """As systemd's Restart=always: start it again when it ended by itself."""
        with self._lock:
            has_ended = self.running is not None and self.running.poll() is not None
        if has_ended:
            self.restarts += 1
            self.start()

    def is_up(self) -> bool:
        """Does it still run."""
        return self.running is not None and self.running.poll() is None


class Postgres:
    """A cluster of its own. Killing it is an immediate stop: no checkpoint, the log is replayed at the next start."""

    name = "PostgreSQL"

    def __init__(self, folder: Path):
        self.port, self.data = free_port(), folder / "postgres"
        self.owner = "postgres" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
        newest = sorted(Path("/usr/lib/postgresql").glob("*/bin"))[-1:]
        self.programs = str(newest[0]) if newest else os.path.dirname(shutil.which("pg_ctl") or "")
        folder.chmod(0o755)
        self.data.mkdir()
        if os.geteuid() == 0:
            shutil.chown(self.data, self.owner)
        self._do("initdb", "--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C.UTF-8")

    @property
    def url(self) -> str:
        """DATABASE_URL of the installation."""
        return f"postgres://postgres@127.0.0.1:{self.port}/lianping"

    def start(self) -> None:
        """Start it and wait until it lets people in."""
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c max_connections=60"
        self._do("pg_ctl", "start", "-w", "-l", str(self.data / "server.log"), "-o", options)

    def kill(self) -> None:
        """Immediate stop."""
        self._do("pg_ctl", "stop", "-m", "immediate", check=False)

    def is_up(self) -> bool:
        """Does it listen."""
        return answers(self.port)

    def create(self) -> None:
        """Make the installation's empty database."""
        self._run("createdb", "-h", "127.0.0.1", "-p", str(self.port), "-U", "postgres", "lianping")

    def _do(self, program: str, *arguments: str, check: bool = True) -> None:
        self._run(program, "-D", str(self.data), *arguments, check=check)

    def _run(self, program: str, *arguments: str, check: bool = True) -> None:
        as_owner = ["runuser", "-u", self.owner, "--"] if os.geteuid() == 0 else []
        command = [*as_owner, os.path.join(self.programs, program), *arguments]
        subprocess.run(command, check=check, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/")


class Installation:
    """All of it together, with the environment that its programs get."""

    def __init__(self, folder: Path, **settings: str):
        self.folder, self.web_port, redis_port = folder, free_port(), free_port()
        self.postgres = Postgres(folder)
        self.env = os.environ | {
            "DATABASE_URL": self.postgres.url, "REDIS_URL": f"redis://127.0.0.1:{redis_port}/0",
            "DEBUG": "1", "ALLOWED_HOSTS": "127.0.0.1", "STAFF_TOTP": "0", "LOG_SIGNED_DIR": str(folder / "signed"),
            "MEDIA_ROOT": str(folder / "uploads"), "DJANGO_SETTINGS_MODULE": "reliability.settings",
            **settings,
        }  # fmt: skip
        celery = [sys.executable, "-m", "celery", "-A", "reliability.celery_app"]
        self.redis = self._process(
            "Redis", "redis-server", "--port", str(redis_port), "--bind", "127.0.0.1", "--save", "",
            "--appendonly", "no", "--dir", str(folder),
        )  # fmt: skip
        self.web = self._process(
            "web server", sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{self.web_port}", "--workers", "2",
            "--log-level", "warning", "config.wsgi",
        )  # fmt: skip
        self.worker = self._process("worker", *celery, "worker", "--concurrency", "2", "-l", "warning")
        self.beat = self._process("beat", *celery, "beat", "-l", "warning", "-s", str(folder / "beat.db"))
        self._is_over = Event()
        self.redis.is_up = lambda: answers(redis_port)
        self.web.is_up = self._serves
        self.victims = {each.name: each for each in (self.worker, self.web, self.redis, self.postgres)}

    def _process(self, name: str, *command: str) -> Process:
        return Process(name, list(command), self.env, self.folder)

    def _serves(self) -> bool:
        try:
            connection = HTTPConnection("127.0.0.1", self.web_port, timeout=5)
            connection.request("GET", "/accounts/login/", headers={"X-Forwarded-Proto": "https"})
            return connection.getresponse().status == 200
        except OSError:
            return False

    @contextmanager
    def running(self):
        """Everything up while the block runs; at its end nothing of it is left."""
        try:
            for each in (self.redis, self.web, self.worker, self.beat):
                each.start()
            for each in (self.redis, self.web):
                wait_for(each.name, each.is_up)
            Thread(target=self._look_after, daemon=True).start()
            yield self
        finally:
            self._is_over.set()
            for each in (self.beat, self.worker, self.web, self.redis):
                each.kill()

    def _look_after(self) -> None:
        while not self._is_over.wait(1):
            for each in (self.web, self.worker, self.beat):
                each.look_after()

    @contextmanager
    def clock_stopped(self):
        """No sweep while the block runs: what is staged in the past must not fall due before it is ready."""
        self.beat.kill()
        self.worker.kill()
        yield
        self.worker.start()
        self.beat.start()

    def strike(self, name: str, *, down: float = 0.0) -> None:
        """Kill one part, leave it down for some seconds, start it again and wait until it works."""
        victim = self.victims[name]
        victim.kill()
        time.sleep(down)
        victim.start()
        wait_for(name, victim.is_up)
