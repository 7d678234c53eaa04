"""A background step that fails is parked without a word of what it held, and done again once."""

import json

import pytest
from viewflow.workflow.models import Task
from viewflow.workflow.status import STATUS

from governance.models import Event
from governance.refusals import Conflict
from tests.failing import no_room_for
from tests.oversight.stuck import EVENTS, parked
from workflows import failed


def test_of_an_error_only_its_kind_and_place_are_stored(world):
    task = parked(world)
    assert list(task.data["_exception"]) == ["error"]
    assert "Error governance/events.py:" in failed.error_of(task)
    assert "13800001111" not in json.dumps(task.data)
    assert "disk" not in json.dumps(task.data)


def test_a_parked_step_is_done_again_with_what_follows(world):
    task = parked(world)
    failed.retry(task)
    assert Event.objects.filter(name="test.listed").count() == 1
    task.refresh_from_db()
    assert task.status == STATUS.REVIVED
    assert not failed.tasks().exists()
    new = Task.objects.get(flow_task=task.flow_task, status=STATUS.DONE)
    assert "_exception" not in new.data
    task.process.refresh_from_db()
    assert task.process.finished


def test_a_step_is_done_again_once(world):
    task = parked(world)
    failed.retry(task)
    with pytest.raises(Conflict, match="有人重试过"):
        failed.retry(task)
    assert Event.objects.filter(name="test.listed").count() == 1


def test_a_step_that_fails_again_stays_parked_and_leaves_nothing(world):
    task = parked(world)
    with no_room_for("INSERT", EVENTS), pytest.raises(Exception, match="disk is full"):
        failed.retry(task)
    task.refresh_from_db()
    assert task.status == STATUS.ERROR
    assert Task.objects.filter(process=task.process, flow_task=task.flow_task).count() == 1
