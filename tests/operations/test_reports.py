"""An error reported to Sentry says where it happened, and nothing of whom it happened to."""

import json

import pytest
import sentry_sdk
from django.test import Client
from django.urls import reverse
from sentry_sdk.transport import Transport

from operations import reports
from tests.failing import no_room_for
from tests.published import clock, entry, posted

PHONE, WORDS = "13912345678", "那天我在医院陪老伴"


@pytest.fixture
def sent():
    """What would have left for Sentry."""
    found = []

    class Kept(Transport):
        def capture_envelope(self, envelope):
            found.extend(item.payload.json for item in envelope.items if item.type == "event")

    reports.begin("https://key@sentry.example/1", "test", transport=Kept)
    yield found
    sentry_sdk.get_client().close()
    sentry_sdk.get_global_scope().set_client(None)


def test_a_page_that_breaks_is_reported_without_anybody_s_words(world, sent):
    world.wang.phone = PHONE
    world.wang.save()
    month = posted(world)
    browser = Client(raise_request_exception=False, headers={"user-agent": f"phone of {PHONE}"})
    browser.force_login(world.wang)
    with clock(), no_room_for("INSERT", "governance_event"):
        address = reverse("objection_file", args=[entry(month, "litter").key])
        answer = browser.post(f"{address}?phone={PHONE}", {"text": WORDS})
    assert answer.status_code == 500

    [report] = sent
    text = json.dumps(report, ensure_ascii=False)
    for word in (PHONE, WORDS, "医院", "王大爷", str(world.wang.key), "sessionid", "disk is full"):
        assert word not in text
    assert report["tags"]["request"] == answer["X-Request-ID"]
    places = [
        frame["filename"]
        for error in report["exception"]["values"]
        for frame in error["stacktrace"]["frames"]
    ]
    assert any(place.endswith("appeals/objections.py") for place in places)
    assert "vars" not in text


def test_what_a_later_sdk_might_add_stays_here():
    event = {
        "request": {"data": WORDS},
        "user": {"ip": "1"},
        "extra": {"a": PHONE},
        "exception": {"values": [{"type": "E", "value": PHONE}]},
    }
    assert PHONE not in json.dumps(reports.told(event, {}))


def test_a_log_line_of_an_error_is_reported_by_its_logger_alone(sent):
    import logging

    logging.getLogger("lianping.test").error("号码%s", PHONE)
    [report] = sent
    assert report["message"] == "log: lianping.test"
    assert PHONE not in json.dumps(report)
