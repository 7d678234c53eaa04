"""A flow with a step that runs with nobody at the screen, as background work does; only tests use it."""

from viewflow import this
from viewflow.workflow import flow

from governance.events import record
from tests.people import NOON
from workflows.flows import SafeFlow
from workflows.models import RoundProcess


class ListFlow(SafeFlow):
    """A month's list is written by itself."""

    process_class = RoundProcess

    start = flow.StartHandle(this.begin).Annotation(title="开始").Next(this.write)
    write = flow.Function(this.write_list).Annotation(title="写清单").Next(this.end)
    end = flow.End().Annotation(title="写好了")

    def begin(self, activation, round):
        """Bind the process to its month."""
        activation.process.round = round
        return activation.process

    def write_list(self, activation):
        """Write one event; a phone number is among the variables, as it well may be."""
        round, phone = activation.process.round, "13800001111"
        record("test.listed", village=round.village, about=round, by=None, at=NOON, detail={"phone": phone})
