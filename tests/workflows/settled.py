"""柳溪村's last quarter of 2026 settled and posted by the real services, and what a case then does to its ledger."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from governance import ledger
from governance.events import record
from governance.models import Entry, Scorecard
from tests.months import Month
from tests.people import NOON, World
from workflows import amendments, publications, settlements
from workflows.models import Settlement

JANUARY = NOON + timedelta(days=60)
LATER = JANUARY + timedelta(days=1)
Q4 = "2026Q4"


def october(world: World, *, at: datetime = NOON) -> Month:
    """A plus for 刘家户; a plus and two deductions for 王家户. Posted."""
    month = Month(world, at).open()
    month.observe("扫路", world.liu_home, "sweep")
    month.observe("清渠", world.wang_home, "sweep")
    month.observe("乱倒", world.wang_home, "litter")
    month.observe("堆柴", world.wang_home, "block", chosen_tenths=30, grounds="堵了半条通道")
    return month.to_publication()


def line(month: Month, name: str) -> Entry:
    """The ledger line of an item."""
    month.items[name].refresh_from_db()
    return month.items[name].entry


def computed(world: World, at: datetime = JANUARY) -> Settlement:
    """The quarter computed by the machine."""
    return settlements.start(village=world.village, quarter=Q4, by=world.clerk, at=at)


def signed(world: World, settlement: Settlement, at: datetime = JANUARY) -> Settlement:
    """Two members of the committee look and sign."""
    for signer in world.committee[:2]:
        for pk in settlements.left_to_view(settlement, by=signer, at=at):
            card = Scorecard.objects.get(pk=pk)
            settlements.view_card(settlement=settlement, card=card, by=signer, at=at)
        settlement = settlements.sign(settlement=settlement, word="", by=signer, at=at)
    return settlement


def posted(world: World, at: datetime = JANUARY) -> Settlement:
    """The quarter on the board."""
    settlement = signed(world, computed(world, at), at)
    publications.publish_settlement(settlement=settlement, by=world.clerk, at=at)
    settlement.refresh_from_db()
    return settlement


@transaction.atomic
def take_out(world: World, entry: Entry, *, at: datetime = LATER, cause="case:1", follow=True, instead=0):
    """A case takes a line out of the ledger (and puts one of `instead` tenths there): the amendments that follow."""
    amendments.lock_settlements(world.village, entry.quarter)
    lines = [ledger.reversal(entry, source=cause)]
    if instead:
        lines.append(
            ledger.draft(
                subject=entry.subject, rule=entry.rule, quarter=entry.quarter, raw_tenths=instead,
                occurred_on=entry.occurred_on, source=f"{cause}:instead",
            )
        )  # fmt: skip
    event = record("case.decided", village=world.village, about=entry, by=world.officer, at=at, rows=lines)
    ledger.post(lines, event=event)
    if not follow:
        return lines
    return amendments.follow(
        subject=entry.subject, quarter=entry.quarter, cause=cause, by=world.officer, at=at
    )
