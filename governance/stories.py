"""What stands behind a ledger line or a hold, told by the layer that decided it.

The ledger keeps "observation:<key>" as a line's source and "objection:<key>" as a hold's cause, and knows no
more. The layers above put their tellers here at start, so that a household's page can say what happened.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from governance.models import Entry, Scorecard


@dataclass(frozen=True)
class Fact:
    """What a line is about: the words, its evidence as a phrase, and until when it can be objected to."""

    text: str
    evidence: str
    open_until: datetime


@dataclass(frozen=True)
class Step:
    """One thing done on the way to a line: when, by whom (a role, not a name), what, and their reason."""

    at: datetime
    who: str
    what: str
    why: str = ""


@dataclass(frozen=True)
class Piece:
    """One piece of evidence; a witness has words only, a file has a key to open it by."""

    key: UUID
    label: str
    caption: str
    is_photo: bool
    is_file: bool


@dataclass(frozen=True)
class Story:
    """All that is behind one line. `votes` are counts in words, never who voted what; `signed` are among `steps`."""

    place: str
    grounds: str
    pieces: list[Piece]
    steps: list[Step]
    votes: str = ""
    signed: tuple[Step, ...] = ()

    @property
    def hands(self) -> list[Step]:
        """The steps but for the signatures."""
        return [step for step in self.steps if step not in self.signed]


@dataclass(frozen=True)
class Case:
    """An open case: its number, since when, by when whoever acts now has to, and where to follow it.

    `about` names what it is about, empty for a line; `quarter` is the one whose score it is about, if any;
    `sentence` says what happens next, `is_yours` that the household itself is to act.
    """

    number: str
    filed_at: datetime
    answer_by: date
    url: str
    about: str
    quarter: str
    sentence: str
    is_yours: bool


@dataclass(frozen=True)
class Mend:
    """How a line can be made good, or is being: what the link to it says; `is_new` while it is only on offer."""

    label: str
    url: str
    is_new: bool


# By the noun before the colon. Each teller answers for many keys in a constant number of queries.
FACTS: dict[str, Callable[[list[str]], dict[str, Fact]]] = {}
STORIES: dict[str, Callable[[list[str]], dict[str, Story]]] = {}
CASES: dict[str, Callable[[list[str]], dict[str, Case]]] = {}
# Who signed scorecards, by the card's id: the settlement's signatures, or those of a correction.
CARDS: list[Callable[[list[Scorecard]], dict[int, list[Step]]]] = []
# The open cases of a household, by its id.
OPEN_CASES: list[Callable[[int], list[Case]]] = []
# Whoever had a hand in it: they do not decide a case about it.
TOUCHED: dict[str, Callable[[list[str]], dict[str, set[int]]]] = {}
# Each says for lines of the ledger, by their id, how they can be made good; a constant number of queries.
MENDS: list[Callable[[list[Entry]], dict[int, Mend]]] = []


def facts(sources: Iterable[str]) -> dict[str, Fact]:
    """Facts by source; a source nobody tells about is left out."""
    return _tell(FACTS, sources)


def cases(causes: Iterable[str]) -> dict[str, Case]:
    """Cases by cause; a cause nobody tells about is left out."""
    return _tell(CASES, causes)


def mends(entries: list[Entry]) -> dict[int, Mend]:
    """How lines can be made good, by their id; a line that cannot is left out."""
    return {pk: mend for teller in MENDS for pk, mend in teller(entries).items()}


def open_cases(subject: int) -> list[Case]:
    """The open cases of a household, whatever they are about."""
    return [case for teller in OPEN_CASES for case in teller(subject)]


def told(sources: Iterable[str]) -> dict[str, Story]:
    """The whole stories of sources; one that nobody tells about is left out."""
    return _tell(STORIES, sources)


def story(source: str) -> Story | None:
    """The whole story of one source, or None when nobody tells it."""
    return told([source]).get(source)


def signed_cards(cards: Iterable[Scorecard]) -> dict[int, list[Step]]:
    """Who signed scorecards, by their id and by role; a card nobody tells about is left out."""
    cards = list(cards)
    return {pk: steps for teller in CARDS for pk, steps in teller(cards).items()}


def touched(sources: Iterable[str]) -> dict[str, set[int]]:
    """Ids of everybody who had a hand in what stands behind lines, by source; left out when nobody tells."""
    return _tell(TOUCHED, sources)


def _tell(tellers: dict, names: Iterable[str]) -> dict:
    by_noun: dict[str, list[str]] = {}
    for name in names:
        noun, _, key = name.partition(":")
        by_noun.setdefault(noun, []).append(key)
    return {
        f"{noun}:{key}": told
        for noun in by_noun.keys() & tellers.keys()
        for key, told in tellers[noun](by_noun[noun]).items()
    }
