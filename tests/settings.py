"""Settings of the test suite: config.settings with fast, quiet defaults. DATABASE_URL still chooses the engine."""

import os

os.environ.setdefault("DEBUG", "1")
os.environ.setdefault("SECRET_KEY", "test-" + "x" * 60)
os.environ.setdefault("FIELD_KEYS", '{"t1": "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="}')
os.environ.setdefault("BLIND_INDEX_KEY", "YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXphYmNkZWY=")
os.environ.setdefault("LOG_SIGNING_KEY", "bG9nLWtleS1vZi10aGUtdGVzdHMtMDEyMzQ1Njc4OWE=")
os.environ.setdefault("LOCK_SECONDS", "4")
os.environ.setdefault("DATABASE_URL", "sqlite://:memory:")

if os.environ.get("REDIS_URL"):
    # A test empties the cache: each worker has a Redis database of its own, counted from the one given.
    _server, _, _database = os.environ["REDIS_URL"].rpartition("/")
    _worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
    os.environ["REDIS_URL"] = f"{_server}/{int(_database) + int(_worker)}"

from config.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
SMS_BACKEND = "inbox"
CELERY_TASK_ALWAYS_EAGER = True  # no worker stands beside the tests, with Redis neither
INSTALLED_APPS = [*INSTALLED_APPS, "tests.fieldapp"]  # noqa: F405
