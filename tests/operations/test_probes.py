"""A load balancer asks whether people can be sent here: what it hears, when something is away, and whom it learns of: nobody."""

import json
import os
import re
import subprocess
import sys

import pytest
from django.test import Client

from operations.health import probe_views, probes
from tests.failing import away
from tests.reading import ROOT

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _asked_anew(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    probe_views.forget()
    yield
    probe_views.forget()


def ready(**headers):
    probe_views.forget()
    answer = Client().get("/readyz", **headers)
    return answer.status_code, json.loads(answer.content)


def test_when_all_is_there_people_may_come():
    assert ready() == (200, {"failing": {}, "missed": {}})


def test_the_process_lives_without_asking_the_database(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert Client().get("/livez").content == b"ok\n"


def test_the_answer_is_kept_for_two_seconds(django_assert_num_queries):
    ready()
    with django_assert_num_queries(0):
        assert Client().get("/readyz").status_code == 200


def test_probes_come_by_the_machines_own_address_without_tls_or_host_name(settings):
    settings.SECURE_SSL_REDIRECT, settings.ALLOWED_HOSTS = True, ["lianping.example"]
    for path in ("/livez", "/readyz"):
        assert Client().get(path, headers={"host": "10.0.0.7:8000"}).status_code == 200
    assert Client().get("/villages/", headers={"host": "lianping.example"}).status_code == 301


def test_a_database_that_is_away_is_named():
    with away():
        status, told = ready()
    assert status == 503
    assert told["failing"]["database"] == "OperationalError"


def test_tables_that_are_not_there_yet_are_counted(tmp_path):
    """On a database of its own that nobody has migrated."""
    script = "import django; django.setup(); from operations.health import probes; print(probes.migrations())"
    ran = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True,
        env=os.environ | {"DATABASE_URL": f"sqlite:///{tmp_path}/empty.sqlite3"},
    )  # fmt: skip
    assert re.fullmatch(r"\d\d+ not applied", ran.stdout.strip())


def test_a_full_disk_and_a_folder_nobody_may_write(settings, tmp_path, monkeypatch):
    settings.DISK_FREE_MB = 10**9
    settings.LOG_SIGNED_DIR = "/proc/signed"
    _, told = ready()
    assert told["failing"]["uploads"].endswith(" MB free")
    if probes.os.geteuid():  # root may write everywhere
        assert told["failing"]["signer"] == "not writable"


def test_a_folder_of_photos_that_is_not_there(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "not mounted"
    status, told = ready()
    assert (status, told["failing"]) == (503, {"uploads": "not there"})


def test_without_redis_people_may_still_come(settings):
    settings.REDIS_IS_USED, settings.REDIS_URL = True, "redis://127.0.0.1:1/0"
    probes.connect.cache_clear()
    try:
        assert ready() == (200, {"failing": {}, "missed": {"redis": "ConnectionError"}})
    finally:
        probes.connect.cache_clear()
