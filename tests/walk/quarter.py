"""The quarter's acts: settle, look, sign, send back, post."""

from __future__ import annotations

from governance.access import today
from governance.models import Scorecard
from governance.models.people import Role
from governance.periods import previous_quarter, quarter_of
from tests.walk.village import Village
from workflows import publications, settlements
from workflows.models import Settlement

CONFIRMING = Settlement.State.CONFIRMING


def start(v: Village):
    """The clerk settles the quarter that ended; sometimes the running one."""
    running = quarter_of(today(v.at))
    quarter = v.dice.choice([previous_quarter(running)] * 4 + [running])
    v.act(settlements.start, village=v.village, quarter=quarter, by=v.who(v.staff(Role.CLERK)))


def look(v: Village):
    """A signer opens every card that must be looked at, and one more."""
    settlement = v.pick(Settlement.objects.filter(state=CONFIRMING))
    if settlement is None:
        return
    by = v.who(v.staff(Role.COMMITTEE))
    cards = list(Scorecard.objects.filter(pk__in=settlements.left_to_view(settlement, by=by, at=v.at)))
    more = v.pick(settlements.cards(settlement))
    for card in [*cards, more] if more else cards:
        v.act(settlements.view_card, settlement=settlement, card=card, by=by)


def sign(v: Village):
    """A signature under the colours."""
    settlement = v.pick(Settlement.objects.filter(state=CONFIRMING))
    if settlement is None:
        return
    by = v.who(
        [u for u in v.staff(Role.COMMITTEE) if not settlements.left_to_view(settlement, by=u, at=v.at)]
    )
    v.act(settlements.sign, settlement=settlement, word="", by=by)


def recompute(v: Village):
    """A signer sends the quarter back."""
    settlement = v.pick(Settlement.objects.filter(state=CONFIRMING))
    if settlement:
        v.act(settlements.recompute, settlement=settlement, why=v.words(), by=v.who(v.staff(Role.COMMITTEE)))


def publish(v: Village):
    """The clerk posts the quarter."""
    settlement = v.pick(Settlement.objects.exclude(state=Settlement.State.FINAL))
    if settlement:
        v.act(publications.publish_settlement, settlement=settlement, by=v.who(v.staff(Role.CLERK)))


VERBS = {start: 6, look: 8, sign: 12, recompute: 1, publish: 6}
