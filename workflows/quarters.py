"""What a signer sees of a quarter: every card in the order of doors, why to look, seen or not.

Never by colour; the signer's own household and kin are there by name only (design/1-product.md, limits 4 and 7).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from governance import scorecards
from governance.explain import explain
from governance.models import Entry, Scorecard, User
from governance.points import format_total
from governance.recusal import reasons
from workflows import settlements
from workflows.models import Settlement, Viewed

TABS = {"look": "要看的", "changed": "变了的", "near": "贴近的", "held": "有暂缓的", "all": "全部"}
_REASON = {"changed": settlements.CHANGED, "near": settlements.NEAR, "held": settlements.HELD}
Colour = Scorecard.Colour


@dataclass(frozen=True)
class Row:
    """One card of the quarter as one signer may see it."""

    card: Scorecard
    before: Scorecard | None
    why: list[str]
    is_seen: bool
    aside: str

    @property
    def village_tenths(self) -> int:
        """Points from the village's joint review."""
        return self.card.index_tenths - self.card.base_tenths

    @property
    def is_due(self) -> bool:
        """Has this signer still to open it."""
        return bool(self.why) and not self.is_seen and not self.aside

    @property
    def says(self) -> str:
        """Why to look, as it is said."""
        return "；".join(self._say(reason) for reason in self.why)

    def _say(self, reason: str) -> str:
        card = self.card
        if reason == settlements.NEAR:
            gap = card.total_tenths - card.base_tenths
            word = "只多" if gap > 0 else "只差"
            return f"贴近{format_total(card.base_tenths)}：{word}{format_total(abs(gap))}分"
        if reason == settlements.HELD:
            return f"暂缓：{card.held_count}条没办完，先不算"
        return "变了：跟上季不一样"


class Look:
    """One signer's look at a quarter. Five queries, however many cards."""

    def __init__(self, settlement: Settlement, user: User, *, at: datetime):
        self.settlement, self.user, self.at = settlement, user, at

    @cached_property
    def rows(self) -> list[Row]:
        """Every card by area and door."""
        cards = list(settlements.cards(self.settlement))
        before = settlements.previous_cards(self.settlement)
        aside = reasons(self.user, [card.subject_id for card in cards], at=self.at)
        seen = set(
            Viewed.objects.filter(settlement=self.settlement, by=self.user).values_list(
                "scorecard_id", flat=True
            )
        )
        return [
            Row(
                card,
                before.get(card.subject_id),
                settlements.why_look(card, before.get(card.subject_id)),
                card.pk in seen,
                aside.get(card.subject_id, ""),
            )
            for card in cards
        ]

    def tab(self, name: str) -> list[Row]:
        """The rows of a tab of TABS. Those hidden stand in the first and the last, whatever their cards say."""
        if name == "all":
            return self.rows
        if name == "look":
            return [row for row in self.rows if row.aside or row.why]
        return [row for row in self.rows if not row.aside and _REASON[name] in row.why]

    @property
    def tabs(self) -> list[tuple[str, str, int]]:
        """[(tab, label, how many)]."""
        return [(name, label, len(self.tab(name))) for name, label in TABS.items()]

    @property
    def due(self) -> list[Row]:
        """What this signer has still to open."""
        return [row for row in self.rows if row.is_due]

    @property
    def must(self) -> int:
        """How many cards this signer has to open in all."""
        return sum(bool(row.why) and not row.aside for row in self.rows)

    @property
    def looked(self) -> int:
        """How many of those this signer has opened."""
        return self.must - len(self.due)

    @property
    def aside(self) -> int:
        """How many cards are hidden from this signer."""
        return sum(bool(row.aside) for row in self.rows)

    @cached_property
    def matrix(self) -> list[tuple[str, int, list[int]]]:
        """[(last quarter's colour or "", how many, this quarter's counts in the order of Colour)].

        Without the hidden cards: a count must not tell what the row hides.
        """
        open_rows = [row for row in self.rows if not row.aside]
        found = Counter((row.before.colour if row.before else "", row.card.colour) for row in open_rows)
        lines = [(then, [found[then, now] for now in Colour.values]) for then in [*Colour.values, ""]]
        return [(then, sum(cells), cells) for then, cells in lines if then or sum(cells)]

    @property
    def sums(self) -> list[int]:
        """This quarter's counts by colour, the hidden cards left out."""
        return [sum(cells[n] for _, _, cells in self.matrix) for n in range(len(Colour.values))]

    @property
    def changed(self) -> int:
        """How many cards changed colour, the hidden ones left out."""
        return len(self.tab("changed"))


def sheet(card: Scorecard) -> list[dict]:
    """Every line behind a card as it was computed, explained; a constant number of queries."""
    score = scorecards.lines(subject=card.subject, quarter=card.quarter, at=card.computed_at)
    entries = Entry.objects.select_related("rule").in_bulk([line.entry.id for line in score.lines])
    return [
        {
            "entry": entries[line.entry.id],
            "line": line,
            "is_held": any(reason.code == "held" for reason in line.why),
            "sentence": explain(line),
        }
        for line in score.lines
    ]
