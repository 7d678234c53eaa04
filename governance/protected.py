"""Protected conduct in what somebody writes down as a fact: stopped before it is kept (design/1-product.md, limit 2)."""

from __future__ import annotations

from dataclasses import dataclass

from governance.lexicon import plain
from governance.lexicon_protected import PROTECTED


@dataclass(frozen=True)
class Stop:
    """Why a fact may not be scored: the word met, the ground as a sentence, and its source."""

    word: str
    sentence: str
    source: str


def stopped(text: str) -> Stop | None:
    """The first protected conduct a fact names, plus or minus; None when it names none. No effects."""
    words = plain(text)
    for topic in PROTECTED:
        if word := topic.found_in(words):
            return Stop(word, topic.sentence, str(topic.source))
    return None
