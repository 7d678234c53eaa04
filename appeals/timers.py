"""What happens by itself when a day of a case passes. It only ever lifts a burden (design/1-product.md, limit 5)."""

from appeals import decisions, inquiries, waits
from appeals.models import Inquiry, Objection
from appeals.objections import tell
from governance.deadlines import handles


def _case(pk) -> Objection:
    return Objection.objects.get(pk=pk)


@handles("objection.accept")
def not_accepted(pk, at):
    """Nobody said whether it is taken up: it is."""
    decisions.accept_overdue(objection=_case(pk), at=at)


@handles("objection.decide")
def not_decided(pk, at):
    """Nobody decided: lifted, or on to the township."""
    decisions.lapse(objection=_case(pk), at=at)


@handles("objection.review")
def not_reviewed(pk, at):
    """The second review is late: lifted, or said aloud."""
    decisions.lapse(objection=_case(pk), at=at)


@handles("objection.window")
def window_over(pk, at):
    """The household had its time."""
    decisions.close_answered(objection=_case(pk), at=at)


@handles("objection.resume")
def waited_long_enough(pk, at):
    """What was waited for did not come."""
    waits.resume_overdue(objection=_case(pk), at=at)


@handles("objection.risk")
def at_risk(pk, at):
    """A day is left: whoever acts is reminded, and the township sees it on its list."""
    case = _case(pk)
    if case.state in Objection.OPEN:
        tell("objection.at_risk", case, by=None, at=at, role="system")


@handles(inquiries.DUE)
def not_answered(pk, at):
    """A question stayed unanswered."""
    inquiries.miss(inquiry=Inquiry.objects.get(pk=pk), at=at)
