"""An operator looks at the machines, a clerk watches the quarter being computed, a supervisor takes a long table home."""

import json
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from governance import pulses
from governance.jobs import running
from governance.jobs.waking import WORKER
from governance.models import Job
from oversight.changes import tables
from tests import people
from tests.browser.screen import DESK, PHONE
from tests.people import NOON
from tests.published import posted
from workflows.models import Settlement

pytestmark = pytest.mark.browser
JANUARY = NOON + timedelta(days=60)


class Held:
    """In place of the worker: jobs wait until the test does them, step by step."""

    def set(self):
        """Told that there is something to do."""


@pytest.fixture
def held():
    held = Held()
    WORKER.append(held)
    yield
    WORKER.remove(held)


def steps():
    """The job that waits, claimed, to be done step by step."""
    [key] = running.waiting(timezone.now())
    return running.advance(running.claim(key, timezone.now()))


def test_what_is_bad_with_the_machines_and_what_to_do(window, settings, tmp_path):
    """At today's own time: the database's clock does not travel with a test, and is one of what is looked at."""
    settings.BACKUP_STAMP = tmp_path / "last_backup.json"
    screen, faults, world = window(DESK), [], people.build()
    pulses.beat(pulses.TICKER, timezone.now() - timedelta(hours=3))
    for worker in (pulses.WORKER, pulses.JOBS):
        pulses.beat(worker, timezone.now())  # looked at where there is a broker
    screen.sign_in_as(world.operator).go("health").see(
        "有2样不好", "上次听到是3小时前", "把beat（或者serve）开起来", "没有备份过"
    )
    faults += screen.faults(PHONE, DESK)
    screen.picture("health-bad")
    settings.BACKUP_STAMP.write_text(json.dumps({"at": timezone.now().isoformat()}))
    pulses.beat(pulses.TICKER, timezone.now())
    screen.go("health").see("都好，没有要办的", "机器好不好")
    faults += screen.faults(PHONE, DESK)
    screen.picture("health-good")
    screen.page.set_viewport_size(PHONE)
    screen.picture("health-phone")
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize(("size", "javascript"), [(DESK, True), (PHONE, False)])
def test_the_quarter_is_computed_while_its_clerk_watches(window, held, size, javascript):
    screen, faults = window(size, javascript=javascript), []
    with time_machine.travel(JANUARY, tick=True):
        world = people.build()
        with time_machine.travel(NOON, tick=False):
            posted(world)
        screen.sign_in_as(world.clerk).go("settlement_start", world.village.code)
        screen.click("^算分，送村两委签字$").see("等着做", "离开这一页也会接着做")
        doing = steps()
        next(doing)
        look(screen, javascript).see("在做", "正在把各户的分加起来", "做了1，一共3")
        faults += screen.faults(size) if javascript else []
        screen.picture(f"job-running-{size['width']}")
        list(doing)
        look(screen, javascript).see("做好了", "的分加好了，请村两委看过签字")
        screen.picture(f"job-done-{size['width']}")
        screen.click("^去看$")
        assert Settlement.objects.get().key.hex in screen.page.url.replace("-", "")
        screen.go("jobs").see("季亮晒算分", "做好了")
        faults += screen.faults(size) if javascript else []
        screen.picture(f"jobs-{size['width']}")
    assert not faults, "\n".join(faults)


def look(screen, javascript):
    """With scripts the page asks by itself; without, its reader does."""
    if not javascript:
        screen.page.reload()
    return screen


def test_what_failed_is_tried_again_and_a_long_table_taken_home(window, held, monkeypatch, settings):
    screen, faults = window(DESK), []
    monkeypatch.setattr(tables, "AT_ONCE", 3)
    with time_machine.travel(NOON, tick=True):
        world = people.build()
        posted(world)
        screen.sign_in_as(world.supervisor).go("changes").click("^导出XLSX$").see("要在后台做一会儿")
        faults += screen.faults(PHONE, DESK)
        screen.click("^在后台做$").see("等着做")
        job = Job.objects.get()
        kept, settings.MEDIA_ROOT = settings.MEDIA_ROOT, "/proc/nowhere"
        running.run(job.key, is_beating=False)
        settings.MEDIA_ROOT = kept
        screen.see("没做成", "请把下面这一行告诉系统运维")
        faults += screen.faults(PHONE, DESK)
        screen.picture("job-failed")
        screen.click("^再试一次$").see("等着做")
        list(steps())
        screen.see("做好了")
        with screen.page.expect_download() as taken:
            screen.page.get_by_role("link", name="下载改动记录").click()
        assert taken.value.suggested_filename.endswith(".xlsx")
    assert not faults, "\n".join(faults)
