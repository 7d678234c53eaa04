"""What is posted is signed: at once, under the root that the notice carries, and never before it is committed."""

import time_machine

from governance.events import record
from tests.months import Month
from tests.people import NOON
from transparency import signing
from transparency.checkpoints import head_of
from transparency.models import Checkpoint
from workflows import tasks
from workflows.models import Publication


def posted(world) -> Publication:
    month = Month(world, NOON).open()
    month.observe("sweep", world.wang_home, "sweep")
    month.to_review()
    month.review_all()
    month.send()
    month.sign()
    month.publish()
    return Publication.objects.get()


def test_a_posted_notice_has_a_signed_checkpoint_of_its_root(world, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        notice = posted(world)
        assert not Checkpoint.objects.exists()
    checkpoint = Checkpoint.objects.get()
    assert (checkpoint.size, checkpoint.root) == (notice.log_size, notice.log_root)
    assert checkpoint.signed_at == notice.published_at
    assert head_of(checkpoint.note).root.hex() == notice.log_root
    assert len(checkpoint.note.encode()) < 220  # what fits a QR code that a phone reads off paper


def test_a_signer_in_trouble_keeps_nobody_from_posting(world, django_capture_on_commit_callbacks, settings):
    settings.LOG_SIGNING_KEY = "none"
    with django_capture_on_commit_callbacks(execute=True):
        assert posted(world).log_size
    assert signing.problems().get().village == world.village.code


def test_the_ticker_signs_the_day_s_logs(world):
    record("test.done", village=world.village, about=world.village, by=None, at=NOON)
    with time_machine.travel(NOON, tick=False):
        tasks.tick()
        tasks.tick()
    assert Checkpoint.objects.get().signed_at == NOON
