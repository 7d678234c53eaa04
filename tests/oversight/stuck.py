"""Really stuck things, made without a word of our code replaced: the disk is full, somebody left office."""

from datetime import date, timedelta

import pytest
from viewflow.workflow.context import Context
from viewflow.workflow.models import Task

from governance import deadlines
from governance.models import Deadline
from oversight.stuck.registry import SOURCES
from tests.failing import no_room_for
from tests.fieldapp.flows import ListFlow
from tests.people import NOON
from workflows.models import Round

EVENTS = "governance_event"
LATER = NOON + timedelta(days=6)  # a notice of NOON hangs for five days


def window(month) -> Deadline:
    """The deadline at which a posted month's window ends."""
    return Deadline.objects.get(kind="round.window", about_id=month.round.pk)


def fail(at=LATER) -> None:
    """The ticker comes by while nothing can be written."""
    with no_room_for("INSERT", EVENTS), pytest.raises(ExceptionGroup):
        deadlines.fire_due(at)


def parked(world, month=date(2026, 1, 1)) -> Task:
    """A background step of a month of its own that failed because the disk was full."""
    round = Round.objects.create(village=world.village, month=month, opened_at=NOON)
    with no_room_for("INSERT", EVENTS), Context(propagate_exception=False):
        ListFlow.start.run(round=round)
    return Task.objects.get(flow_task=ListFlow.write, process__roundprocess__round=round)


def source(name: str):
    """One of the sources by name."""
    return SOURCES[name]
