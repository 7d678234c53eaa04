"""Who acts next: the routing of sheet, month and quarter on viewflow's engine.

The entity decides what is legal (its FSM and the check_* functions); the flow only says who acts next.
viewflow's own views, inbox and timers are not used (design/4-architecture.md, measured facts).
"""

from viewflow import this
from viewflow.workflow import flow
from viewflow.workflow.lock import SelectForUpdateLock

from workflows.models import (
    RoundProcess,
    Settlement,
    SettlementProcess,
    Sheet,
    SheetProcess,
)


class RowLock(SelectForUpdateLock):
    """Wait for the process row as long as the database lets anyone wait; the loser then reads who was first.

    viewflow's own loop sleeps up to 8.6 s and ends in an error; waiting in the database is fair and short
    (settings.LOCK_SECONDS). On SQLite the transaction itself is IMMEDIATE, so the wait happens at its start.
    """

    def __init__(self):
        super().__init__(nowait=False, attempts=1)


class SafeFlow(flow.Flow):
    """Base of every flow: locks its process row. A test asserts that all flows inherit from it."""

    lock_impl = RowLock()


def _no_view(request, **kwargs):
    """Our own views act through workflows.steps; viewflow's URLs are not mounted."""
    raise NotImplementedError


class SheetFlow(SafeFlow):
    """联户评户单：联户党员评，片组长核。"""

    process_class = SheetProcess

    start = flow.StartHandle(this.begin).Annotation(title="开单").Next(this.rate)
    rate = (
        flow.View(_no_view)
        .Annotation(title="联户党员评户")
        .Assign(lambda activation: activation.process.sheet.rater)
        .Next(this.confirm)
    )
    confirm = flow.View(_no_view).Annotation(title="片组长核单").Next(this.is_returned)
    is_returned = flow.If(this.returned).Then(this.rate).Else(this.end)
    end = flow.End().Annotation(title="核好了")

    def begin(self, activation, sheet):
        """Bind the process to its sheet."""
        activation.process.sheet = sheet
        return activation.process

    def returned(self, activation):
        """Back to the rater?"""
        return activation.process.sheet.state == Sheet.State.RETURNED


class RoundFlow(SafeFlow):
    """月评：收单、理事会审、村两委签字、公示。"""

    process_class = RoundProcess

    start = flow.StartHandle(this.begin).Annotation(title="开月评").Next(this.collect)
    collect = flow.Handle().Annotation(title="收单").Next(this.review)
    review = flow.View(_no_view).Annotation(title="理事会审议").Next(this.sign)
    sign = flow.View(_no_view).Annotation(title="村两委签字").Next(this.publish)
    publish = flow.View(_no_view).Annotation(title="张贴公示").Next(this.window)
    window = flow.Handle().Annotation(title="公示期").Next(this.end)
    end = flow.End().Annotation(title="办结")

    def begin(self, activation, round):
        """Bind the process to its round."""
        activation.process.round = round
        return activation.process


class SettlementFlow(SafeFlow):
    """季亮晒：算分、两个人看过签字、公示。"""

    process_class = SettlementProcess

    start = flow.StartHandle(this.begin).Annotation(title="算分").Next(this.confirm)
    confirm = flow.View(_no_view).Annotation(title="村两委签颜色").Next(this.publish)
    publish = flow.View(_no_view).Annotation(title="张贴公示").Next(this.window)
    window = flow.Handle().Annotation(title="公示期").Next(this.end)
    end = flow.End().Annotation(title="办结")

    def begin(self, activation, settlement: Settlement):
        """Bind the process to its settlement."""
        activation.process.settlement = settlement
        return activation.process
