"""Which tests this machine can run; on the build server (CI=true) a missing browser or Go fails, not skips."""

import os
import shutil

import pytest
from django.db import connection

from tests.go import export

# A file goes to one worker whole: the long ones start first, so that none is left to one worker at the end.
LONG = (
    "browser/",
    "test_demo.py",
    "test_permissions.py",
    "test_walk.py",
    "test_scoring_sql.py",
    "test_embedded.py",
)
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def pytest_collection_modifyitems(items):
    """Start the long files first; skip, with the reason, what needs an engine that is not there."""
    items.sort(key=lambda item: not any(name in item.nodeid for name in LONG))
    missing = _missing()
    for item in items:
        for marker, why in missing.items():
            if item.get_closest_marker(marker):
                item.add_marker(pytest.mark.skip(reason=why))


def _missing() -> dict[str, str]:
    missing = {}
    if connection.vendor != "postgresql":
        missing["postgres"] = "runs on PostgreSQL only"
    if os.environ.get("CI") != "true" and not any(map(shutil.which, BROWSERS)):
        missing["browser"] = "Chromium is not installed"
    if os.environ.get("CI") != "true" and not export.IS_THERE:
        missing["go"] = "Go or its golang.org/x/mod is not installed"
    return missing
