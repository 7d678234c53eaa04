"""The log says which page, how long and whose key. Nobody's phone, name or words are in it, whatever goes wrong."""

import io
import json
import logging
from uuid import UUID, uuid4

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from governance.models import Event
from governance.requests import current_request_id, new_request_id
from governance.tasks import sweep_jobs
from operations.logs import tasks
from operations.logs.lines import JsonLines
from tests.failing import no_room_for
from tests.published import clock, entry, posted

PHONE, NAME, WORDS = "13912345678", "王大爷", "那天我在医院陪老伴"


@pytest.fixture
def lines():
    """Everything logged from now on as production writes it: a function that gives the lines as read."""
    stream, root = io.StringIO(), logging.getLogger()
    handler, level = logging.StreamHandler(stream), root.level
    handler.setFormatter(JsonLines())
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.removeHandler(handler)
    root.setLevel(level)


def named(said, *words):
    text = json.dumps(said, ensure_ascii=False)
    return [word for word in words if word in text]


def test_signing_in_objecting_and_a_page_that_breaks_leave_no_word_of_anybody(world, lines):
    world.wang.phone = PHONE
    world.wang.save()
    month = posted(world)
    browser = Client(raise_request_exception=False)
    with clock():
        browser.get(reverse("account_login"), {"next": f"/my/?{PHONE}"})
        browser.post(reverse("account_login"), {"login": PHONE, "password": WORDS})
        browser.post(reverse("account_request_login_code"), {"phone": PHONE})
        browser.force_login(world.wang)
        line = entry(month, "litter").key
        browser.get(f"/nobody/{NAME}/{PHONE}/")
        with no_room_for("INSERT", "governance_event"):
            broken = browser.post(reverse("objection_file", args=[line]), {"text": WORDS})
            assert broken.status_code == 500
        browser.get("/villages/", headers={"host": f"{PHONE}.example"})
        assert browser.post(reverse("objection_file", args=[line]), {"text": WORDS}).status_code == 302

    said = lines()
    assert named(said, PHONE, NAME, "王", WORDS, "医院", "/my/") == []
    errors = [line["error"] for line in said if "error" in line]
    assert errors
    assert any("appeals/objections.py" in place for place in errors[0]["at"])
    assert {line["route"] for line in said if "route" in line} >= {"account_login", "objection_file", "none"}
    assert [line for line in said if line.get("user") == str(world.wang.key)]


def test_the_request_of_a_line_is_the_one_its_events_keep(world, lines):
    month, given = posted(world), uuid4()
    browser = Client()
    browser.force_login(world.wang)
    with clock():
        answer = browser.post(
            reverse("objection_file", args=[entry(month, "litter").key]),
            {"text": WORDS},
            headers={"x-request-id": given.hex},
        )
    assert answer["X-Request-ID"] == str(given)
    assert Event.objects.filter(name="objection.filed").get().request_id == str(given)
    assert {line["request"] for line in lines()} == {str(given)}


@pytest.mark.parametrize("given", ["", PHONE, "a" * 36, f"{PHONE}-{PHONE}", "x" * 5000])
def test_an_id_that_is_none_is_not_taken(given):
    assert UUID(new_request_id(given)).version == 4
    assert current_request_id() != given


def test_what_libraries_say_of_an_error_is_left_out_with_its_causes_kept(lines):
    try:
        try:
            raise ValueError(f"Key (phone)=({PHONE}) already exists.")
        except ValueError as error:
            raise ExceptionGroup(WORDS, [error]) from error
    except ExceptionGroup:
        logging.getLogger("celery.app.trace").error("Task %s raised: %s", NAME, WORDS, exc_info=True)
    [line] = lines()
    assert line["error"]["after"]["kind"] == line["error"]["errors"][0]["kind"] == "ValueError"
    assert named(line, PHONE, NAME, WORDS) == []
    cache.clear()


def test_a_task_goes_on_under_the_request_that_caused_it(lines):
    caused_by, sent = new_request_id(), {}
    tasks.hand_on(headers=sent)
    new_request_id()  # the worker has its own
    sweep_jobs.push_request(id="t-1", is_eager=False, **sent)
    try:
        tasks.begin(task_id="t-1", task=sweep_jobs)
        assert current_request_id() == caused_by
        logging.getLogger("lianping.test").info("working")
        tasks.end(task=sweep_jobs, state="SUCCESS")
    finally:
        sweep_jobs.pop_request()
    working, done = lines()
    assert (working["request"], working["task"], working["task_id"]) == (
        caused_by,
        "governance.sweep_jobs",
        "t-1",
    )
    assert (done["logger"], done["status"]) == ("lianping.task", "SUCCESS")
    assert tasks.current_task() == {}
