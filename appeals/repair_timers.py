"""What happens to a repair by itself when a day passes: reminded, lapsed, or helped by the township."""

from appeals.models import Repair
from appeals.repair_who import OVERDUE
from appeals.repairs import BESIDE, lapse, tell
from governance.deadlines import handles

State = Repair.State


@handles("repair.due")
def due(repair_id, at):
    """The promised day passed."""
    lapse(repair=Repair.objects.get(pk=repair_id), at=at)


@handles("repair.reminder")
def reminder(repair_id, at):
    """A few days are left to do what was promised."""
    row = _row(repair_id)
    if row.state == State.PROMISED:
        tell("repair.reminded", row, by=None, at=at, role="system")


@handles(OVERDUE)
def late(repair_id, at):
    """Nobody looked or voted in time: the township's panel may, beside those in charge."""
    row = _row(repair_id)
    if row.state in (State.SHOWN, State.VERIFIED):
        tell("repair.late", row, by=None, at=at, role="system")


def _row(repair_id) -> Repair:
    return Repair.objects.select_related(*BESIDE).get(pk=repair_id)
