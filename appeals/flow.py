"""Who acts next on an objection: accept, decide, wait for the household, second review (design/3-processes.md)."""

from viewflow import this
from viewflow.workflow import flow

from appeals.models import Objection, ObjectionProcess
from workflows.flows import SafeFlow

State = Objection.State


def _no_view(request, **kwargs):
    """Our own views act through workflows.steps; viewflow's URLs are not mounted."""
    raise NotImplementedError


def _is(state):
    return lambda activation: activation.process.objection.state == state


class ObjectionFlow(SafeFlow):
    """异议：收、查、定，住户不服再由别的人复核。"""

    process_class = ObjectionProcess

    start = flow.StartHandle(this.begin).Annotation(title="提异议").Next(this.accept)
    accept = flow.View(_no_view).Annotation(title="收不收").Next(this.where_to)
    decide = flow.View(_no_view).Annotation(title="查了来定").Next(this.where_to)
    window = flow.Handle().Annotation(title="等住户看结果").Next(this.where_to)
    review = flow.View(_no_view).Annotation(title="镇里复核").Next(this.where_to)
    where_to = (
        flow.Switch()
        .Case(this.decide, _is(State.ACCEPTED))
        .Case(this.window, _is(State.ANSWERED))
        .Case(this.review, _is(State.REVIEWING))
        .Default(this.end)
    )
    end = flow.End().Annotation(title="办结")

    def begin(self, activation, objection):
        """Bind the process to its case."""
        activation.process.objection = objection
        return activation.process


# The step a case is in, and what the deadline of that step is called.
NODES = {
    State.FILED: ObjectionFlow.accept,
    State.ACCEPTED: ObjectionFlow.decide,
    State.ANSWERED: ObjectionFlow.window,
    State.REVIEWING: ObjectionFlow.review,
}
