"""Drive a repair of 王家户's litter through its steps by the real services."""

from __future__ import annotations

from datetime import date, timedelta

from appeals import repair_review, repairs
from appeals.models import Repair
from tests.months import Month, photo
from tests.people import NOON
from tests.published import entry

PROMISE = {"wrong": "图省事倒在路口了", "promise": "清干净，再扫三天路口", "due_on": date(2026, 12, 1)}


def applied(world, month, name="litter", **changed) -> Repair:
    """王大爷 promises on his phone, unless told otherwise."""
    said = {"how": Repair.How.ONLINE, "for_member": world.head, "by": world.wang, "at": NOON}
    return repairs.apply(entry=entry(month, name), **{**PROMISE, **said, **changed})


def shown(row: Repair, by, at=NOON) -> Repair:
    """It is done, with a photo."""
    return repairs.show(repair=row, done="清干净了，扫了三天", files=[photo()], by=by, at=at)


def verified(row: Repair, by, at=NOON) -> Repair:
    """The leader saw it."""
    return repair_review.verify(repair=row, by=by, at=at, word="看过了，干净")


def approved(row: Repair, voters, at=NOON) -> Repair:
    """These agree."""
    for voter in voters:
        repair_review.vote(repair=row, agrees=True, reason="", by=voter, at=at)
    row.refresh_from_db()
    return row


def ready(world, month) -> Repair:
    """Promised, done, seen by a leader who had not confirmed the deduction, and agreed to."""
    row = shown(applied(world, month), world.wang)
    return approved(verified(row, world.gao), world.council[:2])


def november(world, at=NOON) -> Month:
    """The next month, signed but not posted."""
    return Month(world, at, date(2026, 11, 1)).open().to_review().review_all().send().sign()


def counted(world, month) -> Repair:
    """Posted with November an hour later."""
    row = ready(world, month)
    november(world, NOON + timedelta(hours=1)).publish()
    row.refresh_from_db()
    return row
