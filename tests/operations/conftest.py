"""An installation that has lived through a quarter, and empty databases to restore into; all real, each a process."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from secrets import token_hex
from urllib.parse import urlsplit

import psycopg
import pytest
from django.db import connection, connections

from tests.reading import ROOT

# Twenty take minutes: DRILL_VILLAGES=20, as .ci/run may ask for; each is drilled like any other.
VILLAGES = int(os.environ.get("DRILL_VILLAGES", "2"))


@dataclass(frozen=True)
class Site:
    """A database, a folder of uploads and a signer's memory."""

    url: str
    folder: Path

    @property
    def uploads(self) -> Path:
        return self.folder / "uploads"

    @property
    def signed(self) -> Path:
        return self.folder / "signed"

    def run(self, *arguments: str, **changed: str) -> subprocess.CompletedProcess:
        """python with these arguments, in this installation's environment."""
        return subprocess.run(
            [sys.executable, *arguments], cwd=ROOT, env=self.environment | changed,
            capture_output=True, text=True, timeout=300,
        )  # fmt: skip

    def manage(self, *arguments: str, **changed: str) -> subprocess.CompletedProcess:
        """manage.py with these arguments."""
        return self.run("manage.py", *map(str, arguments), **changed)

    def backup(self, name: str) -> Path:
        """A backup beside it."""
        file = self.folder / name
        made = self.manage("backup", file)
        assert made.returncode == 0, made.stderr
        return file

    @property
    def environment(self) -> dict[str, str]:
        return os.environ | {
            "BACKUP_STAMP": str(self.folder / "last_backup.json"),
            "DATABASE_URL": self.url,
            "DJANGO_SETTINGS_MODULE": "tests.settings",
            "LOG_SIGNED_DIR": str(self.signed),
            "MEDIA_ROOT": str(self.uploads),
            "PYTHONUNBUFFERED": "1",
        }


class Sites:
    """Makes installations with every table and no row, from the database of the tests, and takes them away."""

    def __init__(self, folder: Path):
        self.folder, self.made = folder, []
        if connection.vendor == "sqlite":
            self._copy_to(folder / "template.sqlite3")
        else:
            connections.close_all()  # a template must have no reader
            self.template = self._database(connection.settings_dict["NAME"])

    def new(self) -> Site:
        """One more, migrated and empty."""
        folder = self.folder / token_hex(4)
        folder.mkdir()
        if connection.vendor == "sqlite":
            file = Path(shutil.copy(self.folder / "template.sqlite3", folder / "village.sqlite3"))
            return Site(f"sqlite:///{file}", folder)
        return Site(_url(self._database(self.template)), folder)

    def bare(self) -> Site:
        """One more, without a table."""
        site = self.new()
        if connection.vendor == "sqlite":
            (site.folder / "village.sqlite3").unlink()
            return site
        return replace(site, url=_url(self._database("template0")))

    def drop(self) -> None:
        """Databases of a server do not go with the folder."""
        for name in self.made:
            _execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def _copy_to(self, path: Path) -> None:
        connection.ensure_connection()
        copy = sqlite3.connect(path)
        connection.connection.backup(copy)
        copy.close()

    def _database(self, template: str) -> str:
        self.made.append(name := f"ops_{token_hex(6)}")
        _execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name


def _url(name: str) -> str:
    return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()


def _execute(statement: str) -> None:
    with psycopg.connect(_url("postgres"), autocommit=True) as server:
        server.execute(statement)


@pytest.fixture(scope="session")
def needs_migrations(request):
    """A backup says by which migrations its tables were made: a database made without any cannot tell."""
    if request.config.getoption("nomigrations"):
        pytest.skip("runs without --no-migrations only")


@pytest.fixture(scope="session")
def sites(needs_migrations, django_db_setup, django_db_blocker, tmp_path_factory):
    """Installations for these tests."""
    with django_db_blocker.unblock():
        found = Sites(tmp_path_factory.mktemp("sites"))
    yield found
    found.drop()


@pytest.fixture(scope="session")
def lived(sites) -> Site:
    """Villages that posted a month and settled a quarter, all signed; nobody changes it."""
    site = sites.new()
    made = site.run("-m", "tests.operations.villages", str(VILLAGES))
    assert made.returncode == 0, made.stderr
    return site


@pytest.fixture(scope="session")
def backup(lived) -> Path:
    """A backup of it."""
    return lived.backup("first.backup")


@pytest.fixture
def copied(backup, tmp_path) -> Path:
    """The backup, to be spoiled."""
    return Path(shutil.copy(backup, tmp_path / "copied.backup"))
