"""Where every story starts."""

from datetime import timedelta

from governance.events import record
from tests.notifications.opened import Opened
from tests.people import NOON

HOUR = timedelta(hours=1)
ONE, TWO = NOON + HOUR, NOON + 2 * HOUR


def begin(world) -> Opened:
    """What is there already is no news."""
    record("area.added", village=world.village, about=world.east, by=world.clerk, at=NOON)
    return Opened(world).look(NOON)
