"""The quarter of 柳溪村 that is settled: computed, looked at, signed, posted, final."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from governance.models import Scorecard
from governance.models.people import Role
from workflows import publications, settlements
from workflows.demo.months import moment

if TYPE_CHECKING:
    from workflows.demo.story import Story


def settle(story: Story, quarter: str, after: date) -> None:
    """The whole of it within the first half of the month `after` the quarter.

    The township's panel signs too: one household is kin of everybody in the village committee.
    """
    village, seventh = story.village, after.replace(day=7)
    story.until(moment(seventh, 9))
    settlement = settlements.start(
        village=village.place, quarter=quarter, by=village.clerk, at=moment(seventh, 9)
    )
    for signer in (*village.having(Role.COMMITTEE)[:2], village.having(Role.PANEL)[0]):
        settlement = _sign(settlement, signer, moment(seventh, 15))
    publications.publish_settlement(settlement=settlement, by=village.clerk, at=moment(seventh, 17))
    story.until(moment(seventh + timedelta(days=6), 9))


def _sign(settlement, signer, at):
    for card in Scorecard.objects.filter(pk__in=settlements.left_to_view(settlement, by=signer, at=at)):
        settlements.view_card(settlement=settlement, card=card, by=signer, at=at)
    return settlements.sign(settlement=settlement, word="逐户看过，同意。", by=signer, at=at)
