"""Which rule of a draft stands for a rule that last quarter's lines were made under."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from governance.models import Rule, Rulebook
from governance.rulebook_changes import said
from governance.scorecards import as_shape

GONE, TURNED, UNCLEAR = "新细则里没有这一条", "新细则里加减不一样了", "新细则里有几条相近，分不清是哪一条"


@dataclass(frozen=True)
class Match:
    """A rule of the ledger and the draft's rule in its place; without one, `why` says what is the matter."""

    old: Rule
    new: Rule | None
    why: str = ""

    @property
    def is_same(self) -> bool:
        """Does the draft's rule give and limit exactly what the old one did."""
        return self.new is not None and _counting(self.old) == _counting(self.new)

    @property
    def was(self) -> str:
        """How the old rule counts, in words."""
        return said(self.old)

    @property
    def becomes(self) -> str:
        """How the draft's rule counts, in words; what is the matter, where there is none."""
        return said(self.new) if self.new else self.why


def match(olds: Iterable[Rule], draft: Rulebook) -> dict[int, Match]:
    """Each old rule's place in the draft, by its id; two queries.

    By family first, which a copied rule keeps; then by exactly the same words. Several that fit are told apart
    by words, then by number. A rule whose sign turned, or that cannot be told apart, has no match: the clerk is
    told, and its lines are not counted.
    """
    news = list(draft.rules.prefetch_related("steps"))
    return {old.pk: _match(old, news) for old in olds}


def _match(old: Rule, news: list[Rule]) -> Match:
    near = [new for new in news if new.family == old.family] or [
        new for new in news if _words(new) == _words(old)
    ]
    fitting = [new for new in near if new.sign == old.sign]
    if not fitting:
        return Match(old, None, TURNED if near else GONE)
    for alike in (_words, lambda rule: rule.number):
        if len(fitting) > 1:
            fitting = [new for new in fitting if alike(new) == alike(old)] or fitting
    return Match(old, fitting[0]) if len(fitting) == 1 else Match(old, None, UNCLEAR)


def _words(rule: Rule) -> str:
    return "".join(rule.text.split())


def _counting(rule: Rule):
    """All of a rule that decides points; its row and its family's name left out."""
    return replace(as_shape(rule), id=0, family="")
