"""Prometheus reads what the work is at: the figures are those of the village as it stands, and cost the same for ten."""

from datetime import date, timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from appeals.models import Objection
from governance.models import Deadline, Job
from tests import people
from tests.months import Month
from tests.oversight.stuck import LATER, fail, parked
from tests.people import NOON
from tests.published import entry, posted
from transparency.models import Log

pytestmark = pytest.mark.django_db


def scrape(at=NOON, **headers):
    with time_machine.travel(at, tick=False):
        answer = Client().get("/metrics", headers=headers)
    assert answer.status_code == 200
    found = {}
    for family in text_string_to_metric_families(answer.content.decode()):
        for sample in family.samples:
            found[sample.name.removeprefix("lianping_"), *sample.labels.values()] = sample.value
    return found


def test_a_village_where_nothing_happens(world):
    found = scrape()
    assert found["ratings", "due"] == found["objections", "open"] == found["deadlines_missed",] == 0
    assert found["outbox_oldest_seconds",] == 0


def test_ratings_due_and_late_and_how_long_they_wait(world):
    month = Month(world, NOON).open()
    sheets = month.round.sheets.count()
    due = Deadline.objects.get(kind="round.sheets", about_id=month.round.pk).due_at
    found = scrape(due - timedelta(hours=1))
    assert (found["ratings", "due"], found["ratings", "late"]) == (sheets, 0)
    assert found["queue_tasks", "SheetFlow.rate"] == sheets
    assert scrape(due + timedelta(minutes=1))["ratings", "late"] == sheets


def test_the_oldest_and_the_middle_of_a_queue(world):
    from viewflow.workflow.models import Task

    Month(world, NOON).open()
    tasks = list(Task.objects.filter(flow_task_type="HUMAN").order_by("pk"))
    assert len(tasks) >= 3
    for n, task in enumerate(tasks):
        Task.objects.filter(pk=task.pk).update(created=NOON - timedelta(hours=n))
    found = scrape()
    assert found["queue_oldest_seconds", "SheetFlow.rate"] == (len(tasks) - 1) * 3600
    assert found["queue_p50_seconds", "SheetFlow.rate"] == len(tasks) // 2 * 3600


def test_objections_near_their_day_and_past_it(world):
    case = filed(world, posted(world))
    found = scrape(NOON + timedelta(hours=1))
    assert (found["objections", "open"], found["objections", "overdue"]) == (1, 0)
    case.refresh_from_db()
    eve = timezone.make_aware(timezone.datetime.combine(case.answer_by, timezone.datetime.min.time()))
    assert scrape(eve)["objections", "near_deadline"] == 1
    assert scrape(eve + timedelta(days=1))["objections", "overdue"] == 1


def test_what_nobody_was_told_of_what_nobody_signed_and_what_failed(world):
    month = posted(world)
    leaves = Log.objects.get().size
    parked(world)
    fail()
    Job.objects.create(kind="t", about="1", by=world.clerk, made_at=NOON)
    found = scrape(LATER)
    assert found["outbox_events",] == found["log_unsigned_leaves",] == Log.objects.get().size >= leaves
    assert found["outbox_oldest_seconds",] == (LATER - NOON).total_seconds()
    assert found["steps_failed",] == 1
    assert found["deadlines_missed",] >= 1
    assert found["jobs", "queued"] == 1
    assert month.round.state


def test_ten_villages_cost_as_many_queries_and_series_as_one(world):
    Month(world, NOON).open()
    Client().get("/metrics")
    with CaptureQueriesContext(
        connection,
    ) as one:
        series = len(scrape())
    for n in range(10):
        village(n)
    with CaptureQueriesContext(connection) as ten:
        assert len(scrape()) == series
    assert len(ten) == len(one)
    assert len(one) <= 13


def test_nothing_in_it_names_a_village_or_anybody(world):
    posted(world)
    text = Client().get("/metrics").content.decode()
    for word in ("柳溪", world.village.code, "王", "李党员", str(world.wang.key)):
        assert word not in text


def test_requests_are_counted_by_page_and_answer(world):
    Client().get("/villages/?q=13800001111")
    Client().get("/nothing/13800001111/")
    found = scrape()
    assert found["request_seconds_count", "GET", "public_home", "200"] >= 1
    assert found["request_seconds_count", "GET", "none", "404"] >= 1
    assert not [each for each in found if "13800001111" in str(each)]


@pytest.mark.parametrize(
    ("token", "asked", "status"),
    [
        ("", {}, 200),
        ("", {"HTTP_X_FORWARDED_FOR": "127.0.0.1"}, 403),
        ("", {"REMOTE_ADDR": "10.0.0.9"}, 403),
        ("s3cret", {}, 403),
        ("s3cret", {"HTTP_AUTHORIZATION": "Bearer wrong"}, 403),
        ("s3cret", {"HTTP_AUTHORIZATION": "Bearer s3cret", "REMOTE_ADDR": "10.0.0.9"}, 200),
    ],
)
def test_who_may_scrape(settings, token, asked, status):
    settings.METRICS_TOKEN = token
    assert Client().get("/metrics", **asked).status_code == status


def filed(world, month) -> Objection:
    from appeals import objections
    from appeals.against import Against

    return objections.file(
        against=Against.line(entry(month, "litter")), text="那天我不在家。", how="online", for_member=world.head,
        by=world.wang, at=NOON + timedelta(minutes=5),
    )  # fmt: skip


def village(n: int) -> None:
    """Another village with its own month open and an event in its log."""
    from workflows import rounds

    where = people.village(f"第{n}村", f"9901011031{n:02}")
    people.rulebook(where)
    east = people.area(where, "东片", 1)
    clerk = people.account(f"文书{n}")
    people.appoint(clerk, "clerk", where)
    rater = people.person(f"党员{n}", "rater", where)
    people.household("1号", east, f"户主{n}", rater=rater)
    rounds.open_month(village=where, month=date(2026, 10, 1), by=clerk, at=NOON)
