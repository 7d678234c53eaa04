"""Who acts next on a repair: the household, a group leader, the council, then the month's notice."""

from viewflow import this
from viewflow.workflow import flow

from appeals.models import Repair, RepairProcess
from workflows.flows import SafeFlow

State = Repair.State


def _no_view(request, **kwargs):
    """Our own views act through workflows.steps; viewflow's URLs are not mounted."""
    raise NotImplementedError


class RepairFlow(SafeFlow):
    """信用修复：住户做，组长看，理事会定，随月评公示。"""

    process_class = RepairProcess

    start = flow.StartHandle(this.begin).Annotation(title="申请修复").Next(this.promise)
    promise = flow.View(_no_view).Annotation(title="住户去做").Next(this.verify)
    verify = flow.View(_no_view).Annotation(title="组长去看").Next(this.seen)
    seen = (
        flow.Switch()
        .Case(this.promise, lambda activation: activation.process.repair.state == State.PROMISED)
        .Case(this.approve, lambda activation: activation.process.repair.state == State.VERIFIED)
        .Default(this.end)
    )
    approve = flow.View(_no_view).Annotation(title="理事会定").Next(this.decided)
    decided = flow.If(this.is_approved).Then(this.wait).Else(this.end)
    wait = flow.Handle().Annotation(title="随月评公示").Next(this.end)
    end = flow.End().Annotation(title="办结")

    def begin(self, activation, repair: Repair):
        """Bind the process to its repair."""
        activation.process.repair = repair
        return activation.process

    def is_approved(self, activation) -> bool:
        """Did the council agree?"""
        return activation.process.repair.state == State.APPROVED
