"""From judged rows of a rulebook file to rule rows, and back to the same format."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from hashlib import sha256

from governance.lexicon_conduct import Conduct
from governance.linter import Finding
from governance.models import Rule, Rulebook, RuleStep
from governance.rulebook_file import RawRow
from governance.rulebook_import import Report, RowResult
from governance.shapes import Shape

Dimension = Rule.Dimension
# Where a category does not say it, the kind of conduct tells which of the four common dimensions a rule is of.
_BY_CONDUCT = {
    Conduct.FAMILY: Dimension.FAMILY,
    Conduct.THRIFT: Dimension.FAMILY,
    Conduct.TRADE: Dimension.WORK,
    Conduct.COMMON_WEALTH: Dimension.WORK,
    Conduct.INTEGRITY: Dimension.PERSONAL,
    Conduct.HONOURS: Dimension.PERSONAL,
    Conduct.GIVING: Dimension.PERSONAL,
    Conduct.DEFENCE: Dimension.PERSONAL,
}
_BY_WORD = {
    "村里自": Dimension.VILLAGE,
    "自设": Dimension.VILLAGE,
    "自定": Dimension.VILLAGE,
    "家庭美德": Dimension.FAMILY,
    "家风": Dimension.FAMILY,
    "职业道德": Dimension.WORK,
    "个人品德": Dimension.PERSONAL,
    "社会公德": Dimension.PUBLIC,
}

Key = tuple[str, str, int]


def key_of(rule: Rule) -> Key:
    """What a rule is known by on a second import: text, points, ordinal."""
    return rule.as_written["item"], rule.as_written["points"], rule.as_written["ordinal"]


def build(report: Report, rulebook: Rulebook) -> list[tuple[Rule, list[RuleStep]]]:
    """Unsaved rules with their steps for every row that is not refused, in the file's order."""
    taken = [result for result in report.rows if result.verdict != "refused"]
    families = _families(taken)
    numbers = _numbers(taken)
    return [
        _rule(result, rulebook, position, number, families)
        for position, (result, number) in enumerate(zip(taken, numbers, strict=True), start=1)
    ]


def as_rows(rulebook: Rulebook) -> list[RawRow]:
    """A rulebook in the import format: what was written, with the evidence as it is set now."""
    rows = []
    for number, rule in enumerate(rulebook.rules.order_by("position"), start=1):
        cells = {
            name: rule.as_written.get(name, "")
            for name in ("scheme", "category", "item", "points", "cap", "period")
        }
        wanted = rule.evidence and rule.evidence != Rule.Evidence.NONE
        rows.append(RawRow(number, evidence=rule.get_evidence_display() if wanted else "", **cells))
    return rows


def _rule(result: RowResult, rulebook, position, number, families) -> tuple[Rule, list[RuleStep]]:
    draft, row = result.draft, result.row
    rule = Rule(
        village_id=rulebook.village_id,
        rulebook=rulebook,
        position=position,
        number=number,
        family=families[draft.family or result.key],
        dimension=dimension_of(result),
        category=row.category[:120],
        text=row.item[:500],
        conduct=draft.conduct or "",
        shape=draft.shape,
        sign=draft.sign,
        points_tenths=draft.points_tenths,
        min_tenths=draft.min_tenths,
        max_tenths=draft.max_tenths,
        unit=draft.unit,
        unit_milli=draft.unit_milli,
        window=draft.window or "",
        group=families[draft.group] if draft.group else "",
        evidence=draft.evidence or (Rule.Evidence.NONE if draft.sign > 0 else ""),
        findings=[finding_of(finding) for finding in result.findings],
        as_written={**asdict(row), "ordinal": result.ordinal},
        **{f"{cap.window}_points": cap.points_tenths for cap in draft.caps},
        **{f"{cap.window}_times": cap.times for cap in draft.caps},
    )
    del rule.as_written["number"]
    steps = [
        RuleStep(
            rule=rule,
            n=step.n,
            label=step.label,
            points_tenths=step.points_tenths,
            at_milli=step.at_milli,
            per_milli=step.per_milli,
        )
        for step in draft.steps
    ]
    return rule, steps


def dimension_of(result: RowResult) -> str:
    """One of the four common dimensions, or the village's own; the clerk may change it."""
    if result.draft.shape == Shape.SELF_SET:
        return Dimension.VILLAGE
    said = next((d for word, d in _BY_WORD.items() if word in result.row.category), None)
    return said or _BY_CONDUCT.get(result.draft.conduct, Dimension.PUBLIC)


def finding_of(finding: Finding) -> dict:
    """A finding as a rule row keeps it, without an answer yet."""
    return {
        "ground": finding.ground,
        "sentence": finding.sentence,
        "source": str(finding.source),
        "answer": "",
    }


def _families(results: list[RowResult]) -> dict[object, str]:
    """A name that stays the same across versions: the digest of the set's first row, not its row number."""
    names: dict[object, str] = {}
    for result in results:
        digest = sha256("|".join(map(str, result.key)).encode()).hexdigest()[:16]
        names.setdefault(result.key, digest)
        for name in (result.draft.family, result.draft.group):
            if name:
                names.setdefault(name, digest)
    return names


def _numbers(results: list[RowResult]) -> Iterator[str]:
    """Rule numbers as on paper: category and place in it, 4.2."""
    categories: dict[str, int] = {}
    places: dict[str, int] = {}
    for result in results:
        category = result.row.category
        categories.setdefault(category, len(categories) + 1)
        places[category] = places.get(category, 0) + 1
        yield f"{categories[category]}.{places[category]}"
