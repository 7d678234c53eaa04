"""By when the council votes: set when a review begins, when an item comes back, and when it goes to the township."""

from datetime import datetime

from governance import deadlines
from governance.access import today
from governance.policies import value
from workflows.models import Round


def set_ballots_due(round: Round, *, at: datetime) -> None:
    """Give the votes of a month the policy's working days from now (council_days)."""
    due = deadlines.workdays_after(at, value("council_days", round.village, today(at)))
    deadlines.set_deadline(
        "round.ballots",
        about=round,
        village=round.village,
        due=deadlines.end_of(due.on),
        provisional=due.provisional,
    )
