"""Which tests this machine can run; on the build server (CI=true) a missing browser fails, not skips."""

import os
import shutil

import pytest
from django.db import connection

BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def pytest_collection_modifyitems(items):
    """Skip, with the reason, what needs an engine that is not there."""
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
    return missing
