"""A real Chromium before the live server: windows that fail the test on what the console says."""

import os
import re
import shutil

import pytest
from django.db import connections
from playwright.sync_api import sync_playwright

from conftest import BROWSERS
from tests.browser.screen import DESK, PHONE, Screen


@pytest.fixture(scope="session")
def chromium():
    """Debian's Chromium, headless, for all tests of the session."""
    # Playwright keeps an event loop in this thread, which Django takes for asynchronous code: its connections within
    # the loop are others than those outside, and one left open would be in the way of who copies or drops the database.
    connections.close_all()
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    path = next(filter(None, map(shutil.which, BROWSERS)))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path)
        yield browser
        browser.close()
        connections.close_all()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def site(live_server, settings, tmp_path):
    """The address of the project served from this process; the tables are emptied afterwards."""
    settings.MEDIA_ROOT = tmp_path
    return live_server.url


@pytest.fixture
def window(chromium, site, request):
    """Open windows: window(size). Their consoles must be empty at the end of the test."""
    screens = []

    def open_window(size=DESK, *, javascript=True):
        context = chromium.new_context(
            viewport=size, has_touch=size is PHONE, locale="zh-CN", java_script_enabled=javascript
        )
        screens.append(Screen(context, site))
        return screens[-1]

    yield open_window
    if _failed(request.node):
        for number, screen in enumerate(screens, start=1):
            screen.picture(f"failed-{re.sub(r'[^a-z0-9]+', '-', request.node.name)}-{number}")
    for screen in screens:
        screen.page.context.close()
    for screen in screens:
        screen.no_complaints()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Let the windows know whether the test failed."""
    report = yield
    if report.when == "call":
        item.stash[_REPORT] = report
    return report


_REPORT = pytest.StashKey()


def _failed(item) -> bool:
    report = item.stash.get(_REPORT, None)
    return report is not None and report.failed
