"""What the council sees of a month: its queue line by line, and one case with all that is needed to judge it.

Read only. The number of queries is the same for any number of items (design/7-quality.md).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from uuid import UUID

from django.db.models import F, Q

from governance import points, recusal, shields
from governance.access import holds, staff_of
from governance.events import last, why_of
from governance.models import User
from governance.models.people import Role
from governance.prepared import prepared
from governance.refusals import why_not
from governance.scorecards import as_shape
from workflows import ballots, reviews
from workflows.council_queue import DECIDED, PAGE, Line, State, items_of, settled_by_council
from workflows.models import Ballot, Evidence, Observation, Round
from workflows.who import Votable, electorates_in, votable

EARLIER = 5


def may_open(round: Round, user: User, *, at: datetime) -> bool:
    """May a user open the review of a month: the council of its village, the panel above it."""
    return any(holds(user, role, round.village, at=at) for role in (Role.COUNCIL, Role.PANEL))


@prepared
def readable(key: UUID):
    """The item with this key with what a case shows; none when there is no such item."""
    shown = "subject__area", "rule__rulebook", "sheet", "round__village"
    return Observation.objects.filter(key=key).select_related(*shown)


@prepared
def votable_by_key(key: UUID):
    """As `readable`, with what a vote needs."""
    return Observation.objects.filter(key=key).select_related("round__village")


def has_reached_council(item: Observation) -> bool:
    """Is an item under one of the TABS."""
    return (
        item.state in (State.CONFIRMED, *DECIDED)
        or (item.state == State.REJECTED and item.ballot_closed_at is not None)
        or (item.state == State.FILED and item.turn > 1)
    )


def next_for(round: Round, user: User, *, at: datetime, after: Observation) -> UUID | None:
    """The key of the next item below `after`, then from the top, that waits for this member's vote; None when none does."""
    for below in (True, False):
        rows = {
            key: Votable(pk, subject, at_township, sign < 0, tuple(touched_by))
            for key, pk, subject, at_township, sign, *touched_by in _uncast(
                round.pk, round.village_id, user.pk, after.pk, below=below
            )
        }
        allowed = electorates_in(round.village, list(rows.values()), at=at) if rows else {}
        if found := next((key for key, row in rows.items() if user in allowed[row.pk]), None):
            return found
    return None


@prepared
def _uncast(round: int, village: int, user: int, item: int, *, below: bool):
    waiting = items_of(round, village, "open").filter(
        Q(id__gt=item) if below else Q(id__lt=item), needs_ballot=True
    )
    waiting = waiting.exclude(ballots__in=Ballot.objects.filter(voter=user, turn=F("observation__turn")))
    waiting = waiting.exclude(Q(sheet__rater=user) | Q(confirmed_by=user)).order_by("id")
    shown = "key", "pk", "subject", "at_township", "rule__sign", "sheet__rater", "confirmed_by"
    return waiting.values_list(*shown)[:PAGE]


@prepared
def _cast_on(items: tuple[int, ...]):
    cast = Ballot.objects.filter(observation__in=items, turn=F("observation__turn"))
    return cast.values_list("observation_id", "voter_id")


@dataclass
class Standing:
    """How one member stands to each of some items of a round: to vote, voted, to stand aside, not theirs."""

    round: Round
    user: User
    rows: list[Observation | Line]
    at: datetime

    @cached_property
    def electorates(self) -> dict[int, list[User]]:
        """Who votes on each item that needs a ballot."""
        asked = [votable(row) for row in self.rows if row.needs_ballot]
        return electorates_in(self.round.village, asked, at=self.at)

    @cached_property
    def aside(self) -> dict[int, str]:
        """Why the member stays out, by item."""
        out = recusal.pairs(self._judges, {row.subject_id for row in self.rows}, at=self.at)
        kin = {subject: why for (user, subject), why in out.items() if user == self.user.pk}
        return self._shielded | reviews.touched_or_kin(self.rows, kin, by=self.user)

    @cached_property
    def _judges(self) -> set[int]:
        """All who judge in this village, and the member: what keeps them out is asked once, of all of them."""
        council, panel = staff_of((Role.COUNCIL, Role.PANEL), self.round.village, at=self.at)
        return {self.user.pk, *(user.pk for user in (*council, *panel))}

    @cached_property
    def _shielded(self) -> dict[int, str]:
        """Open deductions on households that objected to the member's work; a vote cast before stays theirs."""
        rows = [row for row in self.rows if row.is_deduction and row.state == State.CONFIRMED]
        kept = shields.pairs(self._judges, {row.subject_id for row in rows}, at=self.at)
        out = [
            row
            for row in rows
            if (self.user.pk, row.subject_id) in kept and (row.pk, self.user.pk) not in self._cast
        ]
        return {row.pk: shields.SHIELDED for row in out if self.user not in self.electorates[row.pk]}

    @cached_property
    def _cast(self) -> set[tuple[int, int]]:
        return set(_cast_on(tuple(row.pk for row in self.rows if row.needs_ballot)))

    def sealed(self, row: Observation) -> int:
        """How many have voted on an item."""
        return sum(pk == row.pk for pk, _voter in self._cast)

    @cached_property
    def is_council(self) -> bool:
        """Does the member sit on the village's own council (not only on the township's panel)."""
        return holds(self.user, Role.COUNCIL, self.round.village, at=self.at)

    def of(self, row: Observation | Line) -> str:
        """aside, settled, voted, vote, tick (may be approved with others) or other (somebody else's)."""
        if row.pk in self.aside:
            return "aside"
        if row.state != State.CONFIRMED:
            return "settled"
        if not row.needs_ballot:
            return "tick" if self.is_council and self.round.state == Round.State.REVIEWING else "other"
        if (row.pk, self.user.pk) in self._cast:
            return "voted"
        may_vote = self.round.state in ballots.VOTING and self.user in self.electorates[row.pk]
        return "vote" if may_vote else "other"


@prepared
def _earlier(village: int, family: UUID, item: int):
    same = Observation.objects.filter(settled_by_council(), village=village, rule__family=family)
    found = same.exclude(pk=item).select_related("round", "rule").only(
        "key", "state", "occurred_on", "quantity_milli", "labels", "raw_tenths", "round__key", "round__month",
        "round__state", "rule__unit",
    )  # fmt: skip
    return found.order_by("-occurred_on", "-id")[:EARLIER]


@prepared
def _pieces(item: int):
    return Evidence.objects.filter(observation=item).order_by("pk")


@dataclass
class Case:
    """One item with all that is needed to judge it, as this member may see it."""

    item: Observation
    standing: Standing

    @property
    def stands(self) -> str:
        """How the member stands to it (see Standing.of)."""
        return self.standing.of(self.item)

    @property
    def aside(self) -> str:
        """Why the member sees nothing of it; empty when they do not stand aside."""
        return self.standing.aside.get(self.item.pk, "")

    @property
    def is_closed(self) -> bool:
        """Rater and votes are hidden until the item is decided."""
        return self.item.state in [*DECIDED, State.REJECTED]

    @cached_property
    def refusal(self) -> str:
        """Why the member cannot vote on it now, as a sentence; empty when they can."""
        if self.stands == "vote":
            return ""
        return why_not(ballots.check_cast, self.item, by=self.standing.user, at=self.standing.at)

    @cached_property
    def sealed(self) -> int:
        """Votes cast so far."""
        return self.standing.sealed(self.item)

    @cached_property
    def eligible(self) -> int:
        """How many may vote."""
        return len(self.standing.electorates[self.item.pk])

    @property
    def envelopes(self) -> list[bool]:
        """One per member that may vote: cast or not, in no order that tells who."""
        return [n < self.sealed for n in range(max(self.eligible, self.sealed))]

    @cached_property
    def quorum(self) -> int:
        """How many votes are needed."""
        return ballots.quorum(self.item, at=self.standing.at, eligible=self.eligible)

    @cached_property
    def tally(self) -> list[tuple[str, int]]:
        """[(choice, votes)] of a closed ballot; empty for items approved without one."""
        if self.item.ballot_closed_at is None:
            return []
        votes = ballots.tally(self.item)
        return [(choice.label, votes[choice]) for choice in Ballot.Choice]

    @cached_property
    def how(self) -> str:
        """How the rule comes to the points, as a sentence."""
        item = self.item
        return points.describe(as_shape(item.rule), item.raw_tenths, item.quantity_milli, item.labels) + "。"

    @cached_property
    def pieces(self) -> list[Evidence]:
        """The evidence, in the order it was given."""
        return _pieces(self.item.pk)

    @property
    def asks(self) -> str:
        """What the ballot is about: 减3分."""
        tenths = self.item.raw_tenths
        return f"{'加' if tenths > 0 else '减'}{points.format_total(abs(tenths))}分"

    @cached_property
    def leaders_words(self) -> str:
        """Why the group leader measured otherwise, in their own words."""
        return why_of(last(self.item, "observation.adjusted")) if self.was_adjusted else ""

    @property
    def was_adjusted(self) -> bool:
        """Did the group leader change what the rater filed?"""
        item = self.item
        return (item.filed_tenths, item.filed_quantity_milli) != (item.raw_tenths, item.quantity_milli)

    @cached_property
    def doubt(self) -> str:
        """Why somebody wanted a ballot or another look: the last contest or sending back, in their own words."""
        event = (
            last(self.item, "observation.contested", "observation.sent_back") if self._was_doubted else None
        )
        return why_of(event)

    @property
    def _was_doubted(self) -> bool:
        return self.item.contested or self.item.turn > 1

    @cached_property
    def earlier(self) -> list[Observation]:
        """The newest decisions on the same rule (in any version) in this village, at most five."""
        return _earlier(self.item.village_id, self.item.rule.family, self.item.pk)

    @cached_property
    def bars(self) -> list[dict]:
        """Rater's and leader's points as bars 300 wide, on one scale with the earlier decisions."""
        scale = max(self._amounts, default=0) or 1
        width = {amount: round(300 * amount / scale) for amount in self._amounts}
        item = self.item
        return [
            {"who": "联户党员", "width": width[abs(item.filed_tenths)], "tenths": item.filed_tenths,
             "quantity": item.filed_quantity_milli, "css": "lp-f-line"},
            {"who": "承包组长", "width": width[abs(item.raw_tenths)], "tenths": item.raw_tenths,
             "quantity": item.quantity_milli, "css": "lp-f-b"},
        ]  # fmt: skip

    @property
    def marks(self) -> list[int]:
        """Where the earlier decisions lie on the bars' scale."""
        scale = max(self._amounts, default=0) or 1
        return sorted(
            {round(293 * abs(row.raw_tenths) / scale) for row in self.earlier if row.state in DECIDED}
        )

    @property
    def _amounts(self) -> list[int]:
        item = self.item
        own = [abs(item.filed_tenths), abs(item.raw_tenths), item.rule.max_tenths]
        return own + [abs(row.raw_tenths) for row in self.earlier if row.state in DECIDED]
