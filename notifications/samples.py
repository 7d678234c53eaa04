"""通知样子: every kind of message filled in with an example, and what its SMS must not hold, looked for."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from governance.event_names import label
from notifications.kinds import ALL, OF_DEADLINES
from notifications.kinds.base import Kind

ONE_SMS = 70  # characters that fit one SMS
EXAMPLE = {"month": "2026年10月", "quarter": "2026年第三季度", "day": "11月30日"}
NUMBERS = {"repair": "XF", "correction": "GZ", "rectification": "ZL", "erasure": "SC"}  # else an objection's
# Points, a standing, a reason given: nothing of it leaves the house.
FORBIDDEN = re.compile(r"[+−-]?\d+(?:\.\d+)?分(?!钟)|示范户|达标户|待提升户|理由是")


@dataclass(frozen=True)
class Sample:
    """One kind as its reader gets it."""

    kind: Kind
    title: str
    text: str
    short: str

    @property
    def event(self) -> str:
        """What happened, in the words of the change log; a reminder comes before anything did."""
        return "快到期了，提醒一声" if self.kind in OF_DEADLINES else label(self.kind.event)

    @property
    def who(self) -> str:
        """Who is told; a template would call the function itself."""
        return self.kind.who.says

    @property
    def is_one_sms(self) -> bool:
        """Does it fit one SMS."""
        return len(self.short) <= ONE_SMS

    @property
    def is_clean(self) -> bool:
        """Neither points nor a standing nor a reason in what leaves the house."""
        return not FORBIDDEN.search(self.short + self.title)


def sample(kind: Kind) -> Sample:
    """A kind with the example filled in."""
    number = f"{NUMBERS.get(kind.event.partition('.')[0], 'YY')}-2026-0012"
    parts = (getattr(kind, part).format(number=number, **EXAMPLE) for part in ("title", "text", "short"))
    return Sample(kind, *parts)


def samples(*, topic: str = "", who: str = "", words: str = "") -> list[Sample]:
    """All kinds in their order: of a topic, for an audience, or with these words."""
    made = (sample(kind) for kind in ALL if topic in ("", kind.topic) and who in ("", kind.who.says))
    return [each for each in made if _holds(each, words.split())]


def audiences() -> list[str]:
    """Everybody who is told anything, as kinds say it."""
    return list(dict.fromkeys(kind.who.says for kind in ALL))


def _holds(made: Sample, words: Iterable[str]) -> bool:
    return all(word in f"{made.event}{made.title}{made.text}{made.short}" for word in words)
