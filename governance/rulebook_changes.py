"""What a new version of a rulebook changes beside an earlier one, rule by rule, in words."""

from dataclasses import dataclass

from governance.models import Rule, Rulebook
from governance.rule_import import key_of
from governance.scorecards import as_shape
from governance.terms import terms


@dataclass(frozen=True)
class Changes:
    """Rules that are new, rules that are gone, and (rule, what was, what is) of those set differently."""

    added: list[Rule]
    removed: list[Rule]
    changed: list[tuple[Rule, str, str]]


def changes(old: Rulebook, new: Rulebook) -> Changes:
    """Compare by text, points and ordinal, as an import does; four queries."""
    before, after = _rules(old), _rules(new)
    both = [(before[key], after[key]) for key in after if key in before]
    return Changes(
        added=[rule for key, rule in after.items() if key not in before],
        removed=[rule for key, rule in before.items() if key not in after],
        changed=[(b, said(a), said(b)) for a, b in both if said(a) != said(b)],
    )


def said(rule: Rule) -> str:
    """How a rule counts and what it asks for, in words."""
    unlike = {"": "证据还没选", Rule.Evidence.NONE: "不要证据"}
    evidence = unlike.get(rule.evidence) or f"要{rule.get_evidence_display()}"
    return "，".join([terms(as_shape(rule)), evidence, *(["两级审核"] if rule.double_audit else [])])


def _rules(book: Rulebook) -> dict[tuple, Rule]:
    rules = book.rules.prefetch_related("steps")
    return {key_of(rule) if rule.as_written else (rule.family, rule.number): rule for rule in rules}
