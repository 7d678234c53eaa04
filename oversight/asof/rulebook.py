"""Which rulebook was in force on a day, with its rules as they were written then."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import prefetch_related_objects

from governance.models import Division, Rule, Rulebook, VoidRule
from governance.points import format_total
from governance.rulebook_changes import BESIDE, Beside, beside, said
from oversight.asof.days import moment
from oversight.asof.differences import Difference, compare
from oversight.asof.past import as_of

HEADS = ["编号", "方面", "事项", "加减", "怎么算"]
LABELS = {
    "number": "编号", "text": "事项", "sign": "加减", "terms": "怎么算", **BESIDE, "void": "作废",
}  # fmt: skip
BASE = ("", 0)  # where the points a quarter begins with stand among the rules; no rule has an empty family


@dataclass(frozen=True)
class Item(Beside):
    """One rule in words; `void` says that it was found unlawful by then."""

    family: str
    number: str
    text: str
    sign: str
    terms: str
    void: str

    @property
    def called(self) -> str:
        """What it is called where it changed."""
        return f"{self.number} {self.text}".strip()

    @property
    def cells(self) -> list[str]:
        """Its texts under HEADS."""
        return [self.number, self.dimension, self.text, self.sign, f"{self.terms}{self.void}"]


@dataclass(frozen=True)
class Then:
    """The rulebooks of a day: all versions and how far each was, the one in force and its items by a lasting key."""

    versions: list[Rulebook]
    book: Rulebook | None
    items: dict[tuple, Item]


def rulebook(village: Division, day: date, *, at: datetime) -> Then:
    """The village's rulebooks as they stood when a day was over; four queries.

    Steps keep no history of their own: those of a rule in force never change.
    """
    until = moment(day, at=at)
    versions = sorted(
        as_of(Rulebook, until, village_id=village.pk).values(), key=lambda row: row.version, reverse=True
    )
    book = next((row for row in versions if row.state == Rulebook.State.IN_FORCE), None)
    return Then(versions, book, _items(book, until) if book else {})


def difference(village: Division, days: tuple[date, date], *, at: datetime) -> Difference:
    """What changed in the rules in force from the earlier day to the later; a rule is known by family and ordinal."""
    before, after = (rulebook(village, day, at=at) for day in days)
    return compare(_compared(before), _compared(after), LABELS)


def _compared(then: Then) -> dict[tuple, Item]:
    """The rules of a day, and before them the points a quarter begins with, as a line of its own."""
    if then.book is None:
        return {}
    nothing = dict.fromkeys(BESIDE, "")
    base = Item(
        **nothing,
        family="",
        number="",
        text="每季起始分",
        sign="",
        terms=f"{format_total(then.book.base_tenths)}分",
        void="",
    )
    return {BASE: base, **then.items}


def _items(book: Rulebook, until: datetime) -> dict[tuple, Item]:
    rules = sorted(as_of(Rule, until, rulebook_id=book.pk).values(), key=lambda row: row.position)
    prefetch_related_objects(rules, "steps")
    voided = {row.rule_id: row for row in as_of(VoidRule, until, rule_id__in=[r.pk for r in rules]).values()}
    found, seen = {}, {}
    for rule in rules:
        seen[rule.family] = n = seen.get(rule.family, 0) + 1
        found[rule.family, n] = _item(rule, voided.get(rule.pk))
    return found


def _item(rule: Rule, void: VoidRule | None) -> Item:
    return Item(
        **vars(beside(rule)),
        family=rule.family,
        number=rule.number,
        text=rule.text,
        sign=rule.get_sign_display(),
        terms=said(rule),
        void=f"（已作废：{void.ground}）" if void else "",
    )
