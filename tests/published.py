"""October of 柳溪村 posted by the real services: what residents, the desk and the notice board read."""

from datetime import timedelta

import time_machine

from tests.months import Month
from tests.people import NOON

STORY = [
    ("sweep", "打扫了门前的路", {}),
    ("litter", "在路口倒了一袋垃圾", {}),
    ("volunteer", "清了村东水渠", {"quantity_milli": 5000}),
]


def posted(world, *, at=NOON, facts=STORY) -> Month:
    """王家户 has a plus, a minus and five hours of work; 刘家户 has a plus. Posted at `at`."""
    month = Month(world, at).open()
    for rule, words, extra in facts:
        month.observe(rule, world.wang_home, rule, fact=words, **extra)
    month.observe("liu", world.liu_home, "sweep", fact="扫了雪")
    return month.to_publication()


def entry(month: Month, name: str):
    """The ledger line of an item."""
    item = month.items[name]
    item.refresh_from_db()
    return item.entry


def clock(at=NOON, **later):
    """The world's clock for a page: an hour after the notice was posted, or as much later as told."""
    return time_machine.travel(at + timedelta(**(later or {"hours": 1})), tick=False)
