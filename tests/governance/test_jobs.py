"""Long work goes on without its page, after a dead worker, once for all who tap, and is shown to who started it alone."""

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from governance import jobs
from governance.access import check_role
from governance.jobs import Result, Step, running
from governance.models import Appointment, Job
from governance.models.people import Role
from governance.refusals import Conflict, Refused
from tests.failing import no_room_for
from tests.people import NOON
from tests.real_transactions import at_once


@pytest.fixture
def counting(settings, tmp_path, monkeypatch):
    """A kind of job in three steps; how often it was begun and whether it breaks."""
    settings.MEDIA_ROOT = tmp_path
    told = {"begun": 0, "breaks": False}

    def count(job):
        told["begun"] += 1
        for n in range(1, 4):
            if told["breaks"] and n == 2:
                raise OSError("手机13912345678的盘坏了")
            yield Step(n, 3, f"数了{n}")
        return Result(b"1,2,3", "数好的.csv", says="数到3。")

    def clerk_only(job, at):
        check_role(job.by, Role.CLERK, village=job.village, at=at)

    monkeypatch.setitem(jobs.KINDS, "test.count", jobs.kinds.Kind("数数", clerk_only, count))
    return told


def start(world, by=None, about="1"):
    return jobs.start(
        kind="test.count", about=about, village=world.village, by=by or world.clerk, at=timezone.now()
    )


def page(job, name="job", user=None, **headers):
    client = Client()
    client.force_login(user or job.by)
    return client.get(reverse(name, args=[job.key]), headers=headers)


def test_what_was_started_is_done_and_taken_home(world, counting, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        job = start(world)
    assert "下载数好的.csv" in page(job).content.decode()
    file = page(job, "job_file")
    assert file.content == b"1,2,3"
    assert "attachment" in file["Content-Disposition"]


def test_its_page_tells_how_far_it_is_and_asks_again_until_it_is_over(world, counting):
    job = start(world)
    assert "等着做" in page(job).content.decode()
    steps = running.advance(running.claim(job.key, timezone.now()))
    next(steps), next(steps)
    html = page(job).content.decode()
    assert "做了2，一共3" in html
    assert "看现在做到哪了" in html  # for who has no scripts
    fragment = page(job, hx_request="true").content.decode()
    assert "<html" not in fragment
    assert 'hx-trigger="every 1s"' in fragment
    list(steps)
    assert "hx-get" not in page(job, hx_request="true").content.decode()


def test_a_worker_that_died_is_followed_by_another_and_stops_if_it_comes_back(world, counting):
    job = start(world)
    dead = running.advance(running.claim(job.key, timezone.now()))
    next(dead)
    assert running.claim(job.key, timezone.now()) is None
    later = timezone.now() + timedelta(seconds=61)
    taken = running.claim(job.key, later)
    assert list(dead) == []  # it learns at its next step that the job is not its own any more
    assert [step.done for step in running.advance(taken)] == [1, 2, 3]
    job.refresh_from_db()
    assert (job.state, job.tries, counting["begun"]) == ("done", 2, 2)


def test_the_sweep_finds_what_no_worker_was_told_of(world, counting):
    job = start(world)  # its transaction is never committed here, so nobody was told
    assert jobs.sweep(timezone.now()) == 0
    assert jobs.sweep(timezone.now() + timedelta(seconds=30)) == 1
    job.refresh_from_db()
    assert job.state == "done"


def test_what_stops_its_worker_each_time_is_given_up_with_a_sentence(world, counting):
    job = start(world)
    Job.objects.filter(pk=job.pk).update(tries=3)
    running.run(job.key, is_beating=False)
    assert "每次都半路停了" in page(job).content.decode()


def test_an_error_is_told_by_kind_and_place_and_can_be_tried_again(
    world, counting, django_capture_on_commit_callbacks
):
    counting["breaks"] = True
    job = start(world)
    running.run(job.key, is_beating=False)
    html = page(job).content.decode()
    assert "OSError" in html
    assert "13912345678" not in html
    counting["breaks"] = False
    client = Client()
    client.force_login(world.clerk)
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(reverse("job_again", args=[job.key])).status_code == 302
    assert "做好了" in page(job).content.decode()
    assert client.post(reverse("job_again", args=[job.key])).status_code == 409


def test_who_taps_twice_has_one_job_and_somebody_else_is_told(world, counting):
    first = start(world)
    assert start(world) == first
    other = Appointment.objects.create(
        user=world.stranger, role=Role.CLERK, division=world.village, starts=NOON.date()
    )
    with pytest.raises(Conflict, match="正在做"):
        start(world, by=other.user)
    running.run(first.key, is_beating=False)
    assert start(world) != first


def test_whoever_lost_the_office_gets_neither_the_work_nor_its_file(world, counting):
    job = start(world)
    running.run(job.key, is_beating=False)
    waits = start(world, about="2")
    Appointment.objects.filter(user=world.clerk).update(
        ends=NOON.date() - timedelta(days=400), starts=NOON.date() - timedelta(days=500)
    )
    assert page(job, "job_file").status_code == 403
    running.run(waits.key, is_beating=False)
    waits.refresh_from_db()
    assert (waits.state, counting["begun"]) == ("failed", 1)
    with pytest.raises(Refused):
        start(world)


def test_nobody_sees_the_job_of_another(world, counting):
    job = start(world)
    running.run(job.key, is_beating=False)
    for name in ("job", "job_file"):
        assert page(job, name, user=world.supervisor).status_code == 404
    client = Client()
    client.force_login(world.supervisor)
    assert "还没有" in client.get(reverse("jobs")).content.decode()


def test_what_came_of_it_is_deleted_after_seven_days(world, counting):
    job = start(world)
    running.run(job.key, is_beating=False)
    job.refresh_from_db()
    jobs.clear(timezone.now() + timedelta(days=6))
    assert default_storage.exists(job.stored_as)
    jobs.clear(timezone.now() + timedelta(days=8))
    assert not default_storage.exists(job.stored_as)
    assert not Job.objects.exists()


def test_a_full_disk_while_it_starts_leaves_nothing(world, counting):
    with no_room_for("INSERT", "governance_job"), pytest.raises(Exception, match="disk is full"):
        start(world)


def test_a_list_of_thirty_costs_as_much_as_of_one(world, counting, django_assert_num_queries):
    client = Client()
    client.force_login(world.clerk)
    start(world)
    client.get(reverse("jobs"))
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as one:
        client.get(reverse("jobs"))
    for n in range(30):
        start(world, about=f"n{n}")
    with django_assert_num_queries(len(one)):
        assert "等着做" in client.get(reverse("jobs")).content.decode()


@pytest.mark.postgres
def test_of_two_workers_one_does_it(transactional_db, counting):
    from tests import people

    world = people.build()
    job = start(world, about="two")
    Job.objects.filter(pk=job.pk).update(state="queued", claim=None, tries=0, finished_at=None)
    before = counting["begun"]
    at_once([lambda: running.run(job.key, is_beating=False)] * 4)
    assert counting["begun"] - before == 1


def test_a_file_whose_worker_died_before_it_could_name_it_is_deleted_after_an_hour(world, counting):
    job = start(world)
    running.run(job.key, is_beating=False)
    job.refresh_from_db()
    stray = default_storage.save("jobs/nobody-names-it.csv", ContentFile(b"1,2,3"))
    jobs.clear(timezone.now() + timedelta(minutes=59))
    assert default_storage.exists(stray)
    jobs.clear(timezone.now() + timedelta(minutes=61))
    assert not default_storage.exists(stray)
    assert default_storage.exists(job.stored_as)
