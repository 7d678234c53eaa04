"""Judges one rulebook row by its own words: what may never be scored, and what a person has to settle.

Reads the item, and the category for whose office a row is about; never the note. No machine decides here what
a household did: a refusal names its ground and source, and the row can be written differently.
Source: design 1-product.md, What it never does; 2-domain.md, The linter.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from governance import lexicon as law
from governance.lexicon import Ground, Source, Topic, plain
from governance.lexicon_protected import PROTECTED, VOLUNTARY
from governance.lexicon_vague import OFFICE, WORDING
from governance.point_text import Draft, sign_of
from governance.points import format_total
from governance.rulebook_file import RawRow
from governance.shapes import Shape


class Verdict(StrEnum):
    """How a row ends, and how heavy a finding is: warned waits for an answer, refused stays out."""

    ACCEPTED = "accepted"
    WARNED = "warned"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found in row `number`, said to the clerk, with the provision it rests on."""

    number: int
    verdict: Verdict
    ground: Ground
    sentence: str
    source: Source

    def __str__(self) -> str:
        return f"row {self.number} {self.verdict} {self.ground}: {self.sentence} ({self.source})"


def warned(number: int, ground: Ground, sentence: str, source: Source) -> Finding:
    """A finding that a recorded answer settles."""
    return Finding(number, Verdict.WARNED, ground, sentence, source)


def lint(row: RawRow, draft: Draft | None) -> list[Finding]:
    """All findings on the row's words and, where its points could be read, on the draft. No effects."""
    findings = list(_by_words(row, draft.sign if draft else sign_of(row)))
    return findings + list(_by_draft(draft)) if draft else findings


def _by_words(row: RawRow, sign: int) -> Iterator[Finding]:
    item = plain(row.item)
    office = list(_met(row, OFFICE, item, sign)) or list(_met(row, OFFICE, plain(row.category), sign, "归在"))
    yield from _met(row, PROTECTED, item, sign)
    yield from office or _met(row, VOLUNTARY, item, sign)
    yield from _met(row, WORDING, item, sign)


def _met(row: RawRow, topics: Iterable[Topic], text: str, sign: int, how: str = "写了") -> Iterator[Finding]:
    """A finding for each topic `text` meets, of one word only the first; an unknown sign meets both kinds."""
    said = set()
    for topic in topics:
        if sign * topic.sign >= 0 and (word := topic.found_in(text)) and word not in said:
            said.add(word)
            verdict = Verdict.REFUSED if topic.refuses else Verdict.WARNED
            yield Finding(row.number, verdict, topic.ground, f"{how}“{word}”。{topic.sentence}", topic.source)


def _by_draft(draft: Draft) -> Iterator[Finding]:
    number, verb = draft.row.number, "加" if draft.sign > 0 else "减"
    if draft.shape is Shape.SELF_SET:
        limit = format_total(draft.max_tenths)
        sentence = f"这是留给村里自己定的空位，每条最多{verb}{limit}分。请先写成具体的事，再来查。"
        yield warned(number, Ground.SELF_SET, sentence, law.FORMAT)
        return
    if draft.shape is Shape.RANGE:
        span = f"{format_total(draft.min_tenths)}到{format_total(draft.max_tenths)}分"
        sentence = f"{verb}{span}，多少由人说了算。请写清什么情形{verb}几分。"
        yield warned(number, Ground.DISCRETION, sentence, law.AUTOMATED)
    if draft.unread_cap:
        sentence = f"“{draft.unread_cap}”没读懂，还没算进去。请改成每天、每月、每季度或每年最多几分、几次。"
        yield warned(number, Ground.UNREADABLE_CAP, sentence, law.FORMAT)
    if draft.sign < 0 and not draft.evidence:
        sentence = "减分没写要什么证据。请选照片、文件或两位证人，选好才能上大会。"
        yield warned(number, Ground.NO_EVIDENCE, sentence, law.QUALITY)
    if draft.conduct is None:
        yield warned(
            number, Ground.UNKNOWN_CONDUCT, "看不出归哪一类。请选一类，选好才能上大会。", law.PURPOSE
        )
