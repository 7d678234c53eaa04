"""Checks a whole rulebook file: every row ends once, accepted, warned or refused, with its reasons.

Pure: what is stored, and when, is decided above. Source: design 2-domain.md, Rulebook life.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from governance import lexicon as law
from governance.lexicon import Ground, plain
from governance.lexicon_conduct import infer_conduct
from governance.linter import Finding, Verdict, lint, warned
from governance.point_text import Draft, UnreadablePoints, parse
from governance.rule_families import link
from governance.rulebook_file import RawRow
from governance.text_numbers import half_width

# These say it all: what else is wrong with such a row does not matter.
_FIRST = (Ground.PROTECTED, Ground.SENSITIVE)


@dataclass(frozen=True, slots=True)
class RowResult:
    """How a row ended; `draft` is missing where its points could not be read.

    `ordinal` counts rows of the same item and points, which real rulebooks repeat.
    """

    row: RawRow
    draft: Draft | None
    findings: tuple[Finding, ...]
    ordinal: int = 1

    @property
    def verdict(self) -> Verdict:
        """The heaviest of its findings."""
        verdicts = {finding.verdict for finding in self.findings}
        return next((v for v in (Verdict.REFUSED, Verdict.WARNED) if v in verdicts), Verdict.ACCEPTED)

    @property
    def key(self) -> tuple[str, str, int]:
        """What a row is known by on a second import: text, points, ordinal."""
        return self.row.item, self.row.points, self.ordinal


@dataclass(frozen=True, slots=True)
class Report:
    """The rows of a file, each with how it ended."""

    rows: tuple[RowResult, ...]

    @property
    def counts(self) -> Counter[Verdict]:
        """How many rows ended each way."""
        return Counter(result.verdict for result in self.rows)

    def lines(self) -> Iterator[str]:
        """A line per finding, then the counts of rows: what the commands print."""
        yield from (str(finding) for result in self.rows for finding in result.findings)
        yield ", ".join(f"{verdict} {self.counts[verdict]}" for verdict in Verdict)


def check_file(rows: Sequence[RawRow]) -> Report:
    """Read and judge every row, alone and beside the others. Raises nothing on bad rows. No effects."""
    unsigned_is_plus = any(half_width(row.points).startswith("-") for row in rows)
    results = [_check(row, unsigned_is_plus) for row in rows]
    return Report(tuple(_number(_link(_mark_repeats(results)))))


def _check(row: RawRow, unsigned_is_plus: bool) -> RowResult:
    try:
        draft = parse(row, unsigned_is_plus=unsigned_is_plus)
    except UnreadablePoints as error:
        unread = Finding(row.number, Verdict.REFUSED, error.ground, str(error), _source(error.ground))
        return RowResult(row, None, _telling([*lint(row, None), unread]))
    draft = replace(draft, conduct=infer_conduct(row.item, row.category))
    return RowResult(row, draft, _telling(lint(row, draft)))


def _source(ground: Ground) -> law.Source:
    return law.INCENTIVE if ground is Ground.GRADE_JUMP else law.FORMAT


def _telling(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings worth saying: of a refused row only why it is refused, what is never scored first."""
    findings = tuple(findings)
    refused = tuple(finding for finding in findings if finding.verdict is Verdict.REFUSED)
    never = tuple(finding for finding in refused if finding.ground in _FIRST)
    return never or refused or findings


def _mark_repeats(results: list[RowResult]) -> Iterator[RowResult]:
    """Warn of a row that says the same as an earlier one; both stay."""
    seen: dict[tuple, RawRow] = {}
    for result in results:
        words = (plain(result.row.category), plain(result.row.item))
        earlier = seen.setdefault(words, result.row)
        if earlier is result.row or result.verdict is Verdict.REFUSED:
            yield result
        else:
            yield _with(result, Ground.DUPLICATE, _repeat_sentence(earlier, result.row))


def _repeat_sentence(earlier: RawRow, row: RawRow) -> str:
    if earlier.points == row.points:
        return f"和第{earlier.number}行一个字不差，两行都留着。重了就删一行。"
    return f"和第{earlier.number}行写的一样，分不一样。请写清什么情形用哪一行。"


def _link(results: Iterable[RowResult]) -> Iterator[RowResult]:
    results = list(results)
    links = link(result.draft for result in results if result.draft and result.verdict is not Verdict.REFUSED)
    for result in results:
        found = links.get(result.row.number)
        if found:
            result = _with(replace(result, draft=found.draft), Ground.LINKED_ROWS, found.sentence)
        yield result


def _with(result: RowResult, ground: Ground, sentence: str) -> RowResult:
    finding = warned(result.row.number, ground, sentence, law.FORMAT)
    return replace(result, findings=(*result.findings, finding))


def _number(results: Iterable[RowResult]) -> Iterator[RowResult]:
    times: Counter[tuple[str, str]] = Counter()
    for result in results:
        times[result.row.item, result.row.points] += 1
        yield replace(result, ordinal=times[result.row.item, result.row.points])
